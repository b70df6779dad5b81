"""What the sweeper does about imports whose original is not in the bucket by their deadline."""

from dataclasses import dataclass
from typing import Final

from darkroom.errors import FetchFailed
from darkroom.jobs import Fault, Job
from darkroom.runtime.queue import Queue
from darkroom_orchestrator.records.imports import ImportRecords

_GIVEN_UP: Final = Fault(
    code=FetchFailed.code, message="The URL could not be fetched: the import was lost several times. Import it again."
)


@dataclass(frozen=True, kw_only=True)
class SweptImports:
    """Knows the queue of imports, and gives imports up. All methods raise Unavailable."""

    records: ImportRecords
    queue: Queue

    async def is_busy(self) -> bool:
        """Return whether commands wait in the queue, or are hidden between two tries: any may be that of a job."""
        depth = await self.queue.depth()
        return depth.visible + depth.in_flight > 0

    async def give_up(self, job: Job) -> Job | None:
        """End an import as failed. Return the job, or None if it has changed."""
        return await self.records.fail(job, _GIVEN_UP)
