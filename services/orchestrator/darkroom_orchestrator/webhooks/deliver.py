"""Sends a job's event to its callback URL and records the outcome."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from darkroom.clock import Clock, iso, parse
from darkroom.errors import DarkroomError, MalformedRequest
from darkroom.job_details import DeliveryAttempt, JobDetails
from darkroom.messages import JobEvent
from darkroom.outbound_urls import read_outbound_url
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
"""The status by which a receiver asks for no more webhooks (Standard Webhooks 1.0, "Operational considerations")."""


class Undelivered(DarkroomError):
    """The receiver did not accept the event in this attempt."""

    code = "undelivered"
    retryable = True


@dataclass(frozen=True, kw_only=True)
class Deliver:
    """Makes one attempt to deliver an event. An event that was accepted may be sent again after a crash."""

    jobs: JobTable
    secrets: WebhookSecrets
    log: DeliveryLog
    sender: Sender
    cipher: TextCipher
    allow_http: bool
    schedule: Sequence[int]
    """Pauses between attempts, in seconds."""
    now: Clock

    async def __call__(self, event: JobEvent, *, number: int, replay: str | None = None) -> None:
        """Make the attempt of this number, from 1. A `replay`, by its ID, also sends an event that was accepted before.

        Raises Undelivered if the message is to come again, and Unavailable.
        """
        job, details = await self.jobs.with_details(event.job_id) or (None, JobDetails())
        if job is None or not job.callback_url or details.callback_gone_at:
            _LOG.info("webhook_not_wanted", event_id=event.event_id)
            if job and replay:
                await self.log.close_replay(job.job_id, replay)
            return
        if replay and (details.replay is None or details.replay.id != replay):
            _LOG.info("webhook_superseded", event_id=event.event_id)
            return
        if not replay and _was_accepted(details, event):
            _LOG.info("webhook_repeated", event_id=event.event_id)
            return
        callback_url = self.cipher.decrypt(job.callback_url, place=job.job_id)
        attempt = await self._attempt(event, details, callback_url, number)
        gone = attempt.status == _GONE
        until = None if attempt.succeeded or gone else self._next_by(number)
        await _uncancelled(self.log.record(job.job_id, attempt, gone=gone, replay=replay, until=until))
        if not attempt.succeeded and not gone:
            if number >= DELIVERY_ATTEMPTS:
                _LOG.warning("webhook_given_up", event_id=event.event_id, attempts=number)
            if attempt.status:
                raise Undelivered(f"The callback URL answered {attempt.status}.")
            raise Undelivered(f"The callback URL was not reached: {attempt.error}.")

    def _next_by(self, number: int) -> datetime:
        """Return the time by which the next attempt begins, unless it is lost. After the last attempt it is now."""
        if number >= DELIVERY_ATTEMPTS:
            return self.now()
        return self.now() + timedelta(seconds=longest_pause(self.schedule, number)) + PICKUP

    async def _attempt(self, event: JobEvent, details: JobDetails, callback_url: str, number: int) -> DeliveryAttempt:
        body = body_of(event, details)
        secret = await self.secrets.of(event.owner)
        began = parse(iso(self.now()))
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
            url = read_outbound_url(callback_url, field="callback_url", allow_http=self.allow_http)
        except MalformedRequest:  # The settings have changed since the URL was accepted.
            return Outcome(None, "invalid_url")
        return await self.sender.send(url, body, headers)


async def _uncancelled(write: Coroutine[None, None, None]) -> None:
    """Wait for a write to end even if the caller is cancelled: the POST was made, so it must be recorded.

    The cancelled handler waits too. Its message may go back to the queue only after the write, and no other code holds
    the task. The timeouts of the client limit the wait.
    """
    writing = asyncio.ensure_future(write)
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait({writing})
        if error := writing.exception():
            _LOG.warning("webhook_not_recorded", exc_info=error)
        raise


def _was_accepted(details: JobDetails, event: JobEvent) -> bool:
    """Whether an earlier delivery of the same event succeeded: the queue may bring an event twice."""
    return any(attempt.succeeded for attempt in details.deliveries if attempt.event_id == event.event_id)
