"""Tests of `GET /jobs/{id}/events`."""

import asyncio
import json
import os
import signal
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from httpx_sse import ServerSentEvent, aconnect_sse
from structlog.testing import capture_logs

from darkroom.accounts.allowances import KeyLimits, Rate
from darkroom.jobs import Job, new_job_id
from darkroom.tables.job_item import to_item
from darkroom_local.installation import Installation
from darkroom_upload.api import events as route
from tests.support.api import unsigned
from tests.support.emulator import Cloud
from tests.support.events import data, open_events, read_events, statuses
from tests.support.waiting import until
from tests.upload.api.test_streaming import process
from tests.upload.examples import completed, queued, settled, waiting
from tests.upload.records import put_job
from tests.upload.service import KEY, STRANGER_KEY, RunningService, put_key, running_service, settings_for

STREAMS = 40


def path(job: Job) -> str:
    return f"/jobs/{job.job_id}/events"


def streams_open(service: RunningService) -> int:
    return service.settings.max_event_streams - service.services.stream_slots._free


async def test_each_change_is_an_event_and_the_end_ends_the_stream(cloud: Cloud, upload: RunningService) -> None:
    job = await put_job(upload, waiting())
    begun = queued(job_id=job.job_id)
    told_of: list[ServerSentEvent] = []
    async with open_events(upload.client, job.job_id) as events:
        for state in (
            job,
            begun,
            settled(begun),
            settled(begun, "square-64"),
            settled(begun, "square-64", "square-128"),
            completed(job_id=job.job_id),
        ):
            await put_job(upload, state)
            told_of.append(await anext(events))
            shown = (await upload.client.get(f"/status/{job.job_id}")).json()
            assert unsigned(data(told_of[-1])) == unsigned(shown), "as GET /status shows it"
        assert [event async for event in events] == []
    assert {event.event for event in told_of} == {"status"}
    assert statuses(told_of) == ["awaiting_upload", "queued", *["processing"] * 3, "completed"]
    assert [data(event)["progress"]["done"] for event in told_of] == [0, 0, 0, 1, 2, 4]
    assert len({event.id for event in told_of}) == len(told_of)
    await until(lambda: streams_open(upload) == 0)


async def test_a_job_that_has_ended_has_one_event(cloud: Cloud, upload: RunningService) -> None:
    answer = await upload.client.get(path(await put_job(upload, completed())))
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
    lines = dict(line.split(": ", 1) for line in answer.text.splitlines() if line)
    assert answer.text.endswith("\n\n")
    assert answer.text.count("\n\n") == 1
    assert list(lines) == ["id", "event", "data", "retry"]
    assert json.loads(lines["data"])["status"] == "completed"
    assert 1000 <= int(lines["retry"]) <= 3000


async def test_a_client_that_resumes_gets_only_news(cloud: Cloud, upload: RunningService) -> None:
    job = await put_job(upload, queued())
    async with open_events(upload.client, job.job_id) as events:
        first = await anext(events)
    async with open_events(upload.client, job.job_id, last_id=first.id) as events:
        await until(lambda: job.job_id in upload.services.watcher._waiters)
        await put_job(upload, settled(job, "square-64"))
        second = await anext(events)
    await put_job(upload, completed(job_id=job.job_id))
    rest = await read_events(upload.client, job.job_id, last_id=second.id)
    assert statuses([first, second, *rest]) == ["queued", "processing", "completed"]
    over = await upload.client.get(path(job), headers={"Last-Event-ID": rest[-1].id})
    assert (over.status_code, over.content) == (204, b""), "a 204 stops an EventSource"


async def test_a_retry_of_a_finished_job_is_news(cloud: Cloud, upload: RunningService) -> None:
    job = await put_job(upload, completed(failed=("square-64",)))
    (end,) = await read_events(upload.client, job.job_id)
    await put_job(upload, queued(job_id=job.job_id, attempt=2))
    async with open_events(upload.client, job.job_id, last_id=end.id) as events:
        assert data(await anext(events))["status"] == "queued"


@pytest.mark.parametrize("last_id", ["", "x" * 3000, "é", "1-completed", '"1-completed-0"', "*"])
async def test_an_unknown_event_id_counts_as_an_old_one(cloud: Cloud, upload: RunningService, last_id: str) -> None:
    job = await put_job(upload, completed())
    answer = await upload.client.get(path(job), headers={b"Last-Event-ID": last_id.encode()})
    assert answer.text.count("event: status") == 1


async def test_a_job_that_is_deleted_meanwhile_ends_the_stream_with_an_event(
    cloud: Cloud, upload: RunningService
) -> None:
    job = await put_job(upload, queued())
    async with open_events(upload.client, job.job_id) as events:
        last_id = (await anext(events)).id
        await cloud.dynamodb.delete_item(TableName=upload.settings.jobs_table, Key={"job_id": {"S": job.job_id}})
        rest = [event async for event in events]
    assert [(event.event, event.json()) for event in rest] == [("deleted", {"job_id": job.job_id})]
    assert (await upload.client.get(path(job), headers={"Last-Event-ID": last_id})).status_code == 404


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"headers": {"x-api-key": STRANGER_KEY}}, 404, "not_found"),
        ({"headers": {"x-api-key": "nobody-s"}}, 401, "unauthenticated"),
        ({"params": {"since": "1"}}, 400, "malformed_request"),
        ({"method": "POST"}, 405, "method_not_allowed"),
        ({"url": f"/jobs/{new_job_id()}/events"}, 404, "not_found"),
        ({"url": "/jobs/1/events"}, 404, "not_found"),
    ],
    ids=["stranger", "no such key", "no such parameter", "no such method", "no such job", "no job's name"],
)
async def test_errors_come_before_a_stream_begins(
    cloud: Cloud, upload: RunningService, request_: dict[str, Any], status: int, code: str
) -> None:
    job = await put_job(upload, waiting())
    answer = await upload.client.request(**{"method": "GET", "url": path(job), **request_})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    await until(lambda: streams_open(upload) == 0)


async def test_a_quiet_stream_sends_comments(
    cloud: Cloud, upload: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route, "KEEP_ALIVE_SECONDS", 0.05)
    job = await put_job(upload, waiting())
    async with upload.client.stream("GET", path(job)) as answer:
        comments = 0
        async for line in answer.aiter_lines():
            comments += line.startswith(":")
            if comments == 2:
                break


async def test_a_stream_is_one_request_of_the_callers_rate(
    cloud: Cloud, shared_installation: Installation, upload: RunningService
) -> None:
    key = f"key-{new_job_id()}"
    await put_key(cloud.dynamodb, shared_installation, key, "demo", limits=KeyLimits(rate=Rate.of(0.01, 3)))
    job = await put_job(upload, waiting())
    async with httpx.AsyncClient(base_url=upload.url, headers={"x-api-key": key}, trust_env=False) as client:
        async with aconnect_sse(client, "GET", path(job)) as source:
            assert source.response.headers["ratelimit"].startswith('"requests";r=2;')
            events = source.aiter_sse()
            await anext(events)
            await put_job(upload, queued(job_id=job.job_id))
            await anext(events)
            await events.aclose()
        assert (await client.get("/recipes")).headers["ratelimit"].startswith('"requests";r=1;')


async def test_streams_beyond_the_owners_slots_are_refused(cloud: Cloud, shared_installation: Installation) -> None:
    async with running_service(settings_for(shared_installation, max_event_streams=4)) as service:
        job = await put_job(service, waiting())
        async with AsyncExitStack() as stack:
            for _ in range(3):
                answer = await stack.enter_async_context(service.client.stream("GET", path(job)))
                assert answer.status_code == 200
            refused = await service.client.get(path(job))
            assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
            assert refused.headers["content-type"] == "application/problem+json"
            assert "retry-after" in refused.headers
            assert (await service.client.get(f"/status/{job.job_id}")).status_code == 200, "other routes answer"
            others = await put_job(service, completed(owner="stranger"))
            stranger = await service.client.get(path(others), headers={"x-api-key": STRANGER_KEY})
            assert stranger.status_code == 200, "another owner finds a slot"
        await until(lambda: streams_open(service) == 0)
        async with open_events(service.client, job.job_id) as events:
            await anext(events)


@pytest.mark.parametrize("abrupt", [True, False])
async def test_a_client_that_leaves_ends_its_stream(
    cloud: Cloud,
    upload: RunningService,
    abrupt: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    job = await put_job(upload, waiting())
    with capture_logs() as logs:
        reader, writer = await asyncio.open_connection("127.0.0.1", upload.port)
        writer.write(f"GET {path(job)} HTTP/1.1\r\nHost: x\r\nx-api-key: {KEY}\r\n\r\n".encode())
        await reader.readuntil(b"data: ")
        await until(lambda: job.job_id in upload.services.watcher._waiters)
        writer.transport.abort() if abrupt else writer.close()
        await until(lambda: job.job_id not in upload.services.watcher._waiters)
        await until(lambda: streams_open(upload) == 0)
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    (line,) = [log for log in logs if log.get("path") == path(job)]
    assert (line["event"], line["status"], line["log_level"]) == ("request_handled", 200, "info")
    assert [log["event"] for log in logs if log["log_level"] in ("warning", "error")] == []


async def test_stopping_ends_streams_and_another_process_resumes_them(
    cloud: Cloud, shared_installation: Installation, upload: RunningService
) -> None:
    job = await put_job(upload, waiting())
    begun = queued(job_id=job.job_id)
    async with running_service(settings_for(shared_installation)) as stopped:
        async with open_events(stopped.client, job.job_id) as events:
            await anext(events)
            await put_job(upload, begun)
            last_id = (await anext(events)).id
            stopped.stop.set()
            assert [event async for event in events] == []
        again = await read_events(stopped.client, job.job_id)
        assert statuses(again) == ["queued"], (
            "a client that connects meanwhile gets the present state, and may reconnect"
        )
        assert await read_events(stopped.client, job.job_id, last_id=last_id) == []
    async with open_events(upload.client, job.job_id, last_id=last_id) as events:
        await put_job(upload, completed(job_id=job.job_id))
        assert statuses([event async for event in events]) == ["completed"]


async def test_sigterm_ends_a_wait_and_many_streams_and_the_process_cleanly(cloud: Cloud) -> None:
    async with (
        cloud.installation() as installation,
        process(installation.environment()) as running,
        httpx.AsyncClient(
            base_url=running.url,
            headers={"x-api-key": KEY},
            timeout=30,
            limits=httpx.Limits(max_connections=None),
            trust_env=False,
        ) as client,
        AsyncExitStack() as streams,
    ):
        jobs = [waiting() for _ in range(STREAMS)]
        for job in jobs:
            await cloud.dynamodb.put_item(TableName=installation.topology.jobs.name, Item=to_item(job))
        # Sent before the streams, each of which takes a round trip. So it waits when they are open.
        waiting_one = asyncio.create_task(client.get(f"/status/{jobs[0].job_id}", params={"wait": 20}))
        followed = [await streams.enter_async_context(open_events(client, job.job_id)) for job in jobs]
        for events in followed:
            assert data(await anext(events))["status"] == "awaiting_upload"
        os.kill(running.child.pid, signal.SIGTERM)
        async with asyncio.timeout(10):
            # A stream that is cut off instead of ended raises here.
            rest = await asyncio.gather(*(anext(events, None) for events in followed))
            assert (await waiting_one).status_code == 200
            assert await running.child.wait() == 0
    assert rest == [None] * STREAMS
    lines = [json.loads(line) for line in running.log]
    assert (lines[0]["event"], lines[-1]["event"]) == ("service_started", "service_stopped")
    assert {line["level"] for line in lines} == {"info"}
    assert [line["status"] for line in lines if line.get("path", "").endswith("/events")] == [200] * STREAMS
