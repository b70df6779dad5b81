"""Tests what clients do to existing jobs: repeat, cancel, retry, delete."""

import asyncio
import json
from uuid import uuid4

import httpx
import pytest

from darkroom_local.system import System
from tests.support.api import Api, Job, unsigned, variants_of
from tests.support.emulator import Cloud
from tools.testbed.images import jpeg

CAT = jpeg(40, 30)
HALF_IMPOSSIBLE = json.dumps(
    {
        "variants": [
            {"name": "good", "operations": [{"op": "flip"}]},
            {"name": "beside", "operations": [{"op": "crop", "left": 5000, "width": 10, "height": 10}]},
        ]
    }
)


def new_idempotency_key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


async def post(api: Api, headers: dict[str, str], data: bytes = CAT, recipe: str = "metadata") -> httpx.Response:
    return await api.http.post("/uploads", files={"file": ("cat.jpg", data)}, data={"recipe": recipe}, headers=headers)


async def test_same_request_with_the_same_key_is_carried_out_once(newcomer: Api) -> None:
    headers = new_idempotency_key()
    first = await post(newcomer, headers)
    ended = await newcomer.ended(first.json()["job_id"])
    again = await post(newcomer, headers)
    assert again.status_code == 202
    assert again.headers["idempotency-replayed"] == "true"
    assert unsigned(again.json()) == unsigned(ended), "the answer shows the job as it is now"
    assert len((await newcomer.http.get("/jobs")).json()["items"]) == 1


@pytest.mark.parametrize("change", ["data", "recipe"])
async def test_different_request_with_the_same_key_is_refused(change: str, newcomer: Api) -> None:
    headers = new_idempotency_key()
    first = await post(newcomer, headers)
    other = jpeg(41, 30) if change == "data" else CAT
    answer = await post(newcomer, headers, other, "grayscale" if change == "recipe" else "metadata")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")
    assert len((await newcomer.http.get("/jobs")).json()["items"]) == 1
    assert (await newcomer.ended(first.json()["job_id"]))["status"] == "completed"


async def test_simultaneous_requests_with_the_same_key_make_one_job(newcomer: Api) -> None:
    headers = new_idempotency_key()

    async def insist() -> httpx.Response:
        while (answer := await post(newcomer, headers, recipe="grayscale")).status_code == 409:
            assert answer.json()["code"] == "under_way"
        return answer

    answers = await asyncio.gather(*(insist() for _ in range(8)))
    assert {answer.status_code for answer in answers} == {202}
    (job_id,) = {answer.json()["job_id"] for answer in answers}
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert (await newcomer.ended(job_id))["status"] == "completed"
    assert len((await newcomer.http.get("/jobs")).json()["items"]) == 1


async def test_same_key_gives_the_same_presigned_job_twice(newcomer: Api) -> None:
    headers, wanted = new_idempotency_key(), {"content_type": "image/jpeg", "size": len(CAT)}
    answers = [await newcomer.http.post("/uploads/presigned", json=wanted, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len({answer.json()["job_id"] for answer in answers}) == 1
    assert answers[1].headers["idempotency-replayed"] == "true"


async def test_job_that_awaits_its_upload_can_be_cancelled(api: Api) -> None:
    wanted = {"content_type": "image/jpeg", "size": len(CAT), "recipe": "grayscale"}
    body = (await api.http.post("/uploads/presigned", json=wanted)).json()
    assert (await api.http.delete(f"/jobs/{body['job_id']}")).status_code == 204
    assert (await api.job(body["job_id"]))["status"] == "cancelled"
    # An upload after the cancellation changes nothing: the next job, which began later, has ended.
    async with httpx.AsyncClient(trust_env=False) as browser:
        await browser.post(body["upload"]["url"], data=body["upload"]["fields"], files={"file": CAT})
    await api.made(CAT)
    assert (await api.job(body["job_id"]))["status"] == "cancelled"


async def internals(system: System, job_id: str) -> Job:
    """Return the job as the orchestrator's internal API shows it."""
    async with httpx.AsyncClient(base_url=system.orchestrator.url, trust_env=False) as operator:
        inside: Job = (await operator.get(f"/api/status/{job_id}")).json()
        return inside


async def test_retry_runs_only_failed_variants_of_a_job(system: System, api: Api) -> None:
    job = await api.made(CAT, HALF_IMPOSSIBLE)
    assert job["status"] == "partially_completed"
    answer = await api.http.post(f"/jobs/{job['job_id']}/retry")
    assert (answer.status_code, answer.headers["location"]) == (202, f"/status/{job['job_id']}")
    again = await api.ended(job["job_id"])
    assert again["status"] == "partially_completed"
    assert variants_of(again) == variants_of(job), "the recipe is the same, so the result and the fault are too"
    assert again["updated_at"] > job["updated_at"]
    assert (await internals(system, job["job_id"]))["attempt"] == 2


async def test_job_is_retried_with_its_recipe_after_its_preset_was_deleted(system: System, api: Api) -> None:
    put = await api.http.put("/recipes/half", json=json.loads(HALF_IMPOSSIBLE))
    assert put.status_code == 201, put.text
    job = await api.made(CAT, "half")
    assert (job["status"], job["preset"]) == ("partially_completed", {"name": "half", "version": 1})
    assert (await api.http.put("/recipes/half", json={"variants": []})).json()["version"] == 2
    assert (await api.http.delete("/recipes/half")).status_code == 204
    assert (await api.http.post(f"/jobs/{job['job_id']}/retry")).status_code == 202
    again = await api.ended(job["job_id"])
    assert (again["status"], again["preset"], variants_of(again)) == (job["status"], job["preset"], variants_of(job))
    assert (await internals(system, job["job_id"]))["attempt"] == 2


async def test_job_whose_original_is_gone_cannot_be_retried(cloud: Cloud, system: System, api: Api) -> None:
    job = await api.made(CAT, HALF_IMPOSSIBLE)
    bucket = system.installation.topology.originals.name
    await delete_versions(cloud, bucket, f"uploads/{job['job_id']}/")
    answer = await api.http.post(f"/jobs/{job['job_id']}/retry")
    assert (answer.status_code, answer.json()["code"]) == (410, "original_gone")
    assert (await api.job(job["job_id"]))["status"] == "partially_completed"


async def test_deletion_of_a_job_leaves_nothing(cloud: Cloud, system: System, api: Api) -> None:
    job = await api.made(CAT, "augment")
    assert len(await versions(cloud, system, job["job_id"])) == 8, (
        "the original, five results, the thumbnail and the manifest"
    )
    assert (await api.http.delete(f"/jobs/{job['job_id']}")).status_code == 204
    assert await versions(cloud, system, job["job_id"]) == []
    assert len(await markers(cloud, system, job["job_id"])) == 7, "one marker for each object, which copies follow"
    for answer in (
        await api.http.get(f"/status/{job['job_id']}"),
        await api.http.get(f"/jobs/{job['job_id']}/variants/resized"),
        await api.http.delete(f"/jobs/{job['job_id']}"),
    ):
        assert answer.status_code == 404


async def test_deletion_of_a_failed_job_leaves_nothing(cloud: Cloud, system: System, api: Api) -> None:
    job = await api.made(CAT[:30], "augment")
    assert job["status"] == "failed"
    assert (await api.http.delete(f"/jobs/{job['job_id']}")).status_code == 204
    assert await versions(cloud, system, job["job_id"]) == []


async def versions(cloud: Cloud, system: System, job_id: str) -> list[str]:
    """Return the keys of all versions of a job's objects, in both buckets."""
    found = []
    for bucket in system.installation.topology.buckets:
        listed = await cloud.s3.list_object_versions(Bucket=bucket.name)
        found += [one["Key"] for one in listed.get("Versions", [])]
    return [key for key in found if job_id in key]


async def markers(cloud: Cloud, system: System, job_id: str) -> list[str]:
    """Return the keys of all delete markers of a job's objects, in both buckets."""
    found = []
    for bucket in system.installation.topology.buckets:
        listed = await cloud.s3.list_object_versions(Bucket=bucket.name)
        found += [one["Key"] for one in listed.get("DeleteMarkers", [])]
    return [key for key in found if job_id in key]


async def delete_versions(cloud: Cloud, bucket: str, prefix: str) -> None:
    listed = await cloud.s3.list_object_versions(Bucket=bucket, Prefix=prefix)
    for version in listed["Versions"]:
        await cloud.s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
