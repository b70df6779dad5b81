"""Tests replays of a job's webhook: one at a time, each charged as one job."""

import asyncio
from typing import Any

import pytest

from darkroom.errors import QuotaExceeded, Unavailable, UnderWay
from darkroom.job_details import ReplayLease
from darkroom.jobs import Job, JobStatus
from darkroom.messages import DeliveryRequested, JobEvent, Notification
from darkroom.runtime.queue import Queue, SqsQueue
from darkroom.tables.daily_counter import DailyUsage
from darkroom.topology import DELIVERY_ATTEMPTS
from darkroom_orchestrator.internal_api.routes import QueueName
from darkroom_orchestrator.records.charging import Charging
from darkroom_orchestrator.settings import WEBHOOK_RETRY_SECONDS
from darkroom_orchestrator.webhooks.deliver import Deliver, Undelivered
from darkroom_orchestrator.webhooks.delivery_log import DeliveryLog
from darkroom_orchestrator.webhooks.replay import PICKUP, Replay
from darkroom_orchestrator.webhooks.sender import open_sender
from tests.orchestrator.charges import charge, used
from tests.orchestrator.harness import Harness, drained
from tests.orchestrator.webhooks.test_flow import job_for
from tests.support.cipher import CIPHER
from tests.support.receiver import Receiver, receiving


async def ended(harness: Harness, receiver: Receiver) -> Job:
    return await job_for(harness, receiver, status=JobStatus.COMPLETED, deadline=None)


def queue_of(harness: Harness) -> SqsQueue:
    return harness.orchestrator.queues[QueueName.NOTIFICATIONS].queue


async def commands(harness: Harness) -> list[DeliveryRequested]:
    """Receive and delete all requests in the queue."""
    found = [Notification.validate_json(one.body) for one in await drained(queue_of(harness))]
    return [one for one in found if isinstance(one, DeliveryRequested)]


async def deliver(harness: Harness, command: DeliveryRequested, number: int) -> None:
    """Make the attempt of this number."""
    log = DeliveryLog(harness.clients.dynamodb, harness.settings.jobs_table)
    async with open_sender(allow_private=True) as sender:
        attempt = Deliver(
            jobs=harness.jobs,
            secrets=harness.orchestrator.webhooks._secrets,
            log=log,
            sender=sender,
            cipher=CIPHER,
            allow_http=True,
            schedule=WEBHOOK_RETRY_SECONDS,
            now=harness.now,
        )
        await attempt(command.event, number=number, replay=command.replay)


async def lease(harness: Harness, job: Job) -> ReplayLease | None:
    return (await harness.details(job.job_id)).replay


async def test_second_replay_waits_until_the_first_is_delivered(harness: Harness) -> None:
    async with receiving() as receiver:
        job = await ended(harness, receiver)
        await harness.orchestrator.webhooks.replay(job.job_id)
        with pytest.raises(UnderWay) as refused:
            await harness.orchestrator.webhooks.replay(job.job_id)
        assert 1 <= (refused.value.retry_after_seconds or 0) <= 300
        (command,) = await commands(harness)
        await deliver(harness, command, 1)
        assert await lease(harness, job) is None
        await harness.orchestrator.webhooks.replay(job.job_id)
        assert len(await commands(harness)) == 1


async def test_simultaneous_replays_are_sent_and_charged_once(harness: Harness) -> None:
    async with receiving() as receiver:
        job = await ended(harness, receiver)
        cost = charge(harness, jobs=9)
        asked = (harness.orchestrator.webhooks.replay(job.job_id, cost) for _ in range(6))
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["JobEvent", *["UnderWay"] * 5]
    assert len(await commands(harness)) == 1
    assert await used(harness, cost) == DailyUsage(jobs=1, bytes=0)


async def test_replay_is_in_progress_between_its_attempts(harness: Harness) -> None:
    async with receiving(500) as receiver:
        job = await ended(harness, receiver)
        await harness.orchestrator.webhooks.replay(job.job_id)
        (command,) = await commands(harness)
        for number in range(1, DELIVERY_ATTEMPTS):
            with pytest.raises(Undelivered):
                await deliver(harness, command, number)
            held = await lease(harness, job)
            assert held
            harness.now.moment = held.until - PICKUP
            with pytest.raises(UnderWay):
                await harness.orchestrator.webhooks.replay(job.job_id)
        with pytest.raises(Undelivered):
            await deliver(harness, command, DELIVERY_ATTEMPTS)
        await harness.orchestrator.webhooks.replay(job.job_id)


async def test_redrive_brings_back_a_dead_replay_unless_another_replaced_it(harness: Harness) -> None:
    async with receiving(500) as receiver:
        job = await ended(harness, receiver)
        await harness.orchestrator.webhooks.replay(job.job_id)
        (command,) = await commands(harness)
        with pytest.raises(Undelivered):
            await deliver(harness, command, DELIVERY_ATTEMPTS)
        receiver.answers = [200]
        await deliver(harness, command, 1)
        assert [attempt.status for attempt in (await harness.details(job.job_id)).deliveries] == [500, 200]


async def test_lost_replay_delays_the_next_only_until_its_lease_ends(harness: Harness) -> None:
    async with receiving() as receiver:
        job = await ended(harness, receiver)
        await harness.orchestrator.webhooks.replay(job.job_id)
        (lost,) = await commands(harness)
        harness.now.forward(seconds=PICKUP.total_seconds())
        await harness.orchestrator.webhooks.replay(job.job_id)
        (later,) = await commands(harness)
        await deliver(harness, lost, 1)
        assert receiver.received == [], "the first replay was replaced"
        await deliver(harness, later, 1)
        await deliver(harness, later, 2)
    assert len(receiver.received) == 1, "a copy of a delivered message delivers nothing"


async def test_receiver_that_answers_410_ends_the_replay(harness: Harness) -> None:
    async with receiving(410) as receiver:
        job = await ended(harness, receiver)
        await harness.orchestrator.webhooks.replay(job.job_id)
        (command,) = await commands(harness)
        await deliver(harness, command, 1)
        assert await lease(harness, job) is None


class Away:
    """A queue whose sends fail, although they may have taken effect."""

    def __init__(self, queue: Queue, *, takes: bool) -> None:
        self._queue = queue
        self._takes = takes

    async def send(self, messages: Any) -> None:
        """Fail, perhaps after the messages were sent."""
        if self._takes:
            await self._queue.send(messages)
        raise Unavailable("SQS cannot be reached.")


@pytest.mark.parametrize("takes", [False, True])
async def test_replay_that_could_not_be_sent_is_refunded_and_delivers_nothing(
    harness: Harness,
    takes: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    async with receiving() as receiver:
        job = await ended(harness, receiver)
        cost = charge(harness, jobs=1)
        replay = Replay(
            jobs=harness.jobs,
            log=DeliveryLog(harness.clients.dynamodb, harness.settings.jobs_table),
            notifications=Away(queue_of(harness), takes=takes),  # type: ignore[arg-type]  # Only `send` is asked for.
            charging=Charging(harness.settings.accounts_table),
            now=harness.now,
        )
        with pytest.raises(Unavailable):
            await replay(job.job_id, cost)
        assert await used(harness, cost) == DailyUsage()
        for command in await commands(harness):
            await deliver(harness, command, 1)
        assert receiver.received == []
        await harness.orchestrator.webhooks.replay(job.job_id, cost)
        assert await used(harness, cost) == DailyUsage(jobs=1)


async def test_replay_beyond_the_quota_is_not_sent(harness: Harness) -> None:
    async with receiving() as receiver:
        first, second = await ended(harness, receiver), await ended(harness, receiver)
        cost = charge(harness, jobs=1)
        event = await harness.orchestrator.webhooks.replay(first.job_id, cost)
        assert isinstance(event, JobEvent)
        with pytest.raises(QuotaExceeded):
            await harness.orchestrator.webhooks.replay(second.job_id, cost)
        assert await lease(harness, second) is None
        assert [command.event.job_id for command in await commands(harness)] == [first.job_id]
        assert await used(harness, cost) == DailyUsage(jobs=1)
