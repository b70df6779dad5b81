"""Deliver: send a job's event to its callback URL, and write down how that went."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta

from darkroom.callback_urls import read_callback_url
from darkroom.clock import iso, parse
from darkroom.errors import DarkroomError, MalformedRequest
from darkroom.job_details import DeliveryAttempt, JobDetails
from darkroom.messages import JobEvent
from darkroom.runtime import tracing
from darkroom.runtime.encryption import TextCipher
from darkroom.runtime.logs import get_logger
from darkroom.runtime.tracing import Kind
from darkroom.tables.job_table import JobTable
from darkroom.tables.webhook_secrets import WebhookSecrets
from darkroom.topology import DELIVERY_ATTEMPTS
from darkroom_orchestrator.webhooks.body import body_of
from darkroom_orchestrator.webhooks.delivery_log import DeliveryLog
from darkroom_orchestrator.webhooks.replay import PICKUP
from darkroom_orchestrator.webhooks.schedule import longest_pause
from darkroom_orchestrator.webhooks.sender import Outcome, Sender
from darkroom_orchestrator.webhooks.signature import signed_headers

_LOG = get_logger(__name__)

_GONE = 410
"""HTTP's way to say that the receiver wants no more (Standard Webhooks 1.0, "Operational considerations")."""


class Undelivered(DarkroomError):
    """The receiver did not take the event, this time."""

    code = "undelivered"
    retryable = True


class Deliver:
    """Sends one event, at least once in all."""

    def __init__(
        self,
        *,
        jobs: JobTable,
        secrets: WebhookSecrets,
        log: DeliveryLog,
        sender: Sender,
        cipher: TextCipher,
        allow_http: bool,
        schedule: Sequence[int],
        now: Callable[[], datetime],
    ) -> None:
        """`schedule` has the pauses between attempts, in seconds."""
        self._schedule = schedule
        self._jobs = jobs
        self._secrets = secrets
        self._log = log
        self._sender = sender
        self._cipher = cipher
        self._allow_http = allow_http
        self._now = now

    async def __call__(self, event: JobEvent, *, number: int, replay: str | None = None) -> None:
        """Make the attempt of this number; with the id of a `replay`, also of an event that was taken already.

        Raises Undelivered when it is to be tried once more, and Unavailable.
        """
        job, details = await self._jobs.with_details(event.job_id) or (None, JobDetails())
        if job is None or not job.callback_url or details.callback_gone_at:
            _LOG.info("webhook_not_wanted", event_id=event.event_id)
            if job and replay:
                await self._log.close_replay(job.job_id, replay)
            return
        if replay and (details.replay is None or details.replay.id != replay):
            _LOG.info("webhook_superseded", event_id=event.event_id)
            return
        if not replay and _was_taken(details, event):
            _LOG.info("webhook_repeated", event_id=event.event_id)
            return
        callback_url = self._cipher.decrypt(job.callback_url, place=job.job_id)
        attempt = await self._attempt(event, details, callback_url, number)
        gone = attempt.status == _GONE
        until = None if attempt.succeeded or gone else self._next_by(number)
        await _in_spite_of_a_stop(self._log.record(job.job_id, attempt, gone=gone, replay=replay, until=until))
        if not attempt.succeeded and not gone:
            if number >= DELIVERY_ATTEMPTS:
                _LOG.warning("webhook_given_up", event_id=event.event_id, attempts=number)
            said = f"The callback URL answered {attempt.status}."
            raise Undelivered(said if attempt.status else f"The callback URL was not reached: {attempt.error}.")

    def _next_by(self, number: int) -> datetime:
        """When the attempt after this one has begun, unless it got lost. There is none after the last."""
        if number >= DELIVERY_ATTEMPTS:
            return self._now()
        return self._now() + timedelta(seconds=longest_pause(self._schedule, number)) + PICKUP

    async def _attempt(self, event: JobEvent, details: JobDetails, callback_url: str, number: int) -> DeliveryAttempt:
        body = body_of(event, details)
        secret = await self._secrets.of(event.owner)
        began = parse(iso(self._now()))
        headers = signed_headers(event.event_id, body, secrets=secret.signing(began), moment=began)
        clock = asyncio.get_running_loop().time
        start = clock()
        with tracing.span("send the webhook", Kind.CLIENT, {"darkroom.attempt": number}) as span:
            outcome = await self._send(callback_url, body, headers)
            span.set_attribute("http.response.status_code", outcome.status or 0)
            if outcome.error:
                tracing.mark_failed(span, outcome.error)
        attempt = DeliveryAttempt(
            event_id=event.event_id,
            at=began,
            number=number,
            status=outcome.status,
            error=outcome.error,
            duration_ms=round((clock() - start) * 1000),
        )
        _LOG.info(
            "webhook_sent",
            event_id=event.event_id,
            status=attempt.status,
            error=attempt.error,
            attempt=number,
            duration_ms=attempt.duration_ms,
        )
        return attempt

    async def _send(self, callback_url: str, body: str, headers: dict[str, str]) -> Outcome:
        try:
            url = read_callback_url(callback_url, allow_http=self._allow_http)
        except MalformedRequest:  # It was accepted under other settings.
            return Outcome(None, "invalid_url")
        return await self._sender.send(url, body, headers)


async def _in_spite_of_a_stop(write: Coroutine[None, None, None]) -> None:
    """Await a write to its end, also when the caller is cancelled: the POST is done, and is to be written down.

    The cancelled handler lasts until then, since its message may go back only afterwards and since nothing waits for a
    task that nobody holds. The client's time-outs bound the write.
    """
    writing = asyncio.ensure_future(write)
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait({writing})
        if error := writing.exception():
            _LOG.warning("webhook_not_recorded", exc_info=error)
        raise


def _was_taken(details: JobDetails, event: JobEvent) -> bool:
    """Whether an earlier delivery of the same event succeeded: the queue may bring an event twice."""
    return any(attempt.succeeded for attempt in details.deliveries if attempt.event_id == event.event_id)
