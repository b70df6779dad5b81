"""Tests the routes of the internal HTTP API."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from darkroom.jobs import Job, JobStatus, new_job_id
from darkroom.runtime.queue import Outgoing
from darkroom_orchestrator.internal_api.routes import QueueName
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import DECODER_FAULT, WORKER, finished, started


@pytest_asyncio.fixture
async def api(harness: Harness) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client of an orchestrator that is not stopping."""
    transport = httpx.ASGITransport(harness.orchestrator.app(asyncio.Event()))
    async with httpx.AsyncClient(transport=transport, base_url="http://orchestrator") as client:
        yield client


async def partly_failed(harness: Harness) -> Job:
    """Return a job with one failed variant."""
    job, [task] = await harness.queued_job()
    await harness.orchestrator.begin(started(task))
    await harness.orchestrator.finish(finished(task, failed={"square-64": DECODER_FAULT}))
    return job


async def test_status_shows_the_internals_of_a_job(harness: Harness, api: httpx.AsyncClient) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.begin(started(task))

    answer = await api.get(f"/api/status/{job.job_id}")

    assert answer.status_code == 200
    shown = answer.json()
    assert shown["source"].pop("version_id")
    assert shown["source"].pop("etag")
    assert [variant["name"] for variant in shown.pop("variants")] == list(job.variants)
    assert shown == {
        "job_id": job.job_id,
        "owner": "demo",
        "status": "processing",
        "recipe": "thumbnails",
        "preset_version": None,
        "published": False,
        "attempt": 1,
        "redrives": 0,
        "pending": ["@source", "square-128", "square-256", "square-512", "square-64"],
        "deadline": "2035-11-22T12:05:00.000Z",
        "worker": WORKER,
        "created_at": "2035-11-22T12:00:00.250Z",
        "updated_at": "2035-11-22T12:00:00.250Z",
        "queued_at": "2035-11-22T12:00:00.250Z",
        "started_at": "2035-11-22T11:59:59.750Z",
        "completed_at": None,
        "filename": "cat.jpg",
        "source_key": job.original_key,
        "turn": "sent",
        "source": {"key": job.original_key, "size": 17},
        "source_sha256": None,
        "engine": {},
        "manifest": None,
        "description": None,
        "cost": {"cpu_ms": 0, "bytes_read": 0, "bytes_written": 0},
        "fault": None,
    }


async def test_unknown_job_is_not_found_and_malformed_id_is_refused(api: httpx.AsyncClient) -> None:
    unknown = await api.get(f"/api/status/{new_job_id()}")
    malformed = await api.get("/api/status/not-an-id")

    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert unknown.headers["content-type"] == "application/problem+json"
    assert (malformed.status_code, malformed.json()["code"]) == (400, "malformed_request")


async def test_repeated_cancel_answers_with_the_new_status(harness: Harness, api: httpx.AsyncClient) -> None:
    job, _ = await harness.queued_job()

    answers = [await api.post(f"/api/jobs/{job.job_id}/cancel") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == {"job_id": job.job_id, "status": "cancelled"}


async def test_retry_answers_with_the_new_status_and_then_with_a_conflict(
    harness: Harness, api: httpx.AsyncClient
) -> None:
    job = await partly_failed(harness)

    first = await api.post(f"/api/jobs/{job.job_id}/retry")
    second = await api.post(f"/api/jobs/{job.job_id}/retry")

    assert (first.status_code, first.json()) == (202, {"job_id": job.job_id, "status": "queued"})
    assert (second.status_code, second.json()["code"]) == (409, "conflict")


async def test_delete_answers_204_and_then_404(harness: Harness, api: httpx.AsyncClient) -> None:
    job = await partly_failed(harness)

    first = await api.delete(f"/api/jobs/{job.job_id}")
    second = await api.delete(f"/api/jobs/{job.job_id}")

    assert (first.status_code, first.content) == (204, b"")
    assert second.status_code == 404


async def test_open_job_is_not_deleted(harness: Harness, api: httpx.AsyncClient) -> None:
    job, _ = await harness.queued_job()

    answer = await api.delete(f"/api/jobs/{job.job_id}")

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert (await harness.job(job.job_id)).status is JobStatus.QUEUED


async def test_queues_are_listed_with_their_depths(harness: Harness, api: httpx.AsyncClient) -> None:
    job = await harness.waiting_job()
    await harness.orchestrator.start(await harness.upload(job), redelivered=False)

    answer = await api.get("/api/queues")

    queues = {queue["name"]: queue for queue in answer.json()["queues"]}
    assert queues["tasks"] == {"name": "tasks", "visible": 1, "in_flight": 0, "dlq": {"visible": 0}}
    assert {"uploads", "reports"} < set(queues)


async def test_dead_messages_go_back_unchanged(harness: Harness, api: httpx.AsyncClient) -> None:
    job, [task] = await harness.queued_job()
    reports = harness.orchestrator.queues[QueueName.REPORTS]
    await reports.dead.send([Outgoing(job_id=job.job_id, message=finished(task))] * 12)

    first = await api.post("/api/dlq/reports/redrive")
    second = await api.post("/api/dlq/reports/redrive")

    assert (first.status_code, first.json(), second.json()) == (202, {"moved": 12}, {"moved": 0})
    assert ((await reports.queue.depth()).visible, (await reports.dead.depth()).visible) == (12, 0)
    [delivery] = await reports.queue.receive(most=1, wait_seconds=0)
    assert delivery.attributes["job_id"] == job.job_id
    assert delivery.body == finished(task).model_dump_json(exclude_none=True)


async def test_unknown_queue_is_refused(api: httpx.AsyncClient) -> None:
    answer = await api.post("/api/dlq/nonsense/redrive")

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


async def test_service_is_ready_until_it_stops(harness: Harness) -> None:
    stop = asyncio.Event()
    transport = httpx.ASGITransport(harness.orchestrator.app(stop))
    async with httpx.AsyncClient(transport=transport, base_url="http://orchestrator") as client:
        before = await client.get("/readyz")
        stop.set()
        after = await client.get("/readyz")
        alive = await client.get("/healthz")

    assert (before.status_code, after.status_code, alive.status_code) == (200, 503, 200)
    assert after.json()["failures"] == {"service": "draining"}


async def test_service_is_not_ready_without_its_table(harness: Harness) -> None:
    lost = harness.with_settings(jobs_table="no-such-table")
    transport = httpx.ASGITransport(lost.app(asyncio.Event()))
    async with httpx.AsyncClient(transport=transport, base_url="http://orchestrator") as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert set(answer.json()["failures"]) == {"jobs_table"}


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_no_page_loads_files_of_other_sites(api: httpx.AsyncClient, path: str) -> None:
    answer = await api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_web_page_is_refused_on_every_route(api: httpx.AsyncClient) -> None:
    description = (await api.get("/openapi.json")).json()
    routes = [(method, path) for path, methods in description["paths"].items() for method in methods]
    assert len(routes) > 5
    for method, path in routes:
        answer = await api.request(method, path, headers={"Origin": "https://evil.example"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path
