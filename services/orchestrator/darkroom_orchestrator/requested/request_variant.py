"""Begins a variant on request: it is made of the original of its job, once, for everybody who asks for it."""

import asyncio
from dataclasses import dataclass

from darkroom.errors import Conflict, NotFound
from darkroom.jobs import Job, ObjectRef, VariantStatus, results_bytes
from darkroom.object_keys import result_stem
from darkroom.original_lifetime import gone
from darkroom.planner.output_bytes import most_bytes
from darkroom.public_copies import HAS_RESULTS
from darkroom.recipes import Variant
from darkroom.requested_images import RequestId, RequestKind
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.requested.request_image import RequestImage, WantedImage
from darkroom_orchestrator.storage.originals import Originals


@dataclass(frozen=True, kw_only=True)
class RequestVariant:
    """Has a variant on request made, unless it is being made or has been."""

    jobs: JobStore
    originals: Originals
    request_image: RequestImage

    async def __call__(self, job_id: str, name: str) -> None:
        """Begin to make the variant; only one that the job's recipe names. May be repeated.

        Raises NotFound; Conflict unless the job has ended with results; OriginalGone; Unavailable.
        """
        job = await self.jobs.get(job_id)
        if job is None or job.deletion_began_at:
            raise NotFound("There is no such job.")
        state = job.variants.get(name)
        if state is None or state.on_request is None:
            raise NotFound("The job's recipe has no such variant on request.")
        if state.status is not VariantStatus.ON_REQUEST:
            return
        if job.status not in HAS_RESULTS:
            raise Conflict(f"The job is {job.status}: variants on request are made of jobs that have ended.")
        if job.original is None:
            raise gone(job)
        # A client waits for the image, so neither read waits for the other.
        recipe, found = await asyncio.gather(
            self.jobs.recipe_of(job_id), self.originals.find(job.original.key, job.original.version_id)
        )
        if recipe is None:
            raise NotFound("There is no such job.")
        if found is None:
            raise gone(job)
        (variant,) = (each for each in recipe.variants if each.name == name)
        await self._begin(job, job.original, variant)

    async def _begin(self, job: Job, original: ObjectRef, variant: Variant) -> None:
        await self.request_image(
            WantedImage(
                id=RequestId(job_id=job.job_id, kind=RequestKind.VARIANT, name=variant.name),
                job=job,
                original=original,
                variant=variant,
                key_stem=result_stem(variant.result_folder, job.job_id, job.filename),
                most_bytes=max(most_bytes(original.size) - results_bytes(job), 0),
            )
        )
