"""Replays a webhook: sends the event of a job's end again, under the same ID."""

import math
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from darkroom.clock import Clock
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
from darkroom_orchestrator.records.conditional_writes import OtherWriteRefused
from darkroom_orchestrator.webhooks.delivery_log import DeliveryLog

_LOG = get_logger(__name__)

PICKUP: Final = timedelta(minutes=10)
"""How long a message may wait in the queue, after it becomes visible, before its replay counts as lost."""
_LONGEST_HINT_SECONDS: Final = 300
"""The most seconds that `Retry-After` says: a delivery may succeed long before its lease ends."""


@dataclass(frozen=True, kw_only=True)
class Replay:
    """Requests a new delivery, with all its attempts, whatever became of earlier ones. One at a time for each job.

    A replay is in progress until its lease ends. Each attempt extends the lease until the next attempt. If a replay is
    lost, the next one takes its place; if the message of the lost one still arrives, it delivers nothing.
    """

    jobs: JobTable
    log: DeliveryLog
    notifications: Queue
    charging: Charging
    now: Clock

    async def __call__(self, job_id: str, charge: Charge | None = None) -> JobEvent:
        """Return the event that will be sent. `charge` is counted with it; None costs nothing.

        Raises NotFound, Conflict, UnderWay while another replay of the job is in progress, QuotaExceeded and
        Unavailable.
        """
        job = await self._replayable(job_id)
        lease = ReplayLease(id=uuid4().hex, until=self.now() + PICKUP)
        with self.charging.refusals(charge):
            charge_writes = self.charging.charge_writes(charge)
            if not await self.log.open_replay(job_id, lease, now=self.now(), other_writes=charge_writes):
                raise await self._under_way(job_id)
        event = event_of(job)
        command = DeliveryRequested(event=event, replay=lease.id)
        try:
            await self.notifications.send([Outgoing(job_id=job_id, message=command, owner=event.owner)])
        except Unavailable:
            await self._give_up(job_id, lease, charge)
            raise
        _LOG.info("webhook_replay", job_id=job_id, event_id=event.event_id)
        return event

    async def _replayable(self, job_id: str) -> Job:
        job = await self.jobs.get(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        if not job.callback_url:
            raise Conflict("The job has no callback_url, so it has no webhook to replay.")
        if job.status.is_open:
            raise Conflict(f"The job is {job.status}: its webhook is sent when it ends.")
        return job

    async def _under_way(self, job_id: str) -> UnderWay:
        lease = (await self.jobs.details_of(job_id)).replay
        seconds = math.ceil((lease.until - self.now()).total_seconds()) if lease else 1
        return UnderWay(
            "A replay of this job's webhook is in progress. GET /jobs/{job_id}/deliveries shows its attempts.",
            retry_after_seconds=min(max(seconds, 1), _LONGEST_HINT_SECONDS),
        )

    async def _give_up(self, job_id: str, lease: ReplayLease, charge: Charge | None) -> None:
        """End the lease and refund the charge. If the message was sent after all, it delivers nothing."""
        with suppress(Unavailable, OtherWriteRefused):
            await self.log.close_replay(job_id, lease.id, other_writes=self.charging.refund_writes(charge))
