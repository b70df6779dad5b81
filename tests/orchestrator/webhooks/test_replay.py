"""Replays of a job's webhook: one at a time, each charged as one job."""

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
from darkroom_orchestrator.adapters.charging import Charging
from darkroom_orchestrator.api import QueueName
from darkroom_orchestrator.webhooks.deliver import Deliver, Undelivered
from darkroom_orchestrator.webhooks.delivery_log import DeliveryLog
from darkroom_orchestrator.webhooks.replay import PICKUP, Replay
from darkroom_orchestrator.webhooks.sender import open_sender
from tests.orchestrator.charged import charge, used
from tests.orchestrator.site import Site, drained
from tests.orchestrator.webhooks.test_flow import job_for
from tests.support.cipher import CIPHER
from tests.support.receiver import Receiver, receiving


async def ended(site: Site, receiver: Receiver) -> Job:
    return await job_for(site, receiver, status=JobStatus.COMPLETED, deadline=None)


def queue_of(site: Site) -> SqsQueue:
    return site.orchestrator.queues[QueueName.NOTIFICATIONS].queue


async def commands(site: Site) -> list[DeliveryRequested]:
    """What waits in the queue, which is empty then."""
    found = [Notification.validate_json(one.body) for one in await drained(queue_of(site))]
    return [one for one in found if isinstance(one, DeliveryRequested)]


async def deliver(site: Site, command: DeliveryRequested, number: int) -> None:
    """Make the attempt of this number."""
    log = DeliveryLog(site.clients.dynamodb, site.settings.jobs_table)
    async with open_sender(allow_private=True) as sender:
        attempt = Deliver(
            jobs=site.jobs,
            secrets=site.orchestrator.webhooks._secrets,
            log=log,
            sender=sender,
            cipher=CIPHER,
            allow_http=True,
            now=site.now,
        )
        await attempt(command.event, number=number, replay=command.replay)


async def lease(site: Site, job: Job) -> ReplayLease | None:
    return (await site.details(job.job_id)).replay


async def test_a_second_replay_waits_until_the_first_is_delivered(site: Site) -> None:
    async with receiving() as receiver:
        job = await ended(site, receiver)
        await site.orchestrator.webhooks.replay(job.job_id)
        with pytest.raises(UnderWay) as refused:
            await site.orchestrator.webhooks.replay(job.job_id)
        assert 1 <= (refused.value.retry_after_seconds or 0) <= 300
        (command,) = await commands(site)
        await deliver(site, command, 1)
        assert await lease(site, job) is None
        await site.orchestrator.webhooks.replay(job.job_id)
        assert len(await commands(site)) == 1


async def test_of_replays_at_the_same_moment_one_is_sent_and_charged(site: Site) -> None:
    async with receiving() as receiver:
        job = await ended(site, receiver)
        cost = charge(site, jobs=9)
        asked = (site.orchestrator.webhooks.replay(job.job_id, cost) for _ in range(6))
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["JobEvent", *["UnderWay"] * 5]
    assert len(await commands(site)) == 1
    assert await used(site, cost) == DailyUsage(jobs=1, bytes=0)


async def test_a_replay_that_is_tried_again_is_outstanding_meanwhile(site: Site) -> None:
    async with receiving(500) as receiver:
        job = await ended(site, receiver)
        await site.orchestrator.webhooks.replay(job.job_id)
        (command,) = await commands(site)
        for number in range(1, DELIVERY_ATTEMPTS):
            with pytest.raises(Undelivered):
                await deliver(site, command, number)
            held = await lease(site, job)
            assert held
            site.now.moment = held.until - PICKUP
            with pytest.raises(UnderWay):
                await site.orchestrator.webhooks.replay(job.job_id)
        with pytest.raises(Undelivered):
            await deliver(site, command, DELIVERY_ATTEMPTS)
        await site.orchestrator.webhooks.replay(job.job_id)


async def test_a_dead_replay_is_brought_back_by_a_redrive_unless_another_took_its_place(site: Site) -> None:
    async with receiving(500) as receiver:
        job = await ended(site, receiver)
        await site.orchestrator.webhooks.replay(job.job_id)
        (command,) = await commands(site)
        with pytest.raises(Undelivered):
            await deliver(site, command, DELIVERY_ATTEMPTS)
        receiver.answers = [200]
        await deliver(site, command, 1)
        assert [attempt.status for attempt in (await site.details(job.job_id)).deliveries] == [500, 200]


async def test_a_replay_that_got_lost_holds_up_the_next_for_its_lease_alone(site: Site) -> None:
    async with receiving() as receiver:
        job = await ended(site, receiver)
        await site.orchestrator.webhooks.replay(job.job_id)
        (lost,) = await commands(site)
        site.now.forward(seconds=PICKUP.total_seconds())
        await site.orchestrator.webhooks.replay(job.job_id)
        (later,) = await commands(site)
        await deliver(site, lost, 1)
        assert receiver.received == [], "it was superseded"
        await deliver(site, later, 1)
        await deliver(site, later, 2)
    assert len(receiver.received) == 1, "a copy of what was delivered delivers nothing"


async def test_a_receiver_that_is_gone_ends_the_replay(site: Site) -> None:
    async with receiving(410) as receiver:
        job = await ended(site, receiver)
        await site.orchestrator.webhooks.replay(job.job_id)
        (command,) = await commands(site)
        await deliver(site, command, 1)
        assert await lease(site, job) is None


class Away:
    """A queue that takes nothing, as far as one knows."""

    def __init__(self, queue: Queue, *, takes: bool) -> None:
        self._queue = queue
        self._takes = takes

    async def send(self, messages: Any) -> None:
        """Fail, perhaps after the messages were taken."""
        if self._takes:
            await self._queue.send(messages)
        raise Unavailable("SQS cannot be reached.")


@pytest.mark.parametrize("takes", [False, True])
async def test_a_replay_that_could_not_be_sent_is_given_back_and_delivers_nothing(
    site: Site,
    takes: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    async with receiving() as receiver:
        job = await ended(site, receiver)
        cost = charge(site, jobs=1)
        replay = Replay(
            jobs=site.jobs,
            log=DeliveryLog(site.clients.dynamodb, site.settings.jobs_table),
            notifications=Away(queue_of(site), takes=takes),  # type: ignore[arg-type]  # Only `send` is asked for.
            charging=Charging(site.settings.accounts_table),
            now=site.now,
        )
        with pytest.raises(Unavailable):
            await replay(job.job_id, cost)
        assert await used(site, cost) == DailyUsage()
        for command in await commands(site):
            await deliver(site, command, 1)
        assert receiver.received == []
        await site.orchestrator.webhooks.replay(job.job_id, cost)
        assert await used(site, cost) == DailyUsage(jobs=1)


async def test_a_replay_beyond_the_quota_is_not_sent(site: Site) -> None:
    async with receiving() as receiver:
        first, second = await ended(site, receiver), await ended(site, receiver)
        cost = charge(site, jobs=1)
        event = await site.orchestrator.webhooks.replay(first.job_id, cost)
        assert isinstance(event, JobEvent)
        with pytest.raises(QuotaExceeded):
            await site.orchestrator.webhooks.replay(second.job_id, cost)
        assert await lease(site, second) is None
        assert [command.event.job_id for command in await commands(site)] == [first.job_id]
        assert await used(site, cost) == DailyUsage(jobs=1)
