"""Tests the delivery of one event to a real receiver, with the job in a real table."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from darkroom import clock
from darkroom.errors import Unavailable
from darkroom.job_details import DeliveryAttempt, ReplayLease
from darkroom.jobs import Fault, Job, JobStatus, NewJob, VariantState, VariantStatus, new_job_id
from darkroom.messages import JobEvent
from darkroom.tables.webhook_secrets import WebhookSecrets
from darkroom.topology import DELIVERY_ATTEMPTS
from darkroom_orchestrator.events import event_of
from darkroom_orchestrator.settings import WEBHOOK_RETRY_SECONDS
from darkroom_orchestrator.webhooks.deliver import Deliver, Undelivered
from darkroom_orchestrator.webhooks.delivery_log import KEPT, DeliveryLog
from darkroom_orchestrator.webhooks.sender import open_sender
from tests.orchestrator.harness import RECIPE, Harness
from tests.orchestrator.task_reports import result
from tests.support.cipher import CIPHER, encrypted
from tests.support.receiver import Receiver, receiving


class Post:
    """The use case under test, with its harness and secrets."""

    def __init__(self, harness: Harness, deliver: Deliver, secrets: WebhookSecrets) -> None:
        self.harness = harness
        self.deliver = deliver
        self.secrets = secrets

    async def job(self, receiver: Receiver, **changes: Any) -> Job:
        """Create an ended job whose callback URL is the receiver's."""
        waiting = await self.harness.waiting_job()
        done = VariantState(status=VariantStatus.COMPLETED, result=result("a/b/c.webp"))
        variants = dict.fromkeys(waiting.variants, done)
        ended = replace(
            waiting,
            job_id=new_job_id(),
            status=JobStatus.COMPLETED,
            deadline=None,
            variants=variants,
            callback_url=receiver.url,
        )
        job = encrypted(replace(ended, **changes))
        assert await self.harness.jobs.create(NewJob(job=job, recipe=RECIPE, metadata={"album": "Übersee"}))
        return job

    async def log(self, job: Job) -> list[tuple[int, int | None, str | None]]:
        """Return number, status and error of each attempt."""
        found = (await self.harness.details(job.job_id)).deliveries
        return [(attempt.number, attempt.status, attempt.error) for attempt in found]


@pytest.fixture
async def post(harness: Harness) -> AsyncIterator[Post]:
    dynamodb, settings = harness.clients.dynamodb, harness.settings
    secrets = WebhookSecrets(dynamodb, settings.accounts_table, CIPHER)
    async with open_sender(allow_private=True) as sender:
        deliver = Deliver(
            jobs=harness.jobs,
            secrets=secrets,
            log=DeliveryLog(dynamodb, settings.jobs_table),
            sender=sender,
            cipher=CIPHER,
            allow_http=True,
            schedule=WEBHOOK_RETRY_SECONDS,
            now=clock.now,
        )
        yield Post(harness, deliver, secrets)


def attempt_of(event: JobEvent, number: int) -> DeliveryAttempt:
    moment = clock.parse(clock.iso(clock.now()))
    return DeliveryAttempt(event_id=event.event_id, at=moment, number=number, status=500, duration_ms=number)


async def test_receiver_can_verify_the_webhook_with_the_owners_secret(post: Post) -> None:
    async with receiving() as receiver:
        job = await post.job(receiver)
        await post.deliver(event_of(job), number=1)
    (request,) = receiver.received
    secret = await post.secrets.of(job.owner)
    body = Webhook(secret.current).verify(request.body, request.headers)
    assert request.headers["webhook-id"] == body["id"] == event_of(job).event_id
    assert body == {
        "type": "job.completed",
        "id": event_of(job).event_id,
        "timestamp": clock.iso(job.updated_at),
        "data": {
            "job_id": job.job_id,
            "status": "completed",
            "recipe": "thumbnails",
            "attempt": 1,
            "progress": {"done": 4, "failed": 0, "total": 4},
            "metadata": {"album": "Übersee"},
            "error": None,
            "status_url": f"/status/{job.job_id}",
        },
    }


async def test_only_the_sent_body_id_and_time_verify(post: Post) -> None:
    async with receiving() as receiver:
        job = await post.job(receiver)
        await post.deliver(event_of(job), number=1)
    (request,) = receiver.received
    webhook = Webhook((await post.secrets.of(job.owner)).current)
    later = str(int(request.headers["webhook-timestamp"]) + 1)
    forgeries = [
        (request.body.replace("completed", "failed"), request.headers),
        (request.body, {**request.headers, "webhook-id": "other"}),
        (request.body, {**request.headers, "webhook-timestamp": later}),
    ]
    for body, headers in forgeries:
        with pytest.raises(WebhookVerificationError):
            webhook.verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook((await post.secrets.of("somebody else")).current).verify(request.body, request.headers)


async def test_both_secrets_verify_after_a_rotation(post: Post) -> None:
    async with receiving() as receiver:
        job = await post.job(receiver)
        old = await post.secrets.of(job.owner)
        new = await post.secrets.rotate(job.owner)
        await post.deliver(event_of(job), number=1)
    (request,) = receiver.received
    assert old.current != new.current
    for secret in (old.current, new.current):
        assert Webhook(secret).verify(request.body, request.headers)["data"]["job_id"] == job.job_id


async def test_webhook_of_a_failed_job_says_why(post: Post) -> None:
    async with receiving() as receiver:
        fault = Fault(code="undecodable_image", message="No decoder can read the file.")
        job = await post.job(receiver, status=JobStatus.FAILED, fault=fault)
        await post.deliver(event_of(job), number=1)
    body = json.loads(receiver.received[0].body)
    assert (body["type"], body["data"]["error"]) == ("job.failed", fault.model_dump())


async def test_delivery_is_recorded(post: Post) -> None:
    async with receiving(202) as receiver:
        job = await post.job(receiver)
        began = clock.now()
        await post.deliver(event_of(job), number=1)
    (attempt,) = (await post.harness.details(job.job_id)).deliveries
    assert (attempt.event_id, attempt.number, attempt.status) == (event_of(job).event_id, 1, 202)
    assert attempt.succeeded
    assert abs(attempt.at - began) < timedelta(seconds=5)
    assert 0 <= attempt.duration_ms < 5000


@pytest.mark.parametrize("status", [302, 400, 401, 404, 429, 500, 503])
async def test_any_other_answer_is_recorded_and_retried(post: Post, status: int) -> None:
    async with receiving(status) as receiver:
        job = await post.job(receiver)
        with pytest.raises(Undelivered) as caught:
            await post.deliver(event_of(job), number=3)
    assert caught.value.retryable
    assert await post.log(job) == [(3, status, "redirect_refused" if status == 302 else None)]


async def test_url_that_is_no_longer_acceptable_gets_no_request(post: Post) -> None:
    async with receiving() as receiver:
        job = await post.job(receiver, callback_url=f"ftp://127.0.0.1:{receiver.port}/")
        with pytest.raises(Undelivered):
            await post.deliver(event_of(job), number=1)
    assert receiver.received == []
    assert await post.log(job) == [(1, None, "invalid_url")]


async def test_receiver_that_answers_410_gets_no_more_webhooks_of_this_job(post: Post) -> None:
    async with receiving(410) as receiver:
        job = await post.job(receiver)
        other = await post.job(receiver)
        await post.deliver(event_of(job), number=1)
        await post.deliver(event_of(job), number=2)
        retried = replace(job, attempt=2)
        await post.deliver(event_of(retried), number=1)
        assert len(receiver.received) == 1
        assert (await post.harness.details(job.job_id)).callback_gone_at is not None
        await post.deliver(event_of(other), number=1)
    assert len(receiver.received) == 2, "other jobs of the same receiver still get webhooks"
    assert await post.log(job) == [(1, 410, None)]


async def test_accepted_event_is_sent_again_only_by_a_replay(post: Post) -> None:
    async with receiving(500, 200) as receiver:
        job = await post.job(receiver)
        with pytest.raises(Undelivered):
            await post.deliver(event_of(job), number=1)
        for number in (2, 3):
            await post.deliver(event_of(job), number=number)
        assert await post.log(job) == [(1, 500, None), (2, 200, None)]
        log, now = DeliveryLog(post.harness.clients.dynamodb, post.harness.settings.jobs_table), clock.now()
        lease = ReplayLease(id="again", until=now + timedelta(minutes=1))
        assert await log.open_replay(job.job_id, lease, now=now, other_writes=())
        await post.deliver(event_of(job), number=1, replay="again")
    assert {request.headers["webhook-id"] for request in receiver.received} == {event_of(job).event_id}
    assert len({request.body for request in receiver.received}) == 1
    assert await post.log(job) == [(1, 500, None), (2, 200, None), (1, 200, None)]


async def test_events_of_two_attempts_of_a_job_have_different_ids(post: Post) -> None:
    async with receiving() as receiver:
        job = await post.job(receiver, status=JobStatus.PARTIALLY_COMPLETED)
        await post.deliver(event_of(job), number=1)
        again = replace(job, attempt=2, status=JobStatus.COMPLETED)
        await post.deliver(event_of(again), number=1)
    first, second = (json.loads(request.body) for request in receiver.received)
    assert first["id"] != second["id"]
    assert [body["data"]["attempt"] for body in (first, second)] == [1, 2]


async def test_nothing_is_sent_for_a_deleted_job_or_one_without_a_callback(post: Post) -> None:
    async with receiving() as receiver:
        silent = await post.job(receiver, callback_url=None)
        await post.deliver(event_of(silent), number=1)
        deleted = replace(silent, job_id=new_job_id())
        await post.deliver(event_of(deleted), number=1)
    assert receiver.received == []
    assert await post.harness.jobs.get(deleted.job_id) is None


async def test_recording_an_attempt_does_not_bring_back_a_deleted_job(post: Post) -> None:
    async with receiving() as receiver:
        job = await post.job(receiver)
        log = DeliveryLog(post.harness.clients.dynamodb, post.harness.settings.jobs_table)
        await post.harness.clients.dynamodb.delete_item(
            TableName=post.harness.settings.jobs_table, Key={"job_id": {"S": job.job_id}}
        )
        await log.record(job.job_id, attempt_of(event_of(job), 1), gone=False)
    assert await post.harness.jobs.get(job.job_id) is None


async def test_log_keeps_the_last_attempts_and_each_once(post: Post) -> None:
    async with receiving() as receiver:
        job = await post.job(receiver)
    log = DeliveryLog(post.harness.clients.dynamodb, post.harness.settings.jobs_table)
    attempts = [attempt_of(event_of(job), number) for number in range(1, KEPT + 4)]
    for attempt in attempts:
        await log.record(job.job_id, attempt, gone=False)
        await log.record(job.job_id, attempt, gone=False)
    assert list((await post.harness.details(job.job_id)).deliveries) == attempts[-KEPT:]


async def test_attempts_that_are_recorded_at_the_same_time_are_all_kept(post: Post) -> None:
    async with receiving() as receiver:
        job = await post.job(receiver)
    log = DeliveryLog(post.harness.clients.dynamodb, post.harness.settings.jobs_table)
    attempts = [attempt_of(event_of(job), number) for number in range(6)]
    await asyncio.gather(*(log.record(job.job_id, attempt, gone=False) for attempt in attempts))
    found = (await post.harness.details(job.job_id)).deliveries
    assert sorted(found, key=lambda attempt: attempt.number) == attempts


async def test_attempt_does_not_change_the_job(post: Post) -> None:
    async with receiving() as receiver:
        job = await post.job(receiver)
        await post.deliver(event_of(job), number=DELIVERY_ATTEMPTS)
    assert await post.harness.job(job.job_id) == job


@pytest.mark.parametrize("away", [False, True])
async def test_stop_waits_until_an_attempt_is_recorded(
    post: Post, monkeypatch: pytest.MonkeyPatch, *, away: bool
) -> None:
    writing, go_on = asyncio.Event(), asyncio.Event()
    record = DeliveryLog.record

    async def slow(self: DeliveryLog, job_id: str, attempt: DeliveryAttempt, **how: Any) -> None:
        writing.set()
        await go_on.wait()
        if away:
            raise Unavailable("DynamoDB cannot be reached.")
        await record(self, job_id, attempt, **how)

    monkeypatch.setattr(DeliveryLog, "record", slow)
    async with receiving() as receiver:
        job = await post.job(receiver)
        delivering = asyncio.create_task(post.deliver(event_of(job), number=1))
        async with asyncio.timeout(20):
            await writing.wait()
        delivering.cancel()
        assert await asyncio.wait({delivering}, timeout=0.1) == (set(), {delivering})
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await delivering

    assert len(await post.log(job)) == (0 if away else 1)
