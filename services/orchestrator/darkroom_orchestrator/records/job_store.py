"""Changes of jobs, each a single conditional write of the job's item. `open_jobs` has those of deadlines.

A change that must happen together with other writes, such as that of the source's description, is a transaction whose
first write is the same. A caller gives more writes for a job's end or deletion as `other_writes`.

A method returns the job after the change, or None if its condition was not met. `conditions` explains each condition.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from darkroom.clock import Clock, iso, parse
from darkroom.jobs import (
    OPEN,
    RETRYABLE,
    SOURCE_PART,
    Cost,
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
from darkroom.original_lifetime import is_kept
from darkroom.public_copies import has_public_copies
from darkroom.tables.change_marks import change_marks
from darkroom.tables.details_item import details_key
from darkroom.tables.dynamodb import epoch
from darkroom.tables.job_item import from_item, key, open_shard, slot_values
from darkroom.tables.job_table import JobTable
from darkroom.tables.recipe_item import recipe_key
from darkroom.tables.storage_counter import counter_writes, stored_size
from darkroom.tables.usage_history import history_write, used_by_end
from darkroom_orchestrator.records.changes import Change, add_cost, add_results, put, put_variants, remove
from darkroom_orchestrator.records.conditional_writes import ConditionalWrites
from darkroom_orchestrator.records.conditions import (
    Condition,
    attempt_is,
    being_deleted,
    never_queued,
    not_being_deleted,
    published_is,
    results_are,
    slot_order_is,
    status_in,
    thumbnail_is,
    variant_is,
)
from darkroom_orchestrator.records.open_jobs import AT_WORK, ENDED, WORK_PERIOD
from darkroom_orchestrator.records.progress import Progress
from darkroom_orchestrator.records.settlement import settlement
from darkroom_orchestrator.records.status_writes import CLOSED, NO_IMPORT, NO_SLOTS, status_change
from darkroom_orchestrator.records.transaction_items import (
    delete_write,
    description_write,
    expiry_write,
    tombstone_write,
)

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

EXPIRED_KEPT: Final = timedelta(days=7)
"""How long an expired job is kept: as long as an original."""

_WAITING: Final = frozenset({JobStatus.AWAITING_UPLOAD})
_UNPUBLISHED: Final = remove("published", "public_bytes")


class JobStore(JobTable):
    """Changes the jobs in the jobs table. Only the orchestrator does so. All methods raise Unavailable."""

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        *,
        accounts_table: str,
        now: Clock,
        work_period: timedelta = WORK_PERIOD,
    ) -> None:
        super().__init__(client, table)
        self._writes = ConditionalWrites(client, table)
        self._accounts_table = accounts_table
        self._now = now
        self._work_period = work_period

    async def queue(
        self,
        job: Job,
        original: ObjectRef,
        slots: JobSlots | None = None,
        *,
        more: Change | None = None,
        other_writes: "Sequence[TransactWriteItemTypeDef]" = (),
    ) -> Job | None:
        """Change awaiting_upload to queued. Pin the source; all parts that the run makes are pending.

        An import changes `more`. Raises OtherWriteRefused if a condition of `other_writes` is not met.
        """
        change = put(
            original=original.model_dump(),
            pending=set(parts_of(job.variants)),
            redrives=0,
            queued_at=iso(self._now()),
            # An earlier deadline stays. Moving it costs two writes of the index; the sweeper moves it for the few jobs
            # that have not ended by then.
            deadline=self._work_deadline() if self._is_late(job.deadline) else None,
            **_slot_values(job, slots),
        )
        change, condition = status_change(
            _WAITING, JobStatus.QUEUED, change & more if more else change, None, self._now()
        )
        if not other_writes:
            return await self._update(job.job_id, change, condition)
        moved = await self._writes.update_with(key(job.job_id), change, condition, other_writes)
        return await self.get(job.job_id) if moved else None

    async def refuse(self, job: Job, original: ObjectRef | None, fault: Fault) -> Job | None:
        """Change awaiting_upload to failed: the upload is refused. There is no original if it could not be copied."""
        failed = VariantState(status=VariantStatus.FAILED, fault=fault)
        change = put(
            original=original.model_dump() if original else None,
            fault=fault.model_dump(),
            completed_at=iso(self._now()),
        ) & put_variants(job, {name: failed for name, state in job.variants.items() if not state.on_request})
        return await self._change_status(job.job_id, _WAITING, JobStatus.FAILED, change & CLOSED & NO_IMPORT)

    async def begin(self, report: TaskStarted) -> Job | None:
        """Change queued to processing: the first task has started."""
        change = put(worker=report.worker, started_at=iso(report.started_at))
        starts = frozenset({JobStatus.QUEUED})
        return await self._change_status(
            report.job_id, starts, JobStatus.PROCESSING, change, attempt_is(report.attempt)
        )

    async def advance(
        self,
        job: Job,
        report: TaskFinished,
        progress: Progress,
        *,
        manifest: ObjectRef | None = None,
        public_bytes: int = 0,
        other_writes: "Sequence[TransactWriteItemTypeDef]" = (),
    ) -> Job | None:
        """Change queued or processing to processing or an end: settle parts, store their outcomes, add their cost.

        `job` is as it was read; `manifest` and `public_bytes` are what was stored for the end. The same transaction
        writes the source's description into the job's details and, at the end, adds the stored bytes to the owner's
        counter and what was used to the owner's history.
        """
        # The moment as it is stored, so that the event of the end is always the same.
        now = parse(iso(self._now()))
        settled = settlement(job, report, progress, manifest=manifest, public_bytes=public_bytes, moment=now)
        if progress.ending:
            more = settled.job.stored_bytes - job.stored_bytes
            used = used_by_end(job, settled.job)
            other_writes = [*other_writes, *counter_writes(self._accounts_table, job, more)]
            other_writes.append(history_write(self._accounts_table, job, used, now))
        if report.description and SOURCE_PART in progress.parts:
            other_writes = [*other_writes, description_write(self._table, job.job_id, report.description)]
        change, condition = status_change(AT_WORK, settled.job.status, settled.change, settled.condition, now)
        if not other_writes:
            return await self._update(job.job_id, change, condition)
        moved = await self._writes.update_with(key(job.job_id), change, condition, other_writes)
        return settled.job if moved else None

    async def send(self, job_id: str, *, seen: str) -> Job | None:
        """Give a waiting job its slots, before its tasks are sent. `seen` is its `slot_order` in the index."""
        change = put(slot_order=seen.replace(SlotState.WAITING, SlotState.SENT, 1), deadline=self._work_deadline())
        return await self._update(job_id, change, status_in({JobStatus.QUEUED}) & slot_order_is(seen))

    async def retry(
        self,
        job: Job,
        parts: Collection[str],
        slots: JobSlots | None = None,
        *,
        other_writes: "Sequence[TransactWriteItemTypeDef]" = (),
    ) -> Job | None:
        """Change failed or partially_completed to queued: the next attempt, for these parts only."""
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
        change, condition = status_change(RETRYABLE, JobStatus.QUEUED, change, condition, self._now())
        if not other_writes:
            return await self._update(job.job_id, change, condition)
        moved = await self._writes.update_with(key(job.job_id), change, condition, other_writes)
        return await self.get(job.job_id) if moved else None

    async def cancel(self, job: Job, withdrawal: "TransactWriteItemTypeDef | None" = None) -> Job | None:
        """Change an open job to cancelled, unless it has more objects than `job` names. See `_stopping`.

        Its results, its thumbnail and the original that it keeps stay, and are counted for its owner. `withdrawal` is
        given if and only if the job is published.
        """
        stored = stored_size(replace(job, public_bytes=0))
        condition = results_are(results_bytes(job)) & thumbnail_is(job.thumbnail)
        condition &= published_is(published=job.published)
        if job.keep_original and not is_kept(job):
            condition &= never_queued()
        change = self._stopping(job.job_id) & _UNPUBLISHED
        change, condition = status_change(OPEN, JobStatus.CANCELLED, change, condition, self._now())
        other_writes = counter_writes(self._accounts_table, job, stored - job.stored_bytes)
        if job.original:
            used = used_by_end(job, replace(job, stored_bytes=stored))
            other_writes.append(history_write(self._accounts_table, job, used, self._now()))
        if withdrawal:
            other_writes.append(withdrawal)
        if not other_writes:
            return await self._update(job.job_id, change, condition)
        moved = await self._writes.update_with(
            key(job.job_id), change & put(stored_bytes=stored), condition, other_writes
        )
        return await self.get(job.job_id) if moved else None

    async def expire(self, job: Job) -> Job | None:
        """Change awaiting_upload to expired. DynamoDB's TTL then deletes the job's items. See `_stopping`."""
        now = parse(iso(self._now()))
        gone = epoch(now + EXPIRED_KEPT)
        change = self._stopping(job.job_id) & put(expires_at=gone) & _UNPUBLISHED
        change, condition = status_change(_WAITING, JobStatus.EXPIRED, change, None, now)
        other_writes = [expiry_write(self._table, item_key(job.job_id), gone) for item_key in (recipe_key, details_key)]
        if not await self._writes.update_with(key(job.job_id), change, condition, other_writes):
            return None
        deadline = now.replace(microsecond=0)
        return replace(
            job, status=JobStatus.EXPIRED, updated_at=now, deadline=deadline, pending=frozenset(), slots=None
        )

    def _stopping(self, job_id: str) -> Change:
        """Return the change that stops a job by a request or by the sweeper.

        If the job's event cannot be published, no message comes again to repeat it. So the job stays in the index of
        open jobs, overdue at once, until `OpenJobs.leave_index` removes it.
        """
        change = put(open_shard=open_shard(job_id), deadline=epoch(self._now()))
        return change & remove("pending") & NO_SLOTS & NO_IMPORT

    async def publish_open(self, job: Job, none_write: "TransactWriteItemTypeDef") -> bool:
        """Let the results of an open job be published at its end. Return False if the job is in another attempt.

        Raises OtherWriteRefused if there is work on its public copies: `none_write` requires that there is none.
        """
        condition = status_in(OPEN) & attempt_is(job.attempt)
        change = put(published=True, **change_marks(self._now()))
        return await self._writes.update_with(key(job.job_id), change, condition, [none_write])

    async def publish_ended(self, job: Job, end_write: "TransactWriteItemTypeDef") -> bool:
        """Publish an ended job whose results are copied, and count the copies. Return False if the job has changed.

        Raises OtherWriteRefused if the job is no longer to be published: `end_write` ends that work.
        """
        copied = results_bytes(job)
        stored = stored_size(replace(job, public_bytes=copied))
        change = put(published=True, public_bytes=copied or None, stored_bytes=stored, **change_marks(self._now()))
        condition = status_in({job.status}) & attempt_is(job.attempt)
        condition &= not_being_deleted() & published_is(published=False) & results_are(results_bytes(job))
        others = [end_write, *counter_writes(self._accounts_table, job, stored - job.stored_bytes)]
        return await self._writes.update_with(key(job.job_id), change, condition, others)

    async def record_requested(self, job: Job, name: str, state: VariantState, cost: Cost) -> bool:
        """Record the outcome of a variant on request of an ended job. Return False if the job has changed.

        The same transaction adds its bytes, and those of its public copy, to the owner's counter.
        """
        after = replace(job, variants={**job.variants, name: state})
        after = replace(after, public_bytes=results_bytes(after) if has_public_copies(job) else 0)
        more = stored_size(after) - stored_size(job)
        change = (
            put_variants(job, {name: state}) & add_cost(cost) & add_results(state.result.size if state.result else 0)
        )
        change &= put(public_bytes=after.public_bytes or None, stored_bytes=job.stored_bytes + more)
        change &= put(**change_marks(self._now()))
        condition = status_in({job.status}) & attempt_is(job.attempt) & not_being_deleted() & variant_is(job, name)
        condition &= published_is(published=job.published) & results_are(results_bytes(job))
        writes = counter_writes(self._accounts_table, job, more)
        if writes:
            return await self._writes.update_with(key(job.job_id), change, condition, writes)
        return await self._update(job.job_id, change, condition) is not None

    async def unpublish(self, job: Job, withdrawal: "TransactWriteItemTypeDef") -> bool:
        """End the publication of a job and begin its withdrawal. Return False if the job has changed.

        Its public copies are no longer counted, though it takes a moment until they are gone.
        """
        condition = status_in({job.status}) & attempt_is(job.attempt) & published_is(published=job.published)
        condition &= results_are(results_bytes(job))
        others = [withdrawal, *counter_writes(self._accounts_table, job, -job.public_bytes)]
        stored = job.stored_bytes - job.public_bytes if job.public_bytes else None
        change = put(stored_bytes=stored, **change_marks(self._now())) & _UNPUBLISHED
        return await self._writes.update_with(key(job.job_id), change, condition, others)

    async def begin_deletion(self, job: Job) -> Job | None:
        """Mark an ended job that is not published, so that it cannot be retried or published. May be repeated."""
        change = put(deletion_began_at=iso(self._now()))
        condition = status_in(ENDED) & attempt_is(job.attempt) & published_is(published=False)
        return await self._update(job.job_id, change, condition)

    async def end_deletion(self, job: Job, other_writes: "Sequence[TransactWriteItemTypeDef]" = ()) -> None:
        """Delete the items of a job whose objects are gone, and leave a tombstone for event streams. May be repeated.

        The same transaction subtracts the job's stored bytes from its owner's counter.
        """
        writes = [delete_write(self._table, item_key(job.job_id)) for item_key in (recipe_key, details_key)]
        writes.append(tombstone_write(self._table, job, self._now()))
        writes += [*counter_writes(self._accounts_table, job, -job.stored_bytes), *other_writes]
        await self._writes.delete_with(key(job.job_id), being_deleted(), writes)

    def _is_late(self, deadline: datetime | None) -> bool:
        return deadline is None or deadline > self._now() + self._work_period

    def _work_deadline(self) -> int:
        return epoch(self._now() + self._work_period)

    async def _change_status(
        self,
        job_id: str,
        starts: Collection[JobStatus],
        end: JobStatus,
        change: Change,
        condition: Condition | None = None,
    ) -> Job | None:
        return await self._update(job_id, *status_change(starts, end, change, condition, self._now()))

    async def _update(self, job_id: str, change: Change, condition: Condition) -> Job | None:
        item = await self._writes.update(key(job_id), change, condition)
        return from_item(item) if item else None


def _slot_values(job: Job, slots: JobSlots | None) -> dict[str, Any]:
    return slot_values(job, slots) if slots else {}
