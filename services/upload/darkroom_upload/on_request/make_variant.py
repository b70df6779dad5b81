"""Makes a variant on request: has the orchestrator begin it, and waits for the job to name its outcome.

All requests for one variant, in all processes, wait for one image. One more request costs one more read.
"""

from dataclasses import dataclass
from typing import Final

from darkroom.errors import Conflict, ImageNotMade, NotFound, OriginalGone, SourceGone, Unavailable
from darkroom.jobs import Fault, Job, VariantState, VariantStatus
from darkroom.public_copies import HAS_RESULTS
from darkroom.requested_images import RequestId, RequestKind
from darkroom_upload.admission import Admission
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient
from darkroom_upload.results.image_watcher import LONGEST_SECONDS, ImageWatcher

_GONE: Final = "The original is gone, so this variant cannot be made any more. Upload the image again."


@dataclass(frozen=True, kw_only=True)
class MakeVariant:
    """Makes variants on request, and waits for them."""

    jobs: JobReader
    orchestrator: OrchestratorClient
    watcher: ImageWatcher
    slots: Admission

    async def __call__(self, job: Job, name: str) -> Job:
        """Return the job with the result of this variant on request, which is made now unless it has been.

        Raises Conflict unless the job has ended with results; ImageNotMade with the reason if it cannot be made;
        OriginalGone; NotFound if the job is deleted meanwhile; Unavailable if it is not there in time.
        """
        if (state := job.variants[name]).status is not VariantStatus.ON_REQUEST:
            return _with_result(job, state)
        if job.status not in HAS_RESULTS:
            yet = " yet" if job.status.is_open else ""
            raise Conflict(f"The job is {job.status}: its variants on request cannot be made{yet}.")
        request_id = RequestId(job_id=job.job_id, kind=RequestKind.VARIANT, name=name)
        with self.slots.slot(job.owner):
            await self.orchestrator.begin_variant(job.job_id, name)
            image = await self.watcher.ended(request_id)
        now = await self.jobs.owned(job.job_id, job.owner)
        if (state := now.variants.get(name, VariantState())).status is not VariantStatus.ON_REQUEST:
            return _with_result(now, state)
        raise _not_made(image.fault if image else None)


def _with_result(job: Job, state: VariantState) -> Job:
    """Return the job. Raises ImageNotMade if the variant has failed."""
    if state.result:
        return job
    if state.fault is None:
        raise NotFound("The job has no such variant.")
    raise ImageNotMade(state.fault.message, fault=state.fault.code)


def _not_made(fault: Fault | None) -> OriginalGone | Unavailable:
    """Return the error of a variant that may be made later, or never any more."""
    if fault and fault.code == SourceGone.code:
        return OriginalGone(_GONE)
    return Unavailable(f"The variant could not be made within {LONGEST_SECONDS:g} seconds. Try again.")
