"""Tests the status of jobs: versions, waiting, lists, links."""

import asyncio

import httpx
import pytest

from darkroom_local.system import System
from tests.support.api import Api, Job
from tools.testbed.images import jpeg

CAT = jpeg(40, 30)


async def waiting_job(api: Api) -> tuple[str, dict[str, object]]:
    """Make a presigned job, and return its ID and its form."""
    answer = await api.http.post(
        "/uploads/presigned",
        json={"filename": "cat.jpg", "content_type": "image/jpeg", "size": len(CAT), "recipe": "metadata"},
    )
    body = answer.json()
    return body["job_id"], body["upload"]


async def test_known_version_of_a_status_is_not_sent_again(api: Api) -> None:
    job_id, _ = await waiting_job(api)  # It has no links yet. Links change every quarter of an hour.
    first = await api.http.get(f"/status/{job_id}")
    etag = first.headers["etag"]
    assert etag.startswith('"'), "a strong one"
    for known in (etag, f'"other", {etag}', "*"):
        again = await api.http.get(f"/status/{job_id}", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    changed = await api.http.get(f"/status/{job_id}", headers={"If-None-Match": '"other"'})
    assert changed.status_code == 200
    assert changed.json() == first.json()


async def test_only_the_status_of_an_open_job_has_retry_after(api: Api) -> None:
    job_id, _ = await waiting_job(api)
    assert int((await api.http.get(f"/status/{job_id}")).headers["retry-after"]) >= 1
    job = await api.made(CAT)
    assert "retry-after" not in (await api.http.get(f"/status/{job['job_id']}")).headers


async def test_request_can_wait_until_the_status_changes(api: Api) -> None:
    job_id, form = await waiting_job(api)
    waiting = asyncio.create_task(api.http.get(f"/status/{job_id}", params={"wait": 20}))
    async with httpx.AsyncClient(trust_env=False) as browser:
        await browser.post(str(form["url"]), data=form["fields"], files={"file": CAT})  # type: ignore[arg-type] # JSON.
    answer = await asyncio.wait_for(waiting, 10)
    assert answer.json()["status"] != "awaiting_upload"
    await api.ended(job_id)


async def test_wait_for_an_ended_job_returns_at_once(api: Api) -> None:
    job = await api.made(CAT)
    answer = await asyncio.wait_for(api.http.get(f"/status/{job['job_id']}", params={"wait": 20}), 5)
    assert answer.json()["status"] == "completed"


async def test_wait_ends_after_its_time(api: Api) -> None:
    job_id, _ = await waiting_job(api)
    answer = await asyncio.wait_for(api.http.get(f"/status/{job_id}", params={"wait": 1}), 5)
    assert answer.json()["status"] == "awaiting_upload"
    assert (await api.http.get(f"/status/{job_id}", params={"wait": 21})).status_code == 400


async def test_times_are_in_utc_and_in_order(api: Api) -> None:
    job = await api.made(CAT)
    assert all(job[name].endswith("Z") for name in ("created_at", "updated_at", "completed_at"))
    assert job["created_at"] <= job["completed_at"] <= job["updated_at"]


async def test_jobs_are_listed_newest_first_and_page_by_page(newcomer: Api) -> None:
    made = [(await waiting_job(newcomer))[0] for _ in range(5)]
    pages: list[list[str]] = []
    cursor: str | None = None
    while True:
        page = (await newcomer.http.get("/jobs", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        pages.append([job["job_id"] for job in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [job_id for page in pages for job_id in page] == made[::-1]
    assert all(len(page) <= 2 for page in pages)


async def test_jobs_are_listed_by_status(newcomer: Api) -> None:
    open_id, _ = await waiting_job(newcomer)
    done = await newcomer.made(CAT)

    async def listed(status: str) -> list[Job]:
        items: list[Job] = (await newcomer.http.get("/jobs", params={"status": status})).json()["items"]
        return items

    assert [job["job_id"] for job in await listed("awaiting_upload")] == [open_id]
    seen = await newcomer.job(done["job_id"])
    [listed_one] = await listed("completed")
    assert listed_one == {name: seen[name] for name in listed_one if name != "filename"} | {"filename": "cat.jpg"}
    assert await listed("failed") == []
    assert (await newcomer.http.get("/jobs", params={"status": "lost"})).status_code == 400


@pytest.mark.parametrize(("query", "disposition"), [("", "inline"), ("?download=1", "attachment")])
async def test_result_is_redirected_to_with_a_safe_file_name(query: str, disposition: str, api: Api) -> None:
    job = await api.made(CAT, "grayscale", filename='ca"t\r\n Кошка.jpg')
    answer = await api.http.get(f"/jobs/{job['job_id']}/variants/grayscale{query}")
    assert answer.status_code == 307
    async with httpx.AsyncClient(trust_env=False) as anyone:
        picture = await anyone.get(answer.headers["location"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert picture.headers["content-disposition"].startswith(disposition)
    assert len(picture.content) == job["variants"][0]["bytes"]
    missing = await api.http.get(f"/jobs/{job['job_id']}/variants/nope")
    assert missing.status_code == 404


async def test_presets_can_be_read_and_used_as_recipes(api: Api) -> None:
    presets = (await api.http.get("/recipes")).json()
    assert {"augment", "grayscale", "thumbnails", "web", "optimize", "metadata"} <= set(presets)
    one = await api.http.get("/recipes/grayscale")
    assert one.json() == presets["grayscale"]
    job = await api.made(CAT, one.text)
    assert (job["status"], job["recipe"]) == ("completed", "custom")
    schema = (await api.http.get("/recipes/schema")).json()
    assert {"Resize", "Crop", "Rotate"} <= set(schema["$defs"])


async def test_orchestrator_shows_the_internals_of_a_job(system: System, api: Api) -> None:
    job = await api.made(CAT, "grayscale")
    async with httpx.AsyncClient(base_url=system.orchestrator.url, trust_env=False) as operator:
        inside = (await operator.get(f"/api/status/{job['job_id']}")).json()
        queues = (await operator.get("/api/queues")).json()["queues"]
    assert (inside["job_id"], inside["status"], inside["attempt"]) == (job["job_id"], "completed", 1)
    assert inside["worker"]
    assert {"uploads", "tasks", "reports"} <= {queue["name"] for queue in queues}
    assert all(queue["dlq"]["visible"] == 0 for queue in queues)


async def test_every_service_is_ready_and_alive(system: System) -> None:
    async with httpx.AsyncClient(trust_env=False) as anyone:
        for service in system.services:
            assert (await anyone.get(f"{service.url}/healthz")).status_code == 200
            assert (await anyone.get(f"{service.url}/readyz")).status_code == 200
