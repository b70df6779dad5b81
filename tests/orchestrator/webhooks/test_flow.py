"""Tests the way of an event from a job's end to its receiver: topic, queue, consumer, retries, dead letters, replay."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from aiohttp import web

from darkroom.job_details import ReplayLease
from darkroom.jobs import Job, JobStatus, NewJob, new_job_id
from darkroom.messages import DeliveryRequested
from darkroom.object_keys import upload_key
from darkroom.runtime.queue import Depth, Outgoing
from darkroom.topology import DELIVERY_ATTEMPTS
from darkroom_orchestrator.composition import Composition
from darkroom_orchestrator.events import JobEvents, event_of
from darkroom_orchestrator.internal_api.routes import QueueName
from darkroom_orchestrator.webhooks import composition, sender
from tests.orchestrator.harness import RECIPE, Harness
from tests.support.cipher import encrypted
from tests.support.receiver import Receiver, raw_receiving, receiving
from tests.support.waiting import until


@pytest.fixture(autouse=True)
async def in_time() -> AsyncIterator[None]:
    async with asyncio.timeout(60):
        yield


@asynccontextmanager
async def delivering(harness: Harness, **settings: Any) -> AsyncIterator[Composition]:
    """Run an orchestrator that delivers webhooks, without pauses between attempts."""
    orchestrator = harness.with_settings(**{"webhook_retry_seconds": (0,), **settings})
    stop = asyncio.Event()
    running = asyncio.create_task(orchestrator.webhooks.run(stop))
    try:
        yield orchestrator
    finally:
        stop.set()
        await running


async def job_for(harness: Harness, receiver: Receiver, **changes: Any) -> Job:
    """Create a job that awaits its upload, and whose callback URL is the receiver's."""
    waiting, job_id = await harness.waiting_job(), new_job_id()
    job = replace(
        waiting,
        **{"job_id": job_id, "original_key": upload_key(job_id, "cat.jpg"), "callback_url": receiver.url, **changes},
    )
    job = encrypted(job)
    assert await harness.jobs.create(NewJob(job=job, recipe=RECIPE))
    return job


async def until_dead(orchestrator: Composition) -> None:
    """Wait for a message in the dead-letter queue."""
    dead = orchestrator.queues[QueueName.NOTIFICATIONS].dead

    async def one_is_there() -> bool:
        return (await dead.depth()).visible > 0

    await until(one_is_there)


async def until_empty(orchestrator: Composition) -> None:
    """Wait until all notifications have been handled."""
    queue = orchestrator.queues[QueueName.NOTIFICATIONS].queue

    async def none_is_there() -> bool:
        return await queue.depth() == Depth(visible=0, in_flight=0)

    await until(none_is_there)


@asynccontextmanager
async def client_of(orchestrator: Composition) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client of the internal API."""
    transport = httpx.ASGITransport(orchestrator.app(asyncio.Event()))
    async with httpx.AsyncClient(transport=transport, base_url="http://orchestrator") as client:
        yield client


async def test_end_of_a_job_reaches_its_callback(harness: Harness) -> None:
    async with receiving() as receiver, delivering(harness) as orchestrator:
        silent = await harness.waiting_job()
        job = await job_for(harness, receiver)
        for job_id in (silent.job_id, job.job_id):
            await orchestrator.cancel(job_id)
        (request,) = await receiver.until(1)
    body = json.loads(request.body)
    assert (body["type"], body["data"]["job_id"]) == ("job.cancelled", job.job_id)
    assert request.headers["webhook-id"] == event_of(await harness.job(job.job_id)).event_id
    assert len(receiver.received) == 1, "a job without a callback sends no webhook"


async def test_job_that_ends_by_its_last_report_reaches_its_callback(harness: Harness) -> None:
    async with receiving() as receiver, delivering(harness) as orchestrator:
        job = await job_for(harness, receiver)
        await orchestrator.start(await harness.upload(job), redelivered=False)
        for task in await harness.sent_tasks():
            await orchestrator.finish(await harness.put_results(task))
        (request,) = await receiver.until(1)
    body = json.loads(request.body)
    assert body["type"] == "job.completed"
    assert body["data"]["progress"] == {"done": 4, "failed": 0, "total": 4}


async def test_receiver_that_was_unavailable_gets_its_event_later(harness: Harness) -> None:
    async with receiving(500, 503, 200) as receiver, delivering(harness) as orchestrator:
        job = await job_for(harness, receiver)
        await orchestrator.cancel(job.job_id)
        requests = await receiver.until(3)
    assert len({request.headers["webhook-id"] for request in requests}) == 1
    assert len({request.body for request in requests}) == 1
    log = (await harness.details(job.job_id)).deliveries
    assert [(attempt.number, attempt.status) for attempt in log] == [(1, 500), (2, 503), (3, 200)]


async def test_replay_brings_back_an_event_that_is_dead_after_its_last_attempt(harness: Harness) -> None:
    async with receiving(500) as receiver, delivering(harness) as orchestrator:
        job = await job_for(harness, receiver)
        await orchestrator.cancel(job.job_id)
        await until_dead(orchestrator)
        log = (await harness.details(job.job_id)).deliveries
        assert [attempt.number for attempt in log] == list(range(1, DELIVERY_ATTEMPTS + 1))
        assert len(receiver.received) == DELIVERY_ATTEMPTS

        receiver.answers = [200]
        async with client_of(orchestrator) as client:
            answer = await client.post(f"/api/jobs/{job.job_id}/deliveries/replay")
        requests = await receiver.until(DELIVERY_ATTEMPTS + 1)
    assert answer.status_code == 202
    assert answer.json() == {"job_id": job.job_id, "event_id": log[0].event_id}
    assert requests[-1].headers["webhook-id"] == log[0].event_id
    last = (await harness.details(job.job_id)).deliveries[-1]
    assert (last.number, last.status) == (1, 200)


async def test_redrive_of_the_queue_brings_back_a_dead_event(harness: Harness) -> None:
    async with receiving(500) as receiver, delivering(harness) as orchestrator:
        job = await job_for(harness, receiver)
        await orchestrator.cancel(job.job_id)
        await until_dead(orchestrator)
        receiver.answers = [200]
        async with client_of(orchestrator) as client:
            assert (await client.post("/api/dlq/notifications/redrive")).json() == {"moved": 1}
        await receiver.until(DELIVERY_ATTEMPTS + 1)


async def test_replay_sends_to_a_receiver_that_had_answered_410(harness: Harness) -> None:
    async with receiving(410, 200) as receiver, delivering(harness) as orchestrator:
        job = await job_for(harness, receiver)
        await orchestrator.cancel(job.job_id)
        await receiver.until(1)
        await until_empty(orchestrator)
        assert (await harness.details(job.job_id)).callback_gone_at is not None
        await orchestrator.webhooks.replay(job.job_id)
        await receiver.until(2)
        await until_empty(orchestrator)
        assert (await harness.details(job.job_id)).callback_gone_at is None


async def test_event_that_comes_three_times_has_one_id(harness: Harness) -> None:
    async with receiving() as receiver, delivering(harness) as orchestrator:
        job = await job_for(harness, receiver, status=JobStatus.COMPLETED, deadline=None)
        events = JobEvents(harness.clients.sns, harness.settings.job_events_topic_arn)
        for _ in range(3):
            await events.publish(job)
        await receiver.until(1)
        await until_empty(orchestrator)
    assert {request.headers["webhook-id"] for request in receiver.received} == {event_of(job).event_id}


async def test_unreadable_message_goes_to_the_dead_letter_queue(harness: Harness) -> None:
    async with delivering(harness) as orchestrator:
        await harness.clients.sqs.send_message(QueueUrl=harness.settings.notifications_queue_url, MessageBody="{}")
        await until_dead(orchestrator)


async def test_webhook_in_progress_is_finished_when_the_service_stops(harness: Harness) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    class Slow(Receiver):
        async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
            asked.set()
            await go_on.wait()
            return await super().answer(request)

    async with receiving(kind=Slow) as receiver:
        async with delivering(harness) as orchestrator:
            job = await job_for(harness, receiver)
            await orchestrator.cancel(job.job_id)
            await asked.wait()
            asyncio.get_running_loop().call_later(0.2, go_on.set)
        log = (await harness.details(job.job_id)).deliveries
    assert [(attempt.number, attempt.status) for attempt in log] == [(1, 204)]


async def test_silent_receivers_of_one_owner_do_not_delay_other_owners(harness: Harness) -> None:
    asked, given_up, go_on = 0, 0, asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked, given_up
        asked += 1
        await go_on.wait()
        given_up += writer.is_closing()

    async with (
        raw_receiving(say_nothing) as deaf,
        receiving() as receiver,
        delivering(harness) as orchestrator,
    ):
        flooding, quiet = (
            await job_for(harness, receiver, callback_url=deaf),
            await job_for(harness, receiver, owner="quiet"),
        )
        lease, log = (
            ReplayLease(id="flood", until=harness.now() + timedelta(hours=1)),
            orchestrator.webhooks.replay.log,
        )
        assert await log.open_replay(flooding.job_id, lease, now=harness.now(), other_writes=())
        request = DeliveryRequested(event=event_of(flooding), replay=lease.id)
        flood = [Outgoing(job_id=flooding.job_id, message=request, owner=flooding.owner)] * (sender.CONCURRENCY + 1)
        await orchestrator.queues[QueueName.NOTIFICATIONS].queue.send(flood)
        await until(lambda: asked == composition.CONCURRENCY_PER_OWNER)
        await orchestrator.cancel(quiet.job_id)
        await receiver.until(1)
        assert asked == composition.CONCURRENCY_PER_OWNER
        # The events of a deleted job are consumed.
        await harness.clients.dynamodb.delete_item(
            TableName=harness.settings.jobs_table, Key={"job_id": {"S": flooding.job_id}}
        )
        go_on.set()
        await until_empty(orchestrator)
    assert given_up == 0


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"callback_url": None, "status": JobStatus.COMPLETED}, 409, "no callback_url"),
        ({"status": JobStatus.QUEUED}, 409, "The job is queued"),
    ],
)
async def test_replay_is_refused_if_there_is_nothing_to_replay(
    harness: Harness, changes: dict[str, Any], status: int, reason: str
) -> None:
    async with receiving() as receiver, client_of(harness.orchestrator) as client:
        job = await job_for(harness, receiver, **changes)
        answer = await client.post(f"/api/jobs/{job.job_id}/deliveries/replay")
        assert answer.status_code == status
        assert reason in answer.json()["detail"]
        assert (await client.post(f"/api/jobs/{new_job_id()}/deliveries/replay")).status_code == 404
