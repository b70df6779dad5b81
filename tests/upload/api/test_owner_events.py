"""Tests of `GET /events`, over HTTP on the emulator's index."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from httpx_sse import aconnect_sse

from darkroom import clock
from darkroom.jobs import Job, new_job_id
from darkroom.tables.change_marks import tombstone_item
from darkroom_local.installation import Installation
from darkroom_upload.feed import follow_owner
from tests.support.emulator import Cloud
from tests.support.events import Events, with_data
from tests.support.waiting import until
from tests.upload.api.test_events import streams_open
from tests.upload.api.test_streaming import process
from tests.upload.examples import completed, queued, settled, waiting
from tests.upload.records import put_job
from tests.upload.service import KEY, STRANGER_KEY, RunningService, put_key, running_service, settings_for

STREAMS = 40


@asynccontextmanager
async def opened(client: httpx.AsyncClient, *, last_id: str | None = None, key: str = KEY) -> AsyncIterator[Events]:
    """Open the stream during a `with` block."""
    headers = {"x-api-key": key} | ({"Last-Event-ID": last_id} if last_id else {})
    async with aconnect_sse(client, "GET", "/events", headers=headers) as source:
        assert source.response.status_code == 200, await source.response.aread()
        events = with_data(source.aiter_sse())
        try:
            yield events
        finally:
            await events.aclose()


async def put_now(service: RunningService, job: Job, **changes: Any) -> Job:
    """Write a job that has just changed."""
    return await put_job(service, replace(job, updated_at=clock.now(), **changes))


async def delete(cloud: Cloud, service: RunningService, job: Job) -> None:
    """Delete a job as the orchestrator does."""
    table = service.settings.jobs_table
    await cloud.dynamodb.put_item(TableName=table, Item=tombstone_item(job, clock.now()))
    await cloud.dynamodb.delete_item(TableName=table, Key={"job_id": {"S": job.job_id}})


async def next_of(events: Events, job: Job) -> tuple[str, dict[str, Any], str]:
    """Return the next event about a job: its name, its data and its id."""
    while True:
        event = await anext(events)
        if event.json().get("job_id") == job.job_id:
            return event.event, event.json(), event.id


async def test_new_jobs_changes_and_deletions_are_events(cloud: Cloud, upload: RunningService) -> None:
    async with opened(upload.client) as events:
        first = await anext(events)
        assert (first.event, first.json()) == ("reset", {"reason": "new_stream"})
        assert not first.id or first.id.isdecimal(), (
            "events of other jobs may follow in the same batch, and the last has it"
        )
        job = await put_now(upload, waiting())
        kind, shown, _ = await next_of(events, job)
        listed = (await upload.client.get("/jobs", params={"limit": 100})).json()["items"]
        assert (kind, shown) == ("job", next(item for item in listed if item["job_id"] == job.job_id)), (
            "as lists show it"
        )
        begun = await put_now(upload, queued(job_id=job.job_id))
        assert (await next_of(events, job))[1]["status"] == "queued"
        await put_now(upload, settled(begun, "square-64"))
        assert (await next_of(events, job))[1]["progress"]["done"] == 1
        await put_now(upload, completed(job_id=job.job_id))
        assert (await next_of(events, job))[1]["status"] == "completed"
        await delete(cloud, upload, job)
        assert (await next_of(events, job))[:2] == ("deleted", {"job_id": job.job_id})
    await until(lambda: streams_open(upload) == 0)


async def test_a_client_that_resumes_at_another_process_gets_what_it_missed(
    cloud: Cloud, shared_installation: Installation, upload: RunningService
) -> None:
    async with running_service(settings_for(shared_installation)) as stopped, opened(stopped.client) as events:
        await anext(events)
        seen = await put_now(upload, waiting())
        _, _, last_id = await next_of(events, seen)
        stopped.stop.set()
        assert [event async for event in events] == []
    missed, gone = await put_now(upload, completed()), await put_now(upload, completed())
    await delete(cloud, upload, gone)
    async with opened(upload.client, last_id=last_id) as events:
        told: dict[str, str] = {}
        while not {missed.job_id, gone.job_id} <= told.keys():
            event = await anext(events)
            told[event.json().get("job_id", "")] = event.event
    assert told[missed.job_id] == "job"
    assert told[gone.job_id] == "deleted"
    assert "reset" not in told.values()


@pytest.mark.parametrize("last_id", ["1", "x", "é", "9" * 14, "9" * 300, "-1", "1-queued-3"])
async def test_an_unknown_event_id_is_reset(cloud: Cloud, upload: RunningService, last_id: str) -> None:
    async with upload.client.stream("GET", "/events", headers={b"Last-Event-ID": last_id.encode()}) as answer:
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        lines = [await anext(received) for received in [answer.aiter_lines()] for _ in range(5)]
        (data,) = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    assert data == {"reason": "too_long_ago"}


async def test_jobs_of_other_owners_are_not_told(cloud: Cloud, upload: RunningService) -> None:
    async with opened(upload.client) as mine, opened(upload.client, key=STRANGER_KEY) as theirs:
        await anext(mine)
        await anext(theirs)
        job, other = await put_now(upload, waiting()), await put_now(upload, waiting(owner="stranger"))
        await next_of(theirs, other)
        await next_of(mine, job)
        await delete(cloud, upload, job)
        last = await put_now(upload, waiting(owner="stranger"))
        owners_only = [await anext(theirs)]
        while owners_only[-1].json()["job_id"] != last.job_id:
            owners_only.append(await anext(theirs))
    assert {event.json()["job_id"] for event in owners_only} <= {other.job_id, last.job_id}


async def test_a_silent_stream_sends_only_positions(
    cloud: Cloud, shared_installation: Installation, upload: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_owner, "KEEP_ALIVE_SECONDS", 0.05)
    key, owner = f"key-{new_job_id()}", f"owner-{new_job_id()}"
    await put_key(cloud.dynamodb, shared_installation, key, owner)
    async with upload.client.stream("GET", "/events", headers={"x-api-key": key}) as answer:
        lines = answer.aiter_lines()
        told = [line for line in [await anext(lines) for _ in range(12)] if line]
    assert told[0].startswith("retry: ")
    assert told[2] == "event: reset"
    assert all(line.startswith("id: ") for line in told[4:])
    assert len(told[4:]) >= 3


async def test_a_revoked_key_gets_no_further_event(
    cloud: Cloud, shared_installation: Installation, upload: RunningService
) -> None:
    key, owner = f"key-{new_job_id()}", f"owner-{new_job_id()}"
    await put_key(cloud.dynamodb, shared_installation, key, owner)
    async with opened(upload.client, key=key) as events:
        await anext(events)
        await put_key(cloud.dynamodb, shared_installation, key, owner, revoked_at=clock.now())
        await put_now(upload, waiting(owner=owner))
        assert [event async for event in events] == []


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"headers": {"x-api-key": "nobody-s"}}, 401, "unauthenticated"),
        ({"params": {"since": "1"}}, 400, "malformed_request"),
        ({"method": "POST"}, 405, "method_not_allowed"),
    ],
    ids=["no such key", "no such parameter", "no such method"],
)
async def test_errors_come_before_a_stream_begins(
    cloud: Cloud, upload: RunningService, request_: dict[str, Any], status: int, code: str
) -> None:
    answer = await upload.client.request(**{"method": "GET", "url": "/events", **request_})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    await until(lambda: streams_open(upload) == 0)


async def test_streams_of_all_jobs_share_the_slots_of_streams(cloud: Cloud, shared_installation: Installation) -> None:
    async with running_service(settings_for(shared_installation, max_event_streams=4)) as service:
        async with AsyncExitStack() as stack:
            for _ in range(3):
                await stack.enter_async_context(opened(service.client))
            refused = await service.client.get("/events")
            assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
            async with opened(service.client, key=STRANGER_KEY) as events:
                assert (await anext(events)).event == "reset"
        await until(lambda: streams_open(service) == 0)


async def test_a_deadline_that_moves_is_not_a_change(cloud: Cloud, upload: RunningService) -> None:
    job = await put_now(upload, waiting())
    async with opened(upload.client) as events:
        await next_of(events, job)
        await cloud.dynamodb.update_item(
            TableName=upload.settings.jobs_table,
            Key={"job_id": {"S": job.job_id}},
            UpdateExpression="SET deadline = :later",
            ExpressionAttributeValues={":later": {"N": str(int((clock.now() + timedelta(hours=1)).timestamp()))}},
        )
        last = await put_now(upload, waiting())
        assert (await anext(events)).json()["job_id"] == last.job_id


async def test_sigterm_ends_many_streams_and_the_process_cleanly(cloud: Cloud) -> None:
    async with (
        cloud.installation() as installation,
        process(installation.environment()) as running,
        httpx.AsyncClient(
            base_url=running.url, timeout=30, limits=httpx.Limits(max_connections=None), trust_env=False
        ) as client,
        AsyncExitStack() as streams,
    ):
        followed = [await streams.enter_async_context(opened(client)) for _ in range(STREAMS)]
        for events in followed:
            assert (await anext(events)).event == "reset"
        os.kill(running.child.pid, signal.SIGTERM)
        async with asyncio.timeout(10):
            # A stream that is cut off instead of ended raises here.
            rest = await asyncio.gather(*(anext(events, None) for events in followed))
            assert await running.child.wait() == 0
    assert rest == [None] * STREAMS
    assert {json.loads(line)["level"] for line in running.log} == {"info"}
