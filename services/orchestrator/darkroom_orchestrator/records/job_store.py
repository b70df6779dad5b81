"""Every change of an existing job: each a single conditional write of its item.

A write that has to be all or nothing with others, such as that of the source's description, is a transaction whose
first part is that same write. A caller with more to write at a job's end or deletion gives it as `beside`.

A method returns the job as it is after the change, or None when its condition was lost; `conditions` explains each.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from darkroom.clock import iso, parse
from darkroom.jobs import (
    OPEN,
    RETRYABLE,
    SOURCE_PART,
    Fault,
    Job,
    JobSlots,
    JobStatus,
    ObjectRef,
    SlotState,
    VariantState,
    VariantStatus,
    parts_of,
    results_bytes,
)
from darkroom.messages import TaskFinished, TaskStarted
from darkroom.runtime.aws import translated
from darkroom.tables.details_item import details_key
from darkroom.tables.dynamodb import epoch, serialized
from darkroom.tables.job_item import from_item, key, open_shard, slot_values
from darkroom.tables.job_table import JobTable
from darkroom.tables.recipe_item import recipe_key
from darkroom.tables.storage_counter import counter_writes, stored_size
from darkroom.topology import OPEN_BY_DEADLINE
from darkroom_orchestrator.records.changes import Change, put, put_variants, remove
from darkroom_orchestrator.records.conditional_writes import ConditionalWrites
from darkroom_orchestrator.records.conditions import (
    Condition,
    attempt_is,
    being_deleted,
    deadline_is,
    not_being_deleted,
    results_are,
    slot_order_is,
    status_in,
    unchanged_since,
)
from darkroom_orchestrator.records.progress import Progress
from darkroom_orchestrator.records.settlement import settlement
from darkroom_orchestrator.records.status_changes import CLOSED, NO_SLOTS, moving
from darkroom_orchestrator.records.transaction_items import deleting, describing, expiring

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

WORK_PERIOD: Final = timedelta(minutes=5)
"""How long a job may be queued or processing without progress before the sweeper looks at it."""

MOST_OVERDUE: Final = 25
"""Jobs of one shard that one sweep looks after: a stopping process waits for its sweep."""

AT_WORK: Final = frozenset({JobStatus.QUEUED, JobStatus.PROCESSING})
EXPIRED_KEPT: Final = timedelta(days=7)
"""How long a job whose bytes never came is kept, as long as an original would have been."""

_WAITING: Final = frozenset({JobStatus.AWAITING_UPLOAD})
_ENDED: Final = frozenset(JobStatus) - OPEN


class JobStore(JobTable):
    """The jobs table, as the one service that changes jobs sees it. All methods raise Unavailable."""

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        *,
        accounts_table: str,
        now: Callable[[], datetime],
        work_period: timedelta = WORK_PERIOD,
    ) -> None:
        super().__init__(client, table)
        self._writes = ConditionalWrites(client, table)
        self._accounts_table = accounts_table
        self._now = now
        self.work_period = work_period
        """How long a job at work may be without progress before it is overdue."""

    async def queue(self, job: Job, source: ObjectRef, slots: JobSlots | None = None) -> Job | None:
        """awaiting_upload → queued: pin the source, and wait for all that the recipe asks for."""
        change = put(
            source=source.model_dump(),
            pending=set(parts_of(job.variants)),
            redrives=0,
            queued_at=iso(self._now()),
            # A deadline that comes sooner stays: to move it is two writes of the index, and the sweeper does so for the
            # few jobs that are not done by then.
            deadline=self._work_deadline() if self._is_late(job.deadline) else None,
            **_slot_values(job, slots),
        )
        return await self._move(job.job_id, _WAITING, JobStatus.QUEUED, change)

    async def refuse(self, job: Job, source: ObjectRef, fault: Fault) -> Job | None:
        """awaiting_upload → failed: the upload is none that is processed."""
        failed = VariantState(status=VariantStatus.FAILED, fault=fault)
        change = put(
            source=source.model_dump(),
            fault=fault.model_dump(),
            completed_at=iso(self._now()),
        ) & put_variants(job, dict.fromkeys(job.variants, failed))
        return await self._move(job.job_id, _WAITING, JobStatus.FAILED, change & CLOSED)

    async def begin(self, report: TaskStarted) -> Job | None:
        """queued → processing: the first worker has begun."""
        change = put(worker=report.worker, started_at=iso(report.started_at))
        starts = frozenset({JobStatus.QUEUED})
        return await self._move(report.job_id, starts, JobStatus.PROCESSING, change, attempt_is(report.attempt))

    async def advance(
        self,
        job: Job,
        report: TaskFinished,
        progress: Progress,
        *,
        manifest: ObjectRef | None = None,
        beside: "Sequence[TransactWriteItemTypeDef]" = (),
    ) -> Job | None:
        """queued, processing → processing or the end: settle parts, store their outcomes, add their cost.

        `job` is as it was read, `manifest` what was written for the end. The source's description goes into the job's
        details, in one transaction with this write; so do the bytes that the job stores, at its end, into its owner's
        counter.
        """
        # As it is stored, so that the event of the end is the same whenever it is told.
        now = parse(iso(self._now()))
        settled = settlement(job, report, progress, manifest=manifest, moment=now)
        if progress.ending:
            more = settled.job.stored_bytes - job.stored_bytes
            beside = [*beside, *counter_writes(self._accounts_table, job, more)]
        if report.description and SOURCE_PART in progress.parts:
            beside = [*beside, describing(self._table, job.job_id, report.description)]
        change, condition = moving(AT_WORK, settled.job.status, settled.change, settled.condition, now)
        if not beside:
            return await self._update(job.job_id, change, condition)
        moved = await self._writes.update_with(key(job.job_id), change, condition, beside)
        return settled.job if moved else None

    async def send(self, job_id: str, *, seen: str) -> Job | None:
        """Take its slots for a job that waits for them. `seen` is its `slot_order` as the index has it."""
        change = put(slot_order=seen.replace(SlotState.WAITING, SlotState.SENT, 1), deadline=self._work_deadline())
        return await self._update(job_id, change, status_in({JobStatus.QUEUED}) & slot_order_is(seen))

    async def retry(
        self,
        job: Job,
        parts: Collection[str],
        slots: JobSlots | None = None,
        *,
        beside: "Sequence[TransactWriteItemTypeDef]" = (),
    ) -> Job | None:
        """failed, partially_completed → queued: the next attempt, for these parts only."""
        change = (
            put(
                attempt=job.attempt + 1,
                pending=set(parts),
                redrives=0,
                queued_at=iso(self._now()),
                open_shard=open_shard(job.job_id),
                deadline=self._work_deadline(),
                **_slot_values(job, slots),
            )
            & put_variants(job, {name: VariantState() for name in job.variants if name in parts})
            & remove("fault", "worker", "started_at", "completed_at")
        )
        condition = attempt_is(job.attempt) & not_being_deleted()
        change, condition = moving(RETRYABLE, JobStatus.QUEUED, change, condition, self._now())
        if not beside:
            return await self._update(job.job_id, change, condition)
        moved = await self._writes.update_with(key(job.job_id), change, condition, beside)
        return await self.get(job.job_id) if moved else None

    async def cancel(self, job: Job) -> Job | None:
        """Open → cancelled, unless the job has more results than were seen. See `_stopping`.

        Those that it has stay, and are counted for its owner.
        """
        stored, condition = stored_size(job), results_are(results_bytes(job))
        change, condition = moving(OPEN, JobStatus.CANCELLED, self._stopping(job.job_id), condition, self._now())
        beside = counter_writes(self._accounts_table, job, stored - job.stored_bytes)
        if not beside:
            return await self._update(job.job_id, change, condition)
        moved = await self._writes.update_with(key(job.job_id), change & put(stored_bytes=stored), condition, beside)
        return await self.get(job.job_id) if moved else None

    async def expire(self, job: Job) -> Job | None:
        """awaiting_upload → expired, and from then on DynamoDB's TTL has the job and its parts. See `_stopping`."""
        now = parse(iso(self._now()))
        gone = epoch(now + EXPIRED_KEPT)
        change = self._stopping(job.job_id) & put(expires_at=gone)
        change, condition = moving(_WAITING, JobStatus.EXPIRED, change, None, now)
        beside = [expiring(self._table, part(job.job_id), gone) for part in (recipe_key, details_key)]
        if not await self._writes.update_with(key(job.job_id), change, condition, beside):
            return None
        deadline = now.replace(microsecond=0)
        return replace(
            job, status=JobStatus.EXPIRED, updated_at=now, deadline=deadline, pending=frozenset(), slots=None
        )

    def _stopping(self, job_id: str) -> Change:
        """What ends a job from outside.

        No message stands behind this, to come again when the job's event cannot be published. So the job keeps its
        place in the index of open jobs, overdue at once, until `leave_index` takes it out.
        """
        change = put(open_shard=open_shard(job_id), deadline=epoch(self._now()))
        return change & remove("pending") & NO_SLOTS

    async def leave_index(self, job_id: str) -> None:
        """Take a stopped job out of the index of open jobs: its event is published. May be done again."""
        await self._update(job_id, remove("open_shard", "deadline"), status_in(_ENDED))

    def is_idle(self, job: Job) -> bool:
        """Whether a job at work has been without progress for a period, whatever its deadline."""
        return job.updated_at + self.work_period <= self._now()

    async def postpone(self, job: Job) -> Job | None:
        """Give an open job a period from now if it is idle, since what it waits for has not had its turn.

        A job at work that is not idle has a period from its last progress on: no step moves the deadline (see `queue`).
        """
        since = self._now() if self.is_idle(job) or job.status not in AT_WORK else job.updated_at
        change = put(deadline=epoch(since + self.work_period))
        return await self._update(job.job_id, change, _still_overdue(job))

    async def redrive(self, job: Job) -> Job | None:
        """Give an open job another period, because what it waits for is asked for again."""
        change = put(deadline=self._work_deadline(), redrives=job.redrives + 1)
        return await self._update(job.job_id, change, _still_overdue(job))

    async def begin_deletion(self, job: Job) -> Job | None:
        """Mark a job that has ended, so that nobody retries it while its objects go. May be done again."""
        change = put(deletion_began_at=iso(self._now()))
        return await self._update(job.job_id, change, status_in(_ENDED) & attempt_is(job.attempt))

    async def end_deletion(self, job: Job, beside: "Sequence[TransactWriteItemTypeDef]" = ()) -> None:
        """Delete the record of a job whose objects are gone, its recipe and its details. May be done again.

        What it stored is given back to its owner, in the same transaction.
        """
        parts = [deleting(self._table, part(job.job_id)) for part in (recipe_key, details_key)]
        parts += [*counter_writes(self._accounts_table, job, -job.stored_bytes), *beside]
        await self._writes.delete_with(key(job.job_id), being_deleted(), parts)

    async def overdue(self, shard: int, moment: datetime) -> list[str]:
        """Ids of jobs of one shard of the index whose deadline has passed, the longest overdue first."""
        with translated("DynamoDB"):
            answer = await self._client.query(
                TableName=self._table,
                IndexName=OPEN_BY_DEADLINE.name,
                KeyConditionExpression="open_shard = :shard AND deadline <= :moment",
                ExpressionAttributeValues=serialized({":shard": shard, ":moment": epoch(moment)}),
                ProjectionExpression="job_id",
                Limit=MOST_OVERDUE,
            )
        return [item["job_id"]["S"] for item in answer["Items"]]

    def _is_late(self, deadline: datetime | None) -> bool:
        return deadline is None or deadline > self._now() + self.work_period

    def _work_deadline(self) -> int:
        return epoch(self._now() + self.work_period)

    async def _move(
        self,
        job_id: str,
        starts: Collection[JobStatus],
        end: JobStatus,
        change: Change,
        condition: Condition | None = None,
    ) -> Job | None:
        """Change a job's status: see `moving`."""
        return await self._update(job_id, *moving(starts, end, change, condition, self._now()))

    async def _update(self, job_id: str, change: Change, condition: Condition) -> Job | None:
        item = await self._writes.update(key(job_id), change, condition)
        return from_item(item) if item else None


def _still_overdue(job: Job) -> Condition:
    return status_in(OPEN) & deadline_is(job.deadline) & unchanged_since(job.updated_at)


def _slot_values(job: Job, slots: JobSlots | None) -> dict[str, Any]:
    return slot_values(job, slots) if slots else {}
