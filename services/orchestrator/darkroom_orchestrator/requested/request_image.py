"""Has an image made for the clients that wait for it: one task, however many ask at the same time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from darkroom.clock import Clock
from darkroom.errors import Unavailable
from darkroom.jobs import Job, ObjectRef
from darkroom.limits import MAX_PIXELS
from darkroom.messages import MakeImage, TaskOverlay, TaskVariant
from darkroom.recipes import Recipe, Variant
from darkroom.requested_images import RequestedImage, RequestId, deadline_of
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom_orchestrator.dispatch.watermark_images import find_watermark_images
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.request_store import RequestStore

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class WantedImage:
    """An image to make of a job's original."""

    id: RequestId
    job: Job
    original: ObjectRef
    variant: Variant
    key_stem: str
    """The key of the image without the dot and the extension."""
    most_bytes: int
    most_pixels: int = MAX_PIXELS
    """Most pixels of all frames together."""


@dataclass(frozen=True, kw_only=True)
class RequestImage:
    """Writes the item for which clients wait, and sends the task. The record comes before the message."""

    requests: RequestStore
    jobs: JobStore
    tasks: Queue
    now: Clock

    async def __call__(self, wanted: WantedImage, *, other_writes: "Sequence[TransactWriteItemTypeDef]" = ()) -> bool:
        """Begin to make the image. False if it is being made, or has been a moment ago: its item tells the outcome.

        `other_writes` happen only if this request begins it. Raises Unavailable and OtherWriteRefused. If the process
        dies before the task is sent, the item's deadline lets the next request begin again.
        """
        image = RequestedImage(
            id=wanted.id, owner=wanted.job.owner, token=uuid4().hex, deadline=deadline_of(self.now())
        )
        if not await self.requests.open(image, other_writes=other_writes):
            return False
        try:
            await self._send(image, wanted)
        except Unavailable:
            await self.requests.remove(image)
            raise
        _LOG.info("image_requested", request_id=str(image.id))
        return True

    async def _send(self, image: RequestedImage, wanted: WantedImage) -> None:
        recipe = Recipe(variants=(wanted.variant,))
        overlays = await find_watermark_images(self.jobs, recipe, [wanted.variant.name])
        job = wanted.job
        command = MakeImage(
            job_id=job.job_id,
            request_id=str(image.id),
            token=image.token,
            owner=job.owner,
            original=wanted.original,
            until=image.deadline,
            variants=(TaskVariant(variant=wanted.variant, key_stem=wanted.key_stem),),
            overlays=tuple(TaskOverlay(overlay=overlay, key=found.key) for overlay, found in overlays.items()),
            most_bytes=wanted.most_bytes,
            most_pixels=wanted.most_pixels,
        )
        await self.tasks.send([Outgoing(job_id=job.job_id, message=command, owner=job.owner)])
