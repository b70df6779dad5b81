"""Makes a preview: asks the orchestrator for the image, waits until a processor has made it, and reads it.

orchestrator: item, task ──► processor: image, report ──► orchestrator: item ──► this service: image
                                                                                  └──► orchestrator: remove both
"""

from dataclasses import dataclass

from darkroom.errors import DarkroomError, ImageNotMade, NotFound, OriginalGone, SourceGone, Unavailable
from darkroom.jobs import Fault, VariantResult
from darkroom.limits import PREVIEW_BYTES
from darkroom.recipes import Variant
from darkroom.requested_images import RequestedImage, RequestId, RequestKind
from darkroom.runtime.logs import get_logger
from darkroom.tables.daily_counter import Charge
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient
from darkroom_upload.results.image_watcher import LONGEST_SECONDS, ImageWatcher
from darkroom_upload.results.result_bytes import ResultBytes

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """An image that was made for this request, and what it took."""

    id: RequestId
    data: bytes
    result: VariantResult
    cpu_ms: int
    """CPU time of the processor, of all threads, with the decoding of the original."""


@dataclass(frozen=True, kw_only=True)
class MakePreview:
    """Makes previews."""

    orchestrator: OrchestratorClient
    watcher: ImageWatcher
    results: ResultBytes

    async def __call__(self, job_id: str, variant: Variant, charge: Charge | None) -> Preview:
        """Return the preview. The caller discards it after it was sent; if this raises, that has happened.

        Raises NotFound; Conflict while the original has not arrived; OriginalGone; ImageNotMade with the reason;
        QuotaExceeded; Unavailable if the image is not there in time.
        """
        name = await self.orchestrator.begin_preview(job_id, variant, charge)
        request_id = RequestId(job_id=job_id, kind=RequestKind.PREVIEW, name=name)
        try:
            return await self._read(request_id, await self.watcher.ended(request_id))
        except BaseException:
            await self.discard(request_id)
            raise

    async def discard(self, request_id: RequestId) -> None:
        """Remove everything that is left of a preview. What cannot be removed now, the sweeper removes."""
        try:
            await self.orchestrator.discard_preview(request_id.job_id, request_id.name)
        except DarkroomError as error:
            _LOG.warning("preview_left_to_sweeper", request_id=str(request_id), reason=error.message)

    async def _read(self, request_id: RequestId, image: RequestedImage | None) -> Preview:
        if image is None:
            raise Unavailable(f"The preview could not be made within {LONGEST_SECONDS:g} seconds. Try again.")
        if image.result is None:
            raise _error(image.fault)
        _require_small(image.result)
        try:
            data = b"".join([piece async for piece in self.results.pieces(image.result)])
        except NotFound as error:
            raise Unavailable("The preview was removed before it was read. Try again.") from error
        return Preview(id=request_id, data=data, result=image.result, cpu_ms=image.cost.cpu_ms)


def _require_small(result: VariantResult) -> None:
    if result.size > PREVIEW_BYTES:
        raise ImageNotMade(
            f"The preview has {result.size} bytes. The limit is {PREVIEW_BYTES}. Make it smaller, or compress it more.",
            fault="output_limit",
            limit=PREVIEW_BYTES,
            actual=result.size,
        )


def _error(fault: Fault | None) -> DarkroomError:
    if fault is None or fault.code == Unavailable.code:
        return Unavailable(fault.message if fault else "The preview could not be made. Try again.")
    if fault.code == SourceGone.code:
        return OriginalGone("The original is gone. Upload the image again.")
    return ImageNotMade(fault.message, fault=fault.code)
