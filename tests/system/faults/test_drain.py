"""Tests SIGTERM during work: no new work begins, none is lost, and no client gets an error."""

import asyncio
import os
import signal
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx
import pytest
from httpx_sse import ServerSentEvent

from tests.support.events import open_events, statuses
from tests.support.waiting import until
from tests.system.faults.evidence import all_items
from tests.system.faults.killing import PICTURE, CleanRun, submitted
from tests.system.faults.rig import IMPATIENT, Rig

JOBS = 6
METADATA = {"recipe": "metadata"}
FOLLOWERS = 5
"""Event streams for each job."""
STATUSES = ["awaiting_upload", "queued", "processing", "completed"]
BUDGET_SECONDS = float(IMPATIENT["DARKROOM_DRAIN_SECONDS"]) + 5
"""Seconds for the drain, the last poll, and the end of the interpreter."""


@pytest.mark.parametrize("service", ["orchestrator", "processor"])
async def test_stopped_consumer_receives_no_more_and_loses_nothing(service: str, rig: Rig, clean: CleanRun) -> None:
    proxy, clock = rig.proxies[service], asyncio.get_running_loop().time
    job_ids = await asyncio.gather(*(submitted(rig, uuid4().hex) for _ in range(JOBS)))
    told_at = clock()
    os.kill(rig.service(service).pid, signal.SIGTERM)
    async with asyncio.timeout(BUDGET_SECONDS):
        assert await rig.service(service).wait() == 0
    late = Counter(name for at, name in proxy.asked if at > told_at and name.startswith("ReceiveMessage"))
    assert set(late.values()) <= {1}, "only messages that were received when the signal came"
    await rig.mend()
    for job_id in job_ids:
        assert await rig.over(job_id) == "completed"
        assert await rig.evidence(job_id) == clean.evidence


async def test_stopped_upload_service_answers_all_requests_in_progress(rig: Rig) -> None:
    jobs_before = len(await all_items(rig.cloud, rig.installation))
    statuses: list[int] = []
    stopping = asyncio.Event()

    async def client() -> None:
        while True:
            try:
                # One connection each: a kept connection may be closed when it is used again.
                answer = await rig.api.http.post(
                    "/uploads", files={"file": ("cat.jpg", PICTURE)}, data=METADATA, headers={"Connection": "close"}
                )
            except (httpx.ConnectError, httpx.ReadError):
                assert stopping.is_set()
                return
            statuses.append(answer.status_code)

    clients = [asyncio.create_task(client()) for _ in range(3)]
    await until(lambda: len(statuses) >= 3)
    stopping.set()
    os.kill(rig.service("upload").pid, signal.SIGTERM)
    async with asyncio.timeout(BUDGET_SECONDS):
        assert await rig.service("upload").wait() == 0
    await asyncio.gather(*clients)
    assert set(statuses) == {202}
    assert len(await all_items(rig.cloud, rig.installation)) - jobs_before == len(statuses)


async def test_event_streams_resume_after_a_stop_where_they_ended(rig: Rig) -> None:
    under_way = [await submitted(rig, uuid4().hex) for _ in range(2)]
    wanted = {"filename": "cat.jpg", "content_type": "image/jpeg", "size": len(PICTURE), "recipe": "grayscale"}
    forms = [(await rig.api.http.post("/uploads/presigned", json=wanted)).json() for _ in range(2)]
    job_ids = [*under_way, *(form["job_id"] for form in forms)]
    seen: list[tuple[str, list[ServerSentEvent]]] = [(job_id, []) for job_id in job_ids for _ in range(FOLLOWERS)]
    stopping, mended = asyncio.Event(), asyncio.Event()

    async def follow(job_id: str, events: list[ServerSentEvent]) -> None:
        """Follow a job as a browser does: reconnect with the ID of the last event until the job has ended."""
        while True:
            async with open_events(rig.api.http, job_id, last_id=events[-1].id if events else None) as stream:
                # A stream that breaks off, instead of ending, raises an error here.
                async for event in stream:
                    events.append(event)  # noqa: PERF401 - seen from outside, one by one
            if events[-1].json()["status"] == "completed":
                return
            assert stopping.is_set()
            await mended.wait()

    async with asyncio.TaskGroup() as group:
        for job_id, events in seen:
            group.create_task(follow(job_id, events))
        await until(lambda: all(events for _, events in seen))
        stopping.set()
        os.kill(rig.service("upload").pid, signal.SIGTERM)
        async with asyncio.timeout(BUDGET_SECONDS):
            assert await rig.service("upload").wait() == 0
        # These changes happen while no upload service runs.
        await asyncio.gather(*(sent(form["upload"]) for form in forms))
        await rig.mend()
        mended.set()
    for job_id, events in seen:
        assert len({event.id for event in events}) == len(events), "no event comes twice"
        assert sorted(statuses(events), key=STATUSES.index) == statuses(events)
        assert events[-1].json()["progress"] == (await rig.api.job(job_id))["progress"]
    for job_id in job_ids:
        assert await rig.over(job_id) == "completed"


async def sent(form: dict[str, Any]) -> None:
    """Send the image to S3 by the form."""
    async with httpx.AsyncClient() as anyone:
        answer = await anyone.post(form["url"], data=form["fields"], files={"file": ("cat.jpg", PICTURE)})
        assert answer.is_success, answer.text
