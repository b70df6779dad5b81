"""Tests of a client's jobs: listing, deleting and retrying."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from darkroom import clock
from darkroom.jobs import Job, JobStatus, new_job_id
from darkroom_upload.jobs import job_lists
from darkroom_upload.jobs.cursor import Position, write_cursor
from darkroom_upload.jobs.job_filter import JobFilter
from tests.support.emulator import Cloud
from tests.upload.api.fake_orchestrator import FakeOrchestrator, owner_of
from tests.upload.examples import CREATED, completed, queued, waiting
from tests.upload.records import put_job
from tests.upload.service import KEY, OWNER, STRANGER_KEY, RunningService


async def put(cloud: Cloud, service: RunningService, *some: Job) -> None:
    """Write or replace jobs. Jobs of the default owner become the client's."""
    owner = owner_of(service) if service.client.headers["x-api-key"] != KEY else OWNER
    mine = [replace(job, owner=owner) if job.owner == OWNER else job for job in some]
    await asyncio.gather(*(put_job(service, job) for job in mine))


def history(count: int, **changes: Any) -> list[Job]:
    """Return jobs made one second after the other, newest first."""
    return [waiting(created_at=CREATED + timedelta(seconds=count - number), **changes) for number in range(count)]


async def listed(service: RunningService, **query: Any) -> list[list[str]]:
    """Return the ids on each page, to the last one."""
    pages: list[list[str]] = []
    while True:
        answer = await service.client.get("/jobs", params=query)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        pages.append([job["job_id"] for job in body["items"]])
        if body["next_cursor"] is None:
            return pages
        query["cursor"] = body["next_cursor"]


def ids(jobs: list[Job]) -> list[str]:
    return [job.job_id for job in jobs]


async def test_jobs_are_listed_newest_first_page_by_page(cloud: Cloud, service: RunningService) -> None:
    jobs = history(25)
    await put(cloud, service, *jobs)
    await put(cloud, service, *history(5, owner="stranger"))
    assert await listed(service, limit=10) == [ids(jobs[:10]), ids(jobs[10:20]), ids(jobs[20:])]
    assert await listed(service) == [ids(jobs[:20]), ids(jobs[20:])]
    assert await listed(service, limit=25) == [ids(jobs)]
    assert await listed(service, limit=100) == [ids(jobs)]


async def test_a_listed_job_is_a_summary_of_its_status(cloud: Cloud, service: RunningService) -> None:
    job = completed(failed=("square-64",))
    await put(cloud, service, job)
    [item] = (await service.client.get("/jobs")).json()["items"]
    told = (await service.client.get(f"/status/{job.job_id}")).json()
    short = ("job_id", "status", "recipe", "preset", "progress", "created_at", "updated_at", "completed_at", "cost")
    assert item == {name: told[name] for name in short} | {"filename": told["source"]["filename"]}
    assert item["progress"] == {"done": 3, "failed": 1, "total": 4}


async def test_an_open_job_is_listed_without_an_end(cloud: Cloud, service: RunningService) -> None:
    await put(cloud, service, queued())
    [item] = (await service.client.get("/jobs")).json()["items"]
    assert (item["status"], item["completed_at"], item["progress"]["done"]) == ("queued", None, 0)


async def test_an_owner_without_jobs_gets_an_empty_list(service: RunningService) -> None:
    assert (await service.client.get("/jobs")).json() == {"items": [], "next_cursor": None}


async def test_pages_of_one_status_are_full(cloud: Cloud, service: RunningService) -> None:
    jobs = history(60)
    rare = [replace(job, status=JobStatus.FAILED, deadline=None) for job in jobs[::6]]
    await put(cloud, service, *jobs)
    await put(cloud, service, *rare)
    assert await listed(service, status="failed", limit=4) == [ids(rare[:4]), ids(rare[4:8]), ids(rare[8:])]
    assert await listed(service, status="completed") == [[]]


async def test_a_rare_status_is_found_page_by_page_in_a_long_history(
    cloud: Cloud, service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_lists, "_BATCH", 5)
    monkeypatch.setattr(job_lists, "_MOST_LOOKS", 10)
    jobs = history(40)
    await put(cloud, service, *jobs, replace(jobs[33], status=JobStatus.FAILED, deadline=None))
    pages = await listed(service, status="failed", limit=2)
    assert len(pages) > 2
    assert [job_id for page in pages for job_id in page] == [jobs[33].job_id]


async def test_more_jobs_than_one_batch_are_read(
    cloud: Cloud, service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_lists, "_BATCH", 7)
    jobs = history(23)
    await put(cloud, service, *jobs)
    assert await listed(service, limit=100) == [ids(jobs)]


async def test_jobs_of_the_same_moment_are_listed_once_each(cloud: Cloud, service: RunningService) -> None:
    jobs = [waiting() for _ in range(9)]
    await put(cloud, service, *jobs)
    pages = await listed(service, limit=2)
    assert sorted(job_id for page in pages for job_id in page) == sorted(ids(jobs))


async def test_another_owners_cursor_shows_only_own_jobs(cloud: Cloud, service: RunningService) -> None:
    theirs, mine = history(4, owner="stranger"), history(3)
    await put(cloud, service, *theirs, *mine)
    position = Position(created_at=clock.iso(theirs[0].created_at), job_id=theirs[0].job_id)
    cursor = write_cursor(position, JobFilter().fingerprint)
    answer = await service.client.get("/jobs", params={"cursor": cursor})
    assert {job["job_id"] for job in answer.json()["items"]} <= set(ids(mine))


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "-1"},
        {"limit": "9" * 5000},
        {"limit": "x"},
        {"status": "done"},
        {"status": "\x00"},
        {"cursor": "x"},
        {"cursor": "x" * 10_000},
        {"cursor": "\x00"},
        {"state": "failed"},
        {"limit": ["1", "2"]},
        {"status": ["failed", "done"]},
        {"view": "full"},
        {"order": "newest", "cursor": "x"},
        {"created_after": "yesterday"},
        {"created_after": "2026-11-22T05:54:01"},
        {"created_before": "1764500000"},
        {"created_before": "2026-13-01"},
        {"metadata.": "x"},
        {"metadata.album": ["a", "b"]},
        {"metadata.album": "x" * 257},
        {f"metadata.{number}": "x" for number in range(17)},
    ],
    ids=lambda query: str(query)[:40],
)
async def test_an_invalid_query_is_refused(upload: RunningService, query: dict[str, Any]) -> None:
    answer = await upload.client.get("/jobs", params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


async def test_deleting_an_open_job_cancels_it(
    cloud: Cloud, service: RunningService, orchestrator: FakeOrchestrator
) -> None:
    job = queued()
    await put(cloud, service, job)
    answer = await service.client.delete(f"/jobs/{job.job_id}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert orchestrator.asked == [("POST", f"/api/jobs/{job.job_id}/cancel")]


@pytest.mark.parametrize("status", [status for status in JobStatus if not status.is_open])
async def test_deleting_a_job_that_has_ended_deletes_it(
    cloud: Cloud, service: RunningService, orchestrator: FakeOrchestrator, status: JobStatus
) -> None:
    job = replace(completed(), status=status)
    await put(cloud, service, job)
    assert (await service.client.delete(f"/jobs/{job.job_id}")).status_code == 204
    assert orchestrator.asked == [("DELETE", f"/api/jobs/{job.job_id}")]


async def test_a_retry_goes_to_the_orchestrator(
    cloud: Cloud, service: RunningService, orchestrator: FakeOrchestrator
) -> None:
    job = completed(failed=("square-64",))
    await put(cloud, service, job)
    answer = await service.client.post(f"/jobs/{job.job_id}/retry")
    assert (answer.status_code, answer.json()["job_id"]) == (202, job.job_id)
    assert answer.headers["location"] == f"/status/{job.job_id}"
    assert orchestrator.asked == [("POST", f"/api/jobs/{job.job_id}/retry")]


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/jobs/{}"), ("POST", "/jobs/{}/retry")])
async def test_another_owners_job_is_left_unchanged(
    cloud: Cloud, service: RunningService, orchestrator: FakeOrchestrator, method: str, path: str
) -> None:
    job = completed(failed=("square-64",))
    await put(cloud, service, job)
    for job_id, key in [(job.job_id, STRANGER_KEY), (new_job_id(), KEY), ("x", KEY)]:
        answer = await service.client.request(method, path.format(job_id), headers={"x-api-key": key})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert orchestrator.asked == []


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        (httpx.Response(409, json={"detail": "The job is completed."}), 409, "conflict"),
        (httpx.Response(404, json={"detail": "There is no such job."}), 404, "not_found"),
        (httpx.Response(500), 503, "unavailable"),
    ],
)
async def test_errors_of_the_orchestrator_are_passed_on(
    cloud: Cloud, service: RunningService, orchestrator: FakeOrchestrator, said: httpx.Response, status: int, code: str
) -> None:
    job = completed()
    await put(cloud, service, job)
    orchestrator.answer = said
    answer = await service.client.post(f"/jobs/{job.job_id}/retry")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if status != 503:
        assert answer.json()["detail"] == said.json()["detail"]


async def test_changes_are_unavailable_without_an_orchestrator(cloud: Cloud, upload: RunningService) -> None:
    job = completed()
    await put(cloud, upload, job)
    answer = await upload.client.delete(f"/jobs/{job.job_id}")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"]
