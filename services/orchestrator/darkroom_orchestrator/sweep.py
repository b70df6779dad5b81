"""Sweeping: open jobs whose deadline has passed are asked for again, and given up in the end.

The sweeper starts nothing itself and ends next to nothing. It sends what got lost once more, in the words of whoever
should have sent it, and the handlers of those queues, which try until they succeed, do the rest:

    awaiting_upload, no object            expired, and no part of its caller's quotas any more
    awaiting_upload, the object is there  announce it, on the uploads queue
    queued, waiting for its turn          send as many of its owner's jobs as there is room for
    queued or processing                  send the tasks of what is pending, on the tasks queue
    the same, while messages wait there   another period: the job's own may be among them
    the same, `MOST_REDRIVES` times over  expired, or a report on the results queue that the parts are lost
    ended, but still in the index         publish the event, which somebody failed to do
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from darkroom.errors import Unavailable
from darkroom.jobs import Fault, Job, JobStatus, Turn
from darkroom.logs import bound, get_logger
from darkroom.messages import UploadArrived
from darkroom.queue import Outgoing, Queue
from darkroom.topology import OPEN_SHARDS
from darkroom_orchestrator.adapters.events import JobEvents
from darkroom_orchestrator.adapters.job_store import JobStore
from darkroom_orchestrator.adapters.originals import Original, Originals
from darkroom_orchestrator.adapters.refunds import Refunds
from darkroom_orchestrator.progress import given_up
from darkroom_orchestrator.turns import Turns

_LOG = get_logger(__name__)

MOST_REDRIVES: Final = 5
"""How often a job is asked for again before it is given up."""

LOST: Final = Fault(
    code="lost", message="The work on this image got lost again and again. Retry it, or upload it anew."
)


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """Whether messages wait for their turn: then it is not known yet that any got lost."""

    uploads: bool
    """Announcements."""
    work: bool
    """Tasks, or reports on them."""


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Looks after the jobs whose deadline has passed. Several sweepers do not get in each other's way."""

    jobs: JobStore
    originals: Originals
    turns: Turns
    events: JobEvents
    refunds: Refunds
    uploads: Queue
    tasks: Queue
    results: Queue
    now: Callable[[], datetime]

    async def __call__(self) -> int:
        """Look after everything that is overdue now; returns how many jobs that were. Raises Unavailable."""
        moment = self.now()
        shards = await asyncio.gather(*(self.jobs.overdue(shard, moment) for shard in range(OPEN_SHARDS)))
        overdue = [job_id for shard in shards for job_id in shard]
        backlog = await self._backlog() if overdue else Backlog(uploads=False, work=False)
        for job_id in overdue:
            with bound(job_id=job_id):
                await self._try(job_id, backlog)
        return len(overdue)

    async def _try(self, job_id: str, backlog: Backlog) -> None:
        try:
            await self._look_after(job_id, backlog)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one job's bug must not keep the sweeper from the others
            _LOG.error("sweep_failed", code="bug", exc_info=error)

    async def _backlog(self) -> Backlog:
        queues = (self.uploads, self.tasks, self.results)
        uploads, tasks, results = await asyncio.gather(*(queue.depth() for queue in queues))
        return Backlog(uploads=uploads.visible > 0, work=tasks.visible + results.visible > 0)

    async def _look_after(self, job_id: str, backlog: Backlog) -> None:
        job = await self.jobs.get(job_id)
        # The index is a moment behind the table: the job may have got on, or have gone.
        if job is None or job.deadline is None or job.deadline > self.now():
            return
        if not job.status.is_open:
            await self._announce_end(job)
        elif job.status is JobStatus.AWAITING_UPLOAD:
            await self._find_upload(job, backlog)
        elif job.place and job.place.turn is Turn.WAITING:
            await self.turns.catch_up(job.owner)
            await self.jobs.postpone(job)
        elif backlog.work:
            await self.jobs.postpone(job)
        else:
            await self._find_tasks(job)

    async def _announce_end(self, job: Job) -> None:
        if job.status is JobStatus.EXPIRED and not await self.refunds.give_back(job):
            return  # Its caller is at the counter now. The job keeps its place in the index, for the next sweep.
        await self.events.publish(job)
        await self.turns.pass_on(job.owner, ended=job.job_id)
        await self.jobs.leave_index(job.job_id)

    async def _find_upload(self, job: Job, backlog: Backlog) -> None:
        pinned = job.source.version_id if job.source else None
        original = await self.originals.find(job.source_key, pinned)
        if original and backlog.uploads:
            await self.jobs.postpone(job)
        elif original is None or job.redrives >= MOST_REDRIVES:
            expired = await self.jobs.expire(job.job_id)
            if expired:
                _LOG.info("job_expired")
                await self._announce_end(expired)
        elif await self.jobs.redrive(job):
            await self._announce_upload(job, original)

    async def _announce_upload(self, job: Job, original: Original) -> None:
        _LOG.info("upload_found", redrives=job.redrives + 1)
        arrived = UploadArrived(job_id=job.job_id, source=original.ref)
        await self.uploads.send([Outgoing(job_id=job.job_id, message=arrived, owner=job.owner)])

    async def _find_tasks(self, job: Job) -> None:
        redriven = await self.jobs.redrive(job)
        if redriven is None:
            return
        if redriven.redrives <= MOST_REDRIVES:
            _LOG.info("tasks_redriven", redrives=redriven.redrives)
            await self.turns.take(redriven)
        else:
            _LOG.error("job_lost", redrives=redriven.redrives)
            report = given_up(job.job_id, redriven.attempt, redriven.pending, LOST, self.now())
            await self.results.send([Outgoing(job_id=job.job_id, message=report)])


async def sweep_regularly(sweep: Sweep, stop: asyncio.Event, *, seconds: float) -> None:
    """Sweep until stopped, about every so many seconds; several processes drift apart by a random part of it."""
    while not stop.is_set():
        try:
            await sweep()
        except Unavailable as error:
            _LOG.warning("sweep_failed", reason=error.message, exc_info=error.__cause__)
        with suppress(TimeoutError):
            pause = seconds * random.uniform(0.8, 1.2)  # noqa: S311 - keeps processes out of step, guards nothing
            await asyncio.wait_for(stop.wait(), pause)
