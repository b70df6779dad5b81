"""Replay: send the event of a job's end once more, under the same id."""

import math
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from darkroom.errors import Conflict, NotFound, Unavailable, UnderWay
from darkroom.job_details import ReplayLease
from darkroom.jobs import Job
from darkroom.messages import DeliveryRequested, JobEvent
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom.tables.daily_counter import Charge
from darkroom.tables.job_table import JobTable
from darkroom_orchestrator.events import event_of
from darkroom_orchestrator.records.charging import Charging
from darkroom_orchestrator.records.conditional_writes import BesideRefused
from darkroom_orchestrator.webhooks.delivery_log import DeliveryLog

_LOG = get_logger(__name__)

PICKUP: Final = timedelta(minutes=10)
"""How long a message may wait in the queue, once it can be received, before its replay counts as lost."""
_LONGEST_HINT_SECONDS: Final = 300
"""What `Retry-After` says at most: a delivery may succeed long before its lease is over."""


class Replay:
    """Asks for a delivery, with all its attempts, whatever became of the ones before: one at a time of each job.

    A replay is outstanding as long as its lease, which each attempt renews until the next one. One that dies on the way
    is superseded by the next, and its message, should it turn up after all, delivers nothing.
    """

    def __init__(
        self,
        *,
        jobs: JobTable,
        log: DeliveryLog,
        notifications: Queue,
        charging: Charging,
        now: Callable[[], datetime],
    ) -> None:
        self._jobs = jobs
        self._log = log
        self._notifications = notifications
        self._charging = charging
        self._now = now

    async def __call__(self, job_id: str, charge: Charge | None = None) -> JobEvent:
        """Return the event that will be sent; its owner is charged for it.

        Raises NotFound, Conflict, UnderWay while another replay of the job is outstanding, QuotaExceeded and
        Unavailable.
        """
        job = await self._replayable(job_id)
        lease = ReplayLease(id=uuid4().hex, until=self._now() + PICKUP)
        with self._charging.refusals(charge):
            counting = self._charging.counting(charge)
            if not await self._log.open_replay(job_id, lease, now=self._now(), beside=counting):
                raise await self._under_way(job_id)
        event = event_of(job)
        command = DeliveryRequested(event=event, replay=lease.id)
        try:
            await self._notifications.send([Outgoing(job_id=job_id, message=command, owner=event.owner)])
        except Unavailable:
            await self._give_up(job_id, lease, charge)
            raise
        _LOG.info("webhook_replay", job_id=job_id, event_id=event.event_id)
        return event

    async def _replayable(self, job_id: str) -> Job:
        job = await self._jobs.get(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        if not job.callback_url:
            raise Conflict("The job has no callback_url.")
        if job.status.is_open:
            raise Conflict(f"The job is {job.status}: its end is announced when it comes.")
        return job

    async def _under_way(self, job_id: str) -> UnderWay:
        lease = (await self._jobs.details_of(job_id)).replay
        seconds = math.ceil((lease.until - self._now()).total_seconds()) if lease else 1
        return UnderWay(
            "A replay of this job's webhook is being delivered. GET /jobs/{job_id}/deliveries shows how it goes.",
            retry_after_seconds=min(max(seconds, 1), _LONGEST_HINT_SECONDS),
        )

    async def _give_up(self, job_id: str, lease: ReplayLease, charge: Charge | None) -> None:
        """Let the next replay in, and charge nothing for this one. Should it have been sent, nothing comes of it."""
        with suppress(Unavailable, BesideRefused):
            await self._log.close_replay(job_id, lease.id, beside=self._charging.giving_back(charge))
