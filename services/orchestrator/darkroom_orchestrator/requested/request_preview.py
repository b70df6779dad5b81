"""Begins a preview: an image of a variant that no recipe has, made of the original of a job."""

from dataclasses import dataclass
from uuid import uuid4

from darkroom.errors import Conflict, NotFound
from darkroom.limits import PREVIEW_PIXELS
from darkroom.object_keys import preview_stem
from darkroom.planner.output_bytes import most_bytes
from darkroom.recipes import Variant
from darkroom.requested_images import RequestId, RequestKind
from darkroom.tables.daily_counter import Charge
from darkroom_orchestrator.records.charging import Charging
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.requested.request_image import RequestImage, WantedImage


@dataclass(frozen=True, kw_only=True)
class RequestPreview:
    """Has a preview made."""

    jobs: JobStore
    request_image: RequestImage
    charging: Charging

    async def __call__(self, job_id: str, variant: Variant, charge: Charge | None = None) -> RequestId:
        """Return the id of the requested image. `charge` is counted with it; None costs nothing.

        Raises NotFound; Conflict while the original has not arrived; QuotaExceeded and Unavailable.
        """
        job = await self.jobs.get(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        if job.original is None:
            yet = " yet" if job.status.is_open else ""
            raise Conflict(f"The job is {job.status}: its original has not arrived{yet}.")
        request_id = RequestId(job_id=job_id, kind=RequestKind.PREVIEW, name=str(uuid4()))
        wanted = WantedImage(
            id=request_id,
            job=job,
            original=job.original,
            variant=variant,
            key_stem=preview_stem(job_id, request_id.name),
            most_bytes=most_bytes(job.original.size),
            most_pixels=PREVIEW_PIXELS,
        )
        with self.charging.refusals(charge):
            await self.request_image(wanted, other_writes=self.charging.charge_writes(charge))
        return request_id
