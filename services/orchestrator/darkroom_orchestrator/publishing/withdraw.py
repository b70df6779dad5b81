"""Withdraws the public copies of a job that is no longer published: deletes them, and lets the CDN forget them.

The record of the withdrawal comes first, in the transaction that ends the publication. What follows may be repeated:

    unpublish, cancel or delete   the record: the job is not published, its copies are withdrawn
    the same request              deletes the copies, invalidates their paths at the CDN
    the sweeper, a period later   looks for copies again, asks the CDN whether it is done, ends the record

A report that read the published job before may still store copies, for at most half a period (`copying_seconds`). It
then loses the write that would name them. The sweeper finds them, since the period has passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from darkroom.jobs import Job
from darkroom.object_keys import public_prefix
from darkroom.runtime.logs import get_logger
from darkroom.tables.public_work_item import PublicWork, PublicWorkKind
from darkroom_orchestrator.publishing.cdn import Cdn
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.public_works import PublicWorks
from darkroom_orchestrator.storage.public_copies import PublicCopies
from darkroom_orchestrator.storage.versions import Version

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

_LOG = get_logger(__name__)

MOST_EXACT: Final = 100
"""Paths of one job that are invalidated one by one. Each is paid for; for more, a wildcard is used in their place."""


@dataclass(frozen=True, kw_only=True)
class Withdraw:
    """Carries out withdrawals."""

    jobs: JobStore
    works: PublicWorks
    copies: PublicCopies
    cdn: Cdn

    def record_of(self, job: Job) -> "TransactWriteItemTypeDef | None":
        """Return the write that records the withdrawal of a job that is stopped. None if it is not published."""
        return self.works.withdrawal_of(job) if job.published else None

    async def begin(self, job: Job) -> bool:
        """Record that a published job is no longer published. Return False if the job has changed.

        Raises Unavailable.
        """
        return await self.jobs.unpublish(job, self.works.withdrawal_of(job))

    async def __call__(self, job_id: str) -> None:
        """Continue the withdrawal of a job, if there is one. Raises Unavailable, and may then be repeated."""
        work = await self.works.get(job_id)
        if work is None or work.kind is not PublicWorkKind.WITHDRAW:
            return
        found = await self.copies.remove(job_id)
        if any(not one.is_marker for one in found) or work.invalidation is None:
            await self._invalidate(work, found)
        elif not await self.cdn.is_invalidated(work.invalidation):
            await self.works.postpone(work)
        else:
            await self._end(work)

    async def _invalidate(self, work: PublicWork, found: Sequence[Version]) -> None:
        """Let the CDN forget the copies. The next sweep asks whether it has."""
        paths = _paths(work, found)
        invalidation = await self.cdn.invalidate(paths, reference=_reference(work, found)) if paths else None
        _LOG.info("copies_withdrawn", copies=len(paths), invalidation=invalidation)
        if invalidation:
            await self.works.note_invalidation(work, invalidation)
        else:
            await self._end(work)

    async def _end(self, work: PublicWork) -> None:
        """End the withdrawal if its period has passed, and begin the publication that was asked for meanwhile."""
        if not self.works.is_due(work):
            return
        if await self.works.end(work):
            _LOG.info("withdrawal_ended")
        elif work.then_publish:
            await self.works.publish_instead(work)


def _paths(work: PublicWork, found: Sequence[Version]) -> set[str]:
    """Return the exact paths of all copies, or one with a wildcard if there are very many."""
    keys = work.keys | {one.key for one in found}
    return {f"/{key}" for key in keys} if len(keys) <= MOST_EXACT else {f"/{public_prefix(work.job_id)}*"}


def _reference(work: PublicWork, found: Sequence[Version]) -> str:
    """Return the same text for the same withdrawal, unless copies were found that came later."""
    late = sorted(one.version_id or "" for one in found if not one.is_marker) if work.invalidation else []
    return sha256(" ".join([work.token, *late]).encode()).hexdigest()
