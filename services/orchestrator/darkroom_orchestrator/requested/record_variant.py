"""Records a variant on request in its job, once, however often and late the report on it comes.

    report ──► public copy, if the job is published ──► the job names the result ──► the item tells the waiting clients

The job's record decides. A report that comes after the job was deleted or stopped finds nothing to change, and its
result is deleted. So does one that comes while the job runs again: its clients are told to ask again, and the next
request after that run begins a new try.
"""

from dataclasses import dataclass, replace
from typing import Final

from darkroom.errors import SourceGone, Unavailable
from darkroom.jobs import Fault, Job, VariantState, VariantStatus, results_bytes
from darkroom.messages import ImageMade
from darkroom.planner.output_bytes import most_bytes, too_many_bytes
from darkroom.public_copies import HAS_RESULTS
from darkroom.requested_images import RequestId, RequestState
from darkroom.runtime.logs import get_logger
from darkroom_orchestrator.publishing.copying import Copying
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.request_store import RequestStore
from darkroom_orchestrator.storage.results import Results

_LOG = get_logger(__name__)

_PASSING: Final = frozenset({Unavailable.code, SourceGone.code})
"""Codes of faults that are not the image's. The next request tries again."""


@dataclass(frozen=True, kw_only=True)
class RecordVariant:
    """Handles the report of a processor on a variant on request."""

    jobs: JobStore
    requests: RequestStore
    results: Results
    copying: Copying

    async def __call__(self, made: ImageMade, request_id: RequestId) -> None:
        """Record the outcome, then tell the waiting clients. Raises Unavailable, and may then be repeated."""
        named = None
        while named is None:
            named = await self._recorded(made, request_id.name)
        if not named:
            await self._discard_unnamed(made, request_id)
            await self._forget_if_open(made, request_id)
        await self.requests.settle(made, request_id)

    async def _forget_if_open(self, made: ImageMade, request_id: RequestId) -> None:
        """Remove the item of a try that the job could not record because it runs again. Its clients are told at once,
        and the first request after the run need not wait for the deadline of this try.
        """
        job = await self.jobs.get(made.job_id)
        image = await self.requests.get(request_id)
        if job and job.status.is_open and image and image.token == made.token:
            await self.requests.remove(image)

    async def _recorded(self, made: ImageMade, name: str) -> bool | None:
        """Record the outcome in the job as it is now. Return whether the job names the result of this report.

        None if the job has changed meanwhile.
        """
        since = self.copying.now()
        job = await self.jobs.get(made.job_id)
        if job is None or job.deletion_began_at or job.status not in HAS_RESULTS:
            return False
        if job.variants[name].status is not VariantStatus.ON_REQUEST:
            return job.variants[name].result is not None
        if _passes(made):
            return False
        state = _state(job, made, name)
        if state.result and job.published:
            await self.copying(replace(job, variants={**job.variants, name: state}), since=since)
        recorded = await self.jobs.record_requested(job, name, state, made.cost)
        if not recorded:
            return None
        _LOG.info("variant_recorded", variant=name, fault=state.fault and state.fault.code)
        return state.result is not None

    async def _discard_unnamed(self, made: ImageMade, request_id: RequestId) -> None:
        """Delete what this try has stored and its job does not name.

        The versions are listed before the item and the job are read, and only listed versions are deleted:

            this report   lists versions ── no other try waits ── the job names no such key ── deletes what was listed
            the next try                                      begins, stores a version that was not listed
        """
        versions = await self.results.versions_under(f"{made.key_stem}.")
        if not versions:
            return
        image = await self.requests.get(request_id)
        if image and image.token != made.token and image.state is RequestState.WAITING:
            return  # The next try stores the same key, and its report comes here too.
        job = await self.jobs.get(made.job_id)
        state = job.variants.get(request_id.name) if job else None
        named = state.result.key if state and state.result else None
        unnamed = [version for version in versions if version.key != named]
        if unnamed:
            await self.results.delete(unnamed, given_up={version.key for version in unnamed})
            _LOG.info("results_discarded", objects=len(unnamed))


def _passes(made: ImageMade) -> bool:
    return made.outcome.fault is not None and made.outcome.fault.code in _PASSING


def _state(job: Job, made: ImageMade, name: str) -> VariantState:
    """Return the outcome as a state. A result that is larger than what the job may still store is a failure."""
    wanted, result, fault = job.variants[name].on_request, made.outcome.result, made.outcome.fault
    left = most_bytes(job.original.size if job.original else 0) - results_bytes(job)
    if result and result.size > left:
        error = too_many_bytes(result.size, left)
        result, fault = None, Fault(code=error.code, message=error.message)
    if result:
        return VariantState(status=VariantStatus.COMPLETED, result=result, on_request=wanted)
    return VariantState(status=VariantStatus.FAILED, fault=fault, on_request=wanted)
