"""Removes requested images for which nobody waits any more."""

from dataclasses import dataclass

from darkroom.clock import Clock
from darkroom.object_keys import preview_stem
from darkroom.requested_images import RequestedImage, RequestId, RequestKind
from darkroom.runtime.logs import get_logger
from darkroom_orchestrator.records.request_store import RequestStore
from darkroom_orchestrator.storage.results import Results

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class DiscardImage:
    """Removes the item of an image; for a preview first its object. A report that comes later finds no item."""

    requests: RequestStore
    results: Results
    now: Clock

    async def __call__(self, request_id: RequestId) -> None:
        """Remove it now: its client has got it, or has given up. Raises Unavailable. May be repeated."""
        image = await self.requests.get(request_id)
        if image:
            await self._remove(image)

    async def if_overdue(self, request_id: RequestId) -> None:
        """Remove it if its deadline has passed: the process that was to do it has died. Raises Unavailable."""
        image = await self.requests.get(request_id)
        if image and image.deadline <= self.now():
            _LOG.info("image_overdue", request_id=str(request_id), state=image.state)
            await self._remove(image)

    async def _remove(self, image: RequestedImage) -> None:
        if image.id.kind is RequestKind.PREVIEW:
            await self.results.delete_all_under(f"{preview_stem(image.id.job_id, image.id.name)}.")
        await self.requests.remove(image)
