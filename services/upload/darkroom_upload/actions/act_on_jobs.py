"""Act on the jobs that a request names, at once."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from darkroom.accounts.api_keys import Scope
from darkroom.actions import ActionKind
from darkroom.errors import Conflict, DarkroomError, OriginalGone
from darkroom.jobs import Job
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient

_AT_ONCE: Final = 8
"""Jobs of one request that are changed at the same time."""
_HIDDEN: Final = "The job's status does not allow this now."
"""The reason that a caller without the scope `read` gets."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one job of a request."""

    job_id: str
    code: str | None = None
    """The stable code of the error; None for success."""
    detail: str | None = None
    """The error in a sentence."""


@dataclass(frozen=True, kw_only=True)
class ActOnJobs:
    """Retries, deletes, publishes or unpublishes named jobs."""

    jobs: JobReader
    orchestrator: OrchestratorClient
    stored: StoredBytes
    now: Callable[[], datetime]

    async def __call__(self, kind: ActionKind, job_ids: Sequence[str], caller: Caller) -> list[Outcome]:
        """Change the jobs and return an outcome for each, in this order. Raises QuotaExceeded and Unavailable.

        A job for which the orchestrator is unavailable has that as its outcome. The others are changed.
        """
        if kind is ActionKind.RETRY:
            await self.stored.require_room(caller)
        at_once = asyncio.Semaphore(_AT_ONCE)

        async def outcome_of(job_id: str) -> Outcome:
            async with at_once:
                try:
                    await self._change(kind, await self.jobs.owned(job_id, caller.owner), caller)
                except DarkroomError as error:
                    return _refused(job_id, error, caller)
            return Outcome(job_id=job_id)

        return list(await asyncio.gather(*map(outcome_of, job_ids)))

    async def _change(self, kind: ActionKind, job: Job, caller: Caller) -> None:
        match kind:
            case ActionKind.RETRY:
                size = job.original.size if job.original else 0
                await self.orchestrator.retry(job.job_id, caller.charge(size, self.now()))
            case ActionKind.DELETE if job.status.is_open:
                await self.orchestrator.cancel(job.job_id)
            case ActionKind.DELETE:
                await self.orchestrator.delete(job.job_id)
            case ActionKind.PUBLISH:
                await self.orchestrator.publish(job.job_id)
            case ActionKind.UNPUBLISH:
                await self.orchestrator.unpublish(job.job_id)


def _refused(job_id: str, error: DarkroomError, caller: Caller) -> Outcome:
    if isinstance(error, Conflict | OriginalGone) and not caller.may(Scope.READ):
        return Outcome(job_id=job_id, code=Conflict.code, detail=_HIDDEN)
    return Outcome(job_id=job_id, code=error.code, detail=error.message)
