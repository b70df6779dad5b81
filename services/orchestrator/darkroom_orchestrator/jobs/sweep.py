"""The sweeper: finds open jobs whose deadline has passed, sends lost messages again, and gives jobs up in the end.

The sweeper does little itself. It sends a lost message again, as its first sender would. The handlers of the queues do
the rest, and retry until they succeed:

    awaiting_upload, no object            expired; its charge is refunded
    awaiting_upload, an import            its command is sent again, on the imports queue
    awaiting_upload, the object exists    announced, on the uploads queue
    awaiting_upload, to be a copy         the copy is requested, on the uploads queue
    queued, waiting for slots             as many of its owner's jobs as have free slots are sent
    queued or processing, with progress   another period, from that progress on
    queued or processing, idle            the tasks of the pending parts are sent, on the tasks queue
    idle, while messages wait there       another period, since its own may be among them; see `Backlog`
    found idle for the sixth time         a report, on the reports queue, that its parts are lost
    announced for the sixth time          expired; an import fails
    ended, but still in the index         its event is published: that failed before
    a requested image                     removed: the process that waited for it has died
    public copies to make or to remove    the work on them continues
    an action on many jobs                its message is sent again, on the uploads queue

An outage holds up only the jobs that need what is unavailable: the sweep continues and raises the error at its end.
"""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from darkroom.clock import Clock
from darkroom.errors import Unavailable
from darkroom.jobs import Fault, Job, JobStatus, SlotState
from darkroom.messages import CopyRequested, FetchRequested, UploadArrived
from darkroom.requested_images import RequestId
from darkroom.runtime.logs import bound, get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom.tables.action_item import read_action_id
from darkroom.tables.public_work_item import job_of_public_work
from darkroom.topology import OPEN_SHARDS
from darkroom_orchestrator.actions.perform import ResumeAction
from darkroom_orchestrator.dispatch.slots import Slots
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.jobs.sweep_round import Backlog, SweepRound
from darkroom_orchestrator.jobs.swept_imports import SweptImports
from darkroom_orchestrator.publishing.publish import Publish
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.open_jobs import OpenJobs
from darkroom_orchestrator.records.progress import LOST, lost_report
from darkroom_orchestrator.records.refunds import Refunds
from darkroom_orchestrator.requested.discard_image import DiscardImage
from darkroom_orchestrator.storage.originals import Originals

_LOG = get_logger(__name__)

_Arrival = UploadArrived | CopyRequested | FetchRequested
"""A message that begins a job that awaits its original."""

MOST_REDRIVES: Final = 5
"""How often a job's messages are sent again before the job is given up."""
MOST_BEHIND: Final = 4
"""Jobs behind a backlog whose messages one sweep sends again."""
PATIENCE: Final = 3
"""Periods that a job waits behind a backlog before its messages may be sent again."""

_GIVEN_UP: Final = Fault(
    code=LOST, message="The work on this image was lost several times. Retry it, or upload the image again."
)

# Kinds of failures besides the statuses of open jobs.
_RECORDS: Final = "records"
_ENDS: Final = "ends"
_IMAGES: Final = "requested images"
_PUBLIC: Final = "public copies"
_ACTIONS: Final = "actions"


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Handles all overdue jobs. Several sweepers may run at the same time."""

    jobs: JobStore
    open_jobs: OpenJobs
    originals: Originals
    slots: Slots
    events: JobEvents
    publish: Publish
    refunds: Refunds
    discard_image: DiscardImage
    imports: SweptImports
    resume_action: ResumeAction
    uploads: Queue
    tasks: Queue
    reports: Queue
    now: Clock

    async def __call__(self) -> int:
        """Handle the jobs that are overdue now and return their number. Raises the first Unavailable at the end."""
        # Until the depths are known, messages may wait.
        this = SweepRound(backlog=Backlog(uploads=True, imports=True, work=True))
        overdue = await self._overdue(this)
        if overdue:
            with this.unavailable_noted("depths"):
                this.backlog = await self._backlog()
        for job_id in overdue:
            if this.is_blocked(_RECORDS):
                break
            with bound(job_id=job_id), _bug_logged(), this.unavailable_noted(_RECORDS):
                await self._handle(job_id, this)
        await self._handle_behind(this)
        if this.first_error:
            raise this.first_error
        return len(overdue)

    async def _overdue(self, this: SweepRound) -> list[str]:
        moment, found = self.now(), list[str]()
        for shard in range(OPEN_SHARDS):
            if this.is_blocked(_RECORDS):
                break
            with this.unavailable_noted(_RECORDS):
                found += await self.open_jobs.overdue(shard, moment)
        return found

    async def _backlog(self) -> Backlog:
        queues = (self.uploads, self.tasks, self.reports)
        uploads, tasks, reports = await asyncio.gather(*(queue.depth() for queue in queues))
        return Backlog(
            uploads=uploads.visible > 0,
            imports=await self.imports.is_busy(),
            work=tasks.visible > 0 or reports.visible > 0,
        )

    async def _handle(self, found: str, this: SweepRound) -> None:
        """Handle one entry of the index: a job, a requested image, work on public copies, or an action."""
        if request_id := RequestId.read(found):
            if not this.is_blocked(_IMAGES):
                with this.unavailable_noted(_IMAGES):
                    await self.discard_image.if_overdue(request_id)
        elif job_id := job_of_public_work(found):
            if not this.is_blocked(_PUBLIC):
                with this.unavailable_noted(_PUBLIC):
                    await self.publish.resume(job_id)
        elif action_id := read_action_id(found):
            if not this.is_blocked(_ACTIONS):
                with this.unavailable_noted(_ACTIONS):
                    await self.resume_action(action_id)
        else:
            await self._handle_job(found, this)

    async def _handle_job(self, job_id: str, this: SweepRound) -> None:
        job = await self.jobs.get(job_id)
        # The index lags behind the table: the job may have progressed, or may be deleted.
        if job is None or job.deadline is None or job.deadline > self.now():
            return
        kind = job.status.value if job.status.is_open else _ENDS
        if this.is_blocked(kind):
            return
        with this.unavailable_noted(kind):
            if not job.status.is_open:
                await self._announce_end(job)
            elif job.status is JobStatus.AWAITING_UPLOAD:
                await self._find_upload(job, this)
            elif job.slots and job.slots.state is SlotState.WAITING:
                await self.slots.send_waiting(job.owner)
                await self.open_jobs.postpone(job)
            elif not self.open_jobs.is_idle(job):
                await self.open_jobs.postpone(job)
            elif this.backlog.work:
                this.behind.append(job)
            else:
                await self._redrive_tasks(job)

    async def _handle_behind(self, this: SweepRound) -> None:
        """Give the jobs behind a backlog another period, and send the messages of the oldest ones again."""
        resent = 0
        for job in sorted(this.behind, key=_waiting_since):
            if this.is_blocked(job.status.value):
                return
            is_late = self.now() - _waiting_since(job) >= PATIENCE * self.open_jobs.work_period
            with bound(job_id=job.job_id), _bug_logged(), this.unavailable_noted(job.status.value):
                postponed = await self.open_jobs.postpone(job)
                if postponed and is_late and resent < MOST_BEHIND:
                    resent += 1
                    await self._resend(postponed)

    async def _resend(self, job: Job) -> None:
        _LOG.info("resent_behind_backlog", status=job.status)
        if job.status is not JobStatus.AWAITING_UPLOAD:
            await self.slots.send(job)
        elif arrival := await self._arrival(job):
            await self._announce(job, arrival)

    async def _announce_end(self, job: Job) -> None:
        if job.status is JobStatus.EXPIRED and not await self.refunds.give_back(job):
            return  # Another transaction holds the counter. The job stays in the index for the next sweep.
        await self.events.publish(job)
        await self.slots.pass_on(job.owner, ended=job.job_id)
        await self.open_jobs.leave_index(job)

    async def _find_upload(self, job: Job, this: SweepRound) -> None:
        arrival = await self._arrival(job)
        if arrival and self._is_behind(arrival, this.backlog):
            this.behind.append(job)
        elif arrival is None or job.redrives >= MOST_REDRIVES:
            ended = await (self.imports.give_up(job) if job.pending_import else self.jobs.expire(job))
            if ended:
                _LOG.info("job_expired", status=ended.status)
                with this.unavailable_noted(_ENDS):
                    await self._announce_end(ended)
        elif await self.open_jobs.redrive(job):
            _LOG.info("upload_found", redrives=job.redrives + 1)
            await self._announce(job, arrival)

    async def _arrival(self, job: Job) -> _Arrival | None:
        """Return the message that begins a job that awaits its original; None if there is no original."""
        if job.copied_from:
            return CopyRequested(job_id=job.job_id)
        original = await self.originals.find(job.original_key, job.original.version_id if job.original else None)
        if original:
            return UploadArrived(job_id=job.job_id, original=original.ref)
        return FetchRequested(job_id=job.job_id) if job.pending_import else None

    def _is_behind(self, arrival: _Arrival, backlog: Backlog) -> bool:
        """Whether the job's own message may wait in its queue."""
        return backlog.imports if isinstance(arrival, FetchRequested) else backlog.uploads

    async def _announce(self, job: Job, arrival: _Arrival) -> None:
        queue = self.imports.queue if isinstance(arrival, FetchRequested) else self.uploads
        await queue.send([Outgoing(job_id=job.job_id, message=arrival, owner=job.owner)])

    async def _redrive_tasks(self, job: Job) -> None:
        redriven = await self.open_jobs.redrive(job)
        if redriven is None:
            return
        if redriven.redrives <= MOST_REDRIVES:
            _LOG.info("tasks_redriven", redrives=redriven.redrives)
            await self.slots.send(redriven)
        else:
            _LOG.error("job_lost", redrives=redriven.redrives)
            report = lost_report(job.job_id, redriven.attempt, redriven.pending, _GIVEN_UP, self.now())
            await self.reports.send([Outgoing(job_id=job.job_id, message=report)])


def _waiting_since(job: Job) -> datetime:
    """Return when the present attempt began; for a job that awaits its upload, when the job was created."""
    return job.queued_at or job.created_at


@contextmanager
def _bug_logged() -> Iterator[None]:
    """Log any other error of one job, so that the sweep continues with the next one."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - a bug must not hold up other jobs
        _LOG.error("sweep_failed", code="bug", exc_info=error)


async def sweep_regularly(sweep: Sweep, stop: asyncio.Event, *, seconds: float) -> None:
    """Sweep about every `seconds` until stopped. A random part of the pause keeps several processes out of step."""
    while not stop.is_set():
        try:
            await sweep()
        except Unavailable as error:
            _LOG.warning("sweep_failed", reason=error.message, cause=error.cause)
        with suppress(TimeoutError):
            pause = seconds * random.uniform(0.8, 1.2)  # noqa: S311 - keeps processes out of step, guards nothing
            await asyncio.wait_for(stop.wait(), pause)
