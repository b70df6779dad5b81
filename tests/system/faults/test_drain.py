"""SIGTERM while there is work: none is begun any more, none is lost, and nobody gets an error."""

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
"""Of each job."""
STATUSES = ["awaiting_upload", "queued", "processing", "completed"]
BUDGET_SECONDS = float(IMPATIENT["DARKROOM_DRAIN_SECONDS"]) + 5
"""The drain, the last poll, and the end of the interpreter."""


@pytest.mark.parametrize("service", ["orchestrator", "processor"])
async def test_a_consumer_that_is_told_to_stop_receives_no_more_and_loses_nothing(
    service: str, rig: Rig, clean: CleanRun
) -> None:
    proxy, clock = rig.proxies[service], asyncio.get_running_loop().time
    job_ids = await asyncio.gather(*(submitted(rig, uuid4().hex) for _ in range(JOBS)))
    told_at = clock()
    os.kill(rig.service(service).pid, signal.SIGTERM)
    async with asyncio.timeout(BUDGET_SECONDS):
        assert await rig.service(service).wait() == 0
    late = Counter(name for at, name in proxy.asked if at > told_at and name.startswith("ReceiveMessage"))
    assert set(late.values()) <= {1}, "what was on its way when the signal came"
    await rig.mend()
    for job_id in job_ids:
        assert await rig.over(job_id) == "completed"
        assert await rig.evidence(job_id) == clean.evidence


async def test_an_upload_service_that_is_told_to_stop_answers_all_it_has_begun(rig: Rig) -> None:
    jobs_before = len(await all_items(rig.cloud, rig.installation))
    statuses: list[int] = []
    stopping = asyncio.Event()

    async def client() -> None:
        while True:
            try:
                # A connection each: one that is kept may be closed just when it is used again.
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


async def test_event_streams_that_a_stop_ends_are_taken_up_where_they_were(rig: Rig) -> None:
    under_way = [await submitted(rig, uuid4().hex) for _ in range(2)]
    wanted = {"filename": "cat.jpg", "content_type": "image/jpeg", "size": len(PICTURE), "recipe": "grayscale"}
    forms = [(await rig.api.http.post("/uploads/presigned", json=wanted)).json() for _ in range(2)]
    job_ids = [*under_way, *(form["job_id"] for form in forms)]
    seen: list[tuple[str, list[ServerSentEvent]]] = [(job_id, []) for job_id in job_ids for _ in range(FOLLOWERS)]
    stopping, mended = asyncio.Event(), asyncio.Event()

    async def follow(job_id: str, events: list[ServerSentEvent]) -> None:
        """As a browser does: come again with the id of the last event, as often as a stream ends before its job has."""
        while True:
            async with open_events(rig.api.http, job_id, last_id=events[-1].id if events else None) as stream:
                # A stream that is cut off, rather than ended, raises here.
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
        # What happens while nobody can tell of it.
        await asyncio.gather(*(sent(form["upload"]) for form in forms))
        await rig.mend()
        mended.set()
    for job_id, events in seen:
        assert len({event.id for event in events}) == len(events), "nothing is told twice"
        assert sorted(statuses(events), key=STATUSES.index) == statuses(events)
        assert events[-1].json()["progress"] == (await rig.api.job(job_id))["progress"]
    for job_id in job_ids:
        assert await rig.over(job_id) == "completed"


async def sent(form: dict[str, Any]) -> None:
    """Have S3 take the picture."""
    async with httpx.AsyncClient() as anyone:
        answer = await anyone.post(form["url"], data=form["fields"], files={"file": ("cat.jpg", PICTURE)})
        assert answer.is_success, answer.text
