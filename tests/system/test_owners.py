"""Tests that one owner cannot see, change or detect another owner's jobs."""

import pytest

from tests.support.api import Api, unsigned
from tools.testbed.images import jpeg

CAT = jpeg(40, 30)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/status/{id}"),
        ("GET", "/status/{id}?wait=1"),
        ("GET", "/jobs/{id}/variants/grayscale"),
        ("GET", "/jobs/{id}/archive"),
        ("POST", "/jobs/{id}/retry"),
        ("DELETE", "/jobs/{id}"),
        ("GET", "/jobs/{id}/deliveries"),
        ("POST", "/jobs/{id}/deliveries/replay"),
    ],
)
async def test_job_of_another_owner_is_not_found(method: str, path: str, api: Api, newcomer: Api) -> None:
    job = await api.made(CAT, "grayscale")
    answer = await newcomer.http.request(method, path.replace("{id}", job["job_id"]))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert unsigned(await api.job(job["job_id"])) == unsigned(job), "the job has not changed"


async def test_missing_job_looks_the_same_as_one_of_another_owner(api: Api, newcomer: Api) -> None:
    job_id = (await api.upload(CAT))["job_id"]
    unknown = job_id[:-4] + "0000"
    others = await newcomer.http.get(f"/status/{job_id}")
    missing = await newcomer.http.get(f"/status/{unknown}")
    assert others.text.replace(job_id, "ID") == missing.text.replace(unknown, "ID")
    await api.ended(job_id)


async def test_each_owner_lists_only_their_own_jobs(api: Api, newcomer: Api) -> None:
    theirs = await api.made(CAT)
    assert (await newcomer.http.get("/jobs")).json()["items"] == []
    own = await newcomer.made(CAT)
    assert [job["job_id"] for job in (await newcomer.http.get("/jobs")).json()["items"]] == [own["job_id"]]
    assert own["job_id"] not in {job["job_id"] for job in (await api.http.get("/jobs")).json()["items"]}
    assert theirs["job_id"] in {job["job_id"] for job in (await api.http.get("/jobs")).json()["items"]}


async def test_each_owner_has_a_webhook_secret_of_their_own(api: Api, newcomer: Api) -> None:
    theirs = (await api.http.get("/webhooks/secret")).json()["secret"]
    own = (await newcomer.http.get("/webhooks/secret")).json()["secret"]
    rotated = (await newcomer.http.post("/webhooks/secret/rotate")).json()["secret"]
    assert len({theirs, own, rotated}) == 3
    assert (await api.http.get("/webhooks/secret")).json()["secret"] == theirs


async def test_cursor_of_another_owner_shows_none_of_their_jobs(api: Api, newcomer: Api) -> None:
    for _ in range(2):
        await api.made(CAT)
    cursor = (await api.http.get("/jobs", params={"limit": 1})).json()["next_cursor"]
    answer = await newcomer.http.get("/jobs", params={"cursor": cursor})
    assert answer.status_code == 400 or answer.json()["items"] == []


async def test_same_idempotency_key_of_two_owners_makes_two_jobs(api: Api, newcomer: Api) -> None:
    headers = {"Idempotency-Key": "the-same"}
    one = await api.http.post("/uploads", files={"file": ("cat.jpg", CAT)}, headers=headers)
    other = await newcomer.http.post("/uploads", files={"file": ("cat.jpg", CAT)}, headers=headers)
    assert one.json()["job_id"] != other.json()["job_id"]
    assert "idempotency-replayed" not in other.headers
