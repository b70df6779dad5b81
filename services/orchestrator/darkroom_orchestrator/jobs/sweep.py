"""Sweeping: open jobs whose deadline has passed are asked for again, and given up in the end.

The sweeper starts nothing itself and ends next to nothing. It sends what got lost once more, in the words of whoever
should have sent it, and the handlers of those queues, which try until they succeed, do the rest:

    awaiting_upload, no object            expired, and no part of its caller's quotas any more
    awaiting_upload, the object is there  announce it, on the uploads queue
    queued, waiting for its turn          send as many of its owner's jobs as there is room for
    queued or processing, with progress   another period from that progress on
    the same, idle for a period           send the tasks of what is pending, on the tasks queue
    the same, while messages wait there   another period: the job's own may be among them; see `Backlog`
    the same, `MOST_REDRIVES` times over  expired, or a report on the reports queue that the parts are lost
    ended, but still in the index         publish the event, which somebody failed to do

What is away holds up only the jobs that need it: the sweep goes on, and raises at its end.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from darkroom.errors import Unavailable
from darkroom.jobs import Fault, Job, JobStatus, SlotState
from darkroom.messages import UploadArrived
from darkroom.runtime.logs import bound, get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom.topology import OPEN_SHARDS
from darkroom_orchestrator.dispatch.slots import Slots
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.progress import LOST, given_up
from darkroom_orchestrator.records.refunds import Refunds
from darkroom_orchestrator.storage.originals import Original, Originals

_LOG = get_logger(__name__)

MOST_REDRIVES: Final = 5
"""How often a job is asked for again before it is given up."""

_GIVEN_UP: Final = Fault(
    code=LOST, message="The work on this image got lost again and again. Retry it, or upload it anew."
)


MOST_BEHIND: Final = 4
"""Jobs behind a backlog that one sweep asks for again."""
PATIENCE: Final = 3
"""Periods that a job waits behind a backlog before it may be one of these."""
MOST_FAILURES: Final = 3
"""Of one kind in one sweep: what such jobs need is away, and each further one would wait for it in vain."""

_RECORDS: Final = "records"
_ENDS: Final = "ends"


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """Whether messages wait for their turn: then it is not known yet that any got lost.

    In busy times some wait at every moment, so that this alone would keep what did get lost from being found. Queues
    pass on messages in about the order in which they came: of the jobs behind a backlog, those that have waited longest
    are next, unless theirs are lost. So each sweep asks for a few of these again, whose number does not grow with the
    backlog. They are not given up for it: who waits has failed at nothing.
    """

    uploads: bool
    """Announcements."""
    work: bool
    """Tasks, or reports on them."""


@dataclass(kw_only=True)
class _Round:
    """One sweep: what it has found out so far."""

    backlog: Backlog
    behind: list[Job] = field(default_factory=list)
    """Jobs that wait behind it."""
    trouble: Unavailable | None = None
    """The first."""
    failures: Counter[str] = field(default_factory=Counter)
    """By kind of job."""

    @contextmanager
    def noted(self, kind: str) -> Iterator[None]:
        """Go on after what is away."""
        try:
            yield
        except Unavailable as error:
            self.failures[kind] += 1
            self.trouble = self.trouble or error

    def is_vain(self, kind: str) -> bool:
        """Whether more jobs of a kind would only wait for what is away."""
        return self.failures[kind] >= MOST_FAILURES


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Looks after the jobs whose deadline has passed. Several sweepers do not get in each other's way."""

    jobs: JobStore
    originals: Originals
    slots: Slots
    events: JobEvents
    refunds: Refunds
    uploads: Queue
    tasks: Queue
    reports: Queue
    now: Callable[[], datetime]

    async def __call__(self) -> int:
        """Look after everything that is overdue now; returns how many jobs that were.

        Raises the first Unavailable, after what it did not concern.
        """
        moment = self.now()
        # Unless it is known that none wait, some may.
        this = _Round(backlog=Backlog(uploads=True, work=True))
        overdue: list[str] = []
        for shard in range(OPEN_SHARDS):
            if this.is_vain(_RECORDS):
                break
            with this.noted(_RECORDS):
                overdue += await self.jobs.overdue(shard, moment)
        if overdue:
            with this.noted("depths"):
                this.backlog = await self._backlog()
        for job_id in overdue:
            if this.is_vain(_RECORDS):
                break
            with bound(job_id=job_id), _bug_logged(), this.noted(_RECORDS):
                await self._look_after(job_id, this)
        await self._let_wait(this)
        if this.trouble:
            raise this.trouble
        return len(overdue)

    async def _backlog(self) -> Backlog:
        queues = (self.uploads, self.tasks, self.reports)
        uploads, tasks, reports = await asyncio.gather(*(queue.depth() for queue in queues))
        return Backlog(uploads=uploads.visible > 0, work=tasks.visible + reports.visible > 0)

    async def _look_after(self, job_id: str, this: _Round) -> None:
        job = await self.jobs.get(job_id)
        # The index is a moment behind the table: the job may have got on, or have gone.
        if job is None or job.deadline is None or job.deadline > self.now():
            return
        kind = job.status.value if job.status.is_open else _ENDS
        if this.is_vain(kind):
            return
        with this.noted(kind):
            if not job.status.is_open:
                await self._announce_end(job)
            elif job.status is JobStatus.AWAITING_UPLOAD:
                await self._find_upload(job, this)
            elif job.slots and job.slots.state is SlotState.WAITING:
                await self.slots.send_waiting(job.owner)
                await self.jobs.postpone(job)
            elif not self.jobs.is_idle(job):
                await self.jobs.postpone(job)
            elif this.backlog.work:
                this.behind.append(job)
            else:
                await self._find_tasks(job)

    async def _let_wait(self, this: _Round) -> None:
        """Give the jobs behind a backlog another period, and ask for those again that should have been next."""
        asked = 0
        for job in sorted(this.behind, key=_waits_since):
            if this.is_vain(job.status.value):
                return
            late = self.now() - _waits_since(job) >= PATIENCE * self.jobs.work_period
            with bound(job_id=job.job_id), _bug_logged(), this.noted(job.status.value):
                postponed = await self.jobs.postpone(job)
                if postponed and late and asked < MOST_BEHIND:
                    asked += 1
                    await self._ask_again(postponed)

    async def _ask_again(self, job: Job) -> None:
        _LOG.info("asked_again_behind_backlog", status=job.status)
        if job.status is not JobStatus.AWAITING_UPLOAD:
            await self.slots.send(job)
        elif original := await self._original(job):
            await self._announce_upload(job, original)

    async def _announce_end(self, job: Job) -> None:
        if job.status is JobStatus.EXPIRED and not await self.refunds.give_back(job):
            return  # Its caller is at the counter now. The job keeps its place in the index, for the next sweep.
        await self.events.publish(job)
        await self.slots.pass_on(job.owner, ended=job.job_id)
        await self.jobs.leave_index(job.job_id)

    async def _find_upload(self, job: Job, this: _Round) -> None:
        original = await self._original(job)
        if original and this.backlog.uploads:
            this.behind.append(job)
        elif original is None or job.redrives >= MOST_REDRIVES:
            expired = await self.jobs.expire(job)
            if expired:
                _LOG.info("job_expired")
                with this.noted(_ENDS):
                    await self._announce_end(expired)
        elif await self.jobs.redrive(job):
            _LOG.info("upload_found", redrives=job.redrives + 1)
            await self._announce_upload(job, original)

    async def _original(self, job: Job) -> Original | None:
        return await self.originals.find(job.source_key, job.source.version_id if job.source else None)

    async def _announce_upload(self, job: Job, original: Original) -> None:
        arrived = UploadArrived(job_id=job.job_id, source=original.ref)
        await self.uploads.send([Outgoing(job_id=job.job_id, message=arrived, owner=job.owner)])

    async def _find_tasks(self, job: Job) -> None:
        redriven = await self.jobs.redrive(job)
        if redriven is None:
            return
        if redriven.redrives <= MOST_REDRIVES:
            _LOG.info("tasks_redriven", redrives=redriven.redrives)
            await self.slots.send(redriven)
        else:
            _LOG.error("job_lost", redrives=redriven.redrives)
            report = given_up(job.job_id, redriven.attempt, redriven.pending, _GIVEN_UP, self.now())
            await self.reports.send([Outgoing(job_id=job.job_id, message=report)])


def _waits_since(job: Job) -> datetime:
    """When the present attempt began; of a job that waits for its upload, when it was made."""
    return job.queued_at or job.created_at


@contextmanager
def _bug_logged() -> Iterator[None]:
    """One job's bug must not keep the sweeper from the others."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - see above
        _LOG.error("sweep_failed", code="bug", exc_info=error)


async def sweep_regularly(sweep: Sweep, stop: asyncio.Event, *, seconds: float) -> None:
    """Sweep until stopped, about every so many seconds; several processes drift apart by a random part of it."""
    while not stop.is_set():
        try:
            await sweep()
        except Unavailable as error:
            _LOG.warning("sweep_failed", reason=error.message, cause=error.cause)
        with suppress(TimeoutError):
            pause = seconds * random.uniform(0.8, 1.2)  # noqa: S311 - keeps processes out of step, guards nothing
            await asyncio.wait_for(stop.wait(), pause)
