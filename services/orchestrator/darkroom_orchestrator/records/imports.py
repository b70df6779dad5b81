"""Changes of jobs whose original is fetched from a URL. `JobStore` has all other changes.

The record of such a job has its URL and counts the tries. Messages only say that something is to be done, so a message
may be lost or come twice. Each change is a single conditional write, which returns None if its condition was not met.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from darkroom.clock import Clock, iso
from darkroom.jobs import Fault, Job, JobStatus, VariantState, VariantStatus
from darkroom.tables.daily_counter import bytes_write
from darkroom.tables.dynamodb import epoch
from darkroom.tables.job_item import from_item, key, open_shard
from darkroom_orchestrator.records.changes import Change, put, put_variants, remove
from darkroom_orchestrator.records.conditional_writes import ConditionalWrites
from darkroom_orchestrator.records.conditions import Condition, import_tries_are, status_in
from darkroom_orchestrator.records.open_jobs import WORK_PERIOD
from darkroom_orchestrator.records.status_writes import NO_IMPORT, NO_SLOTS, status_change

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

_WAITING: Final = frozenset({JobStatus.AWAITING_UPLOAD})


class ImportRecords:
    """Changes jobs that wait for their original to be fetched. All methods raise Unavailable."""

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        *,
        accounts_table: str,
        now: Clock,
        work_period: timedelta = WORK_PERIOD,
    ) -> None:
        self._writes = ConditionalWrites(client, table)
        self._accounts_table = accounts_table
        self._now = now
        self._work_period = work_period

    async def begin_try(self, job: Job) -> Job | None:
        """Count a try before it begins, so that a try that kills the process counts too.

        The sweeper looks at the job when a period is over in which neither this try nor the next one has ended it.
        """
        moment = self._now()
        change = put(import_tries=_tries(job) + 1, updated_at=iso(moment), deadline=epoch(moment + self._work_period))
        return await self._update(job, change, status_in(_WAITING) & import_tries_are(_tries(job)))

    async def return_try(self, job: Job) -> Job | None:
        """Do not count the try that `begin_try` has counted: it failed for a reason that is not the URL's."""
        change = put(import_tries=_tries(job) - 1)
        return await self._update(job, change, status_in(_WAITING) & import_tries_are(_tries(job)))

    async def fail(self, job: Job, fault: Fault) -> Job | None:
        """Change awaiting_upload to failed: the original cannot be fetched.

        The job stays in the index of open jobs, overdue at once, until its event is published.
        """
        moment = self._now()
        failed = VariantState(status=VariantStatus.FAILED, fault=fault)
        change = put(
            fault=fault.model_dump(),
            completed_at=iso(moment),
            open_shard=open_shard(job.job_id),
            deadline=epoch(moment),
        )
        change &= (
            put_variants(job, {name: failed for name, state in job.variants.items() if not state.on_request})
            & remove("pending")
            & NO_SLOTS
            & NO_IMPORT
        )
        condition = import_tries_are(_tries(job))
        return await self._update(job, *status_change(_WAITING, JobStatus.FAILED, change, condition, moment))

    def arrival_writes(self, job: Job, size: int) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that count the bytes of an import's original; none for a caller without quotas."""
        if job.charged_to is None or job.pending_import is None:
            return []
        return [bytes_write(self._accounts_table, job.charged_to, size, job.pending_import.bytes_per_day)]

    async def _update(self, job: Job, change: Change, condition: Condition) -> Job | None:
        item = await self._writes.update(key(job.job_id), change, condition)
        return from_item(item) if item else None


def arrival(content_type: str | None, size: int, sha256: str | None) -> Change:
    """Return what the record of an import gets when its original has arrived, beside the change of its status."""
    return put(content_type=content_type, original_bytes=size, original_sha256=sha256) & NO_IMPORT


def _tries(job: Job) -> int:
    return job.pending_import.tries if job.pending_import else 0
