"""Records how the making of a requested image ended, once, however often and late the report comes."""

from dataclasses import dataclass

from darkroom.jobs import Fault, VariantOutcome
from darkroom.messages import ImageMade, MakeImage
from darkroom.requested_images import RequestId, RequestKind
from darkroom.runtime.consumer import Poison
from darkroom.runtime.logs import get_logger
from darkroom_orchestrator.records.request_store import RequestStore
from darkroom_orchestrator.requested.record_variant import RecordVariant
from darkroom_orchestrator.storage.results import Results

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class RecordImage:
    """Handles the report of a processor on a requested image."""

    requests: RequestStore
    results: Results
    record_variant: RecordVariant

    async def __call__(self, made: ImageMade) -> None:
        """Tell the waiting clients, by the item. Raises Unavailable, and may then be repeated with the same report."""
        request_id = read_request_id(made.request_id)
        if request_id.kind is RequestKind.VARIANT:
            await self.record_variant(made, request_id)
            return
        if await self.requests.settle(made, request_id):
            fault = made.outcome.fault
            _LOG.info(
                "image_recorded", request_id=made.request_id, fault=fault and fault.code, **made.cost.model_dump()
            )
            return
        found = await self.requests.get(request_id)
        if found and found.token == made.token:
            _LOG.info("image_report_repeated", request_id=made.request_id)
            return
        _LOG.info("image_report_late", request_id=made.request_id)
        # Nobody waits for it any more. A processor may have stored it now, or an earlier one that then died.
        await self.results.delete_all_under(f"{made.key_stem}.")


@dataclass(frozen=True, kw_only=True)
class FailDeadImage:
    """Ends the making of an image that no processor could make."""

    record: RecordImage

    async def __call__(self, image: MakeImage) -> None:
        """Tell clients that still wait. Raises Unavailable, and may then be repeated."""
        fault = Fault(code="unavailable", message="The image could not be made. Request it again.")
        (planned,) = image.variants
        outcome = VariantOutcome(name=planned.variant.name, fault=fault)
        await self.record(
            ImageMade(
                job_id=image.job_id,
                request_id=image.request_id,
                token=image.token,
                key_stem=image.key_stem,
                outcome=outcome,
            )
        )


def read_request_id(text: str) -> RequestId:
    """Return the id of a message. Raises Poison if it is none."""
    request_id = RequestId.read(text)
    if request_id is None:
        raise Poison("The message does not name a requested image.")
    return request_id
