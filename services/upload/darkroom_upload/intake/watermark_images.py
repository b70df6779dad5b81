"""Whether the watermarks of a recipe may use the images that they name, and whether these are there."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from darkroom.accounts.api_keys import Scope
from darkroom.errors import InvalidRecipe
from darkroom.jobs import Job, VariantResult, VariantStatus
from darkroom.limits import MAX_OVERLAY_BYTES
from darkroom.recipes import CUSTOM, Overlay
from darkroom.tables.job_table import JobTable
from darkroom_upload.callers.caller import Caller
from darkroom_upload.intake.fields import ChosenRecipe

_NO_JOB: Final = "there is no such job"
"""Also said of another owner's."""


@dataclass(frozen=True, kw_only=True)
class UnusableImage:
    """An image that cannot be used, and the place in the recipe that names it."""

    variant: int
    operation: int
    member: str
    """Of the overlay: what is wrong with it."""
    reason: str

    @property
    def pointer(self) -> str:
        """To the place (RFC 6901)."""
        return f"/variants/{self.variant}/operations/{self.operation}/image/{self.member}"


@dataclass(frozen=True, kw_only=True)
class WatermarkImages:
    """The images that a recipe's watermarks name: those that are there, and the places that name others."""

    found: Mapping[Overlay, VariantResult]
    missing: tuple[UnusableImage, ...]


async def require_watermark_images(jobs: JobTable, chosen: ChosenRecipe, caller: Caller) -> None:
    """Raises InvalidRecipe with a fault for each place that names an image which cannot be used, and Unavailable.

    Raises Forbidden for a caller without the scope `read` whose own recipe names any: an answer would tell whether the
    image is there, and the results would show it.
    """
    if chosen.name == CUSTOM and any(variant.overlays for variant in chosen.recipe.variants):
        caller.require(Scope.READ, reason="A watermark made of a job's picture needs it.")
    missing = (await find_watermark_images(jobs, chosen, caller.owner)).missing
    if missing:
        faults = [{"pointer": each.pointer, "message": each.reason} for each in missing]
        raise InvalidRecipe(f"The recipe has {len(faults)} fault(s).", errors=faults)


async def find_watermark_images(jobs: JobTable, chosen: ChosenRecipe, owner: str) -> WatermarkImages:
    """Look at every image that a watermark of the recipe names: a finished picture of one of the owner's jobs.

    Those of a preset may be anybody's, since the operator chose them. Raises Unavailable.
    """
    variants = enumerate(chosen.recipe.variants)
    places = [(place, number, overlay) for place, variant in variants for number, overlay in variant.overlays.items()]
    ids = sorted({overlay.job_id for *_, overlay in places})
    makers = dict(zip(ids, await asyncio.gather(*(jobs.get(job_id) for job_id in ids)), strict=True))
    found: dict[Overlay, VariantResult] = {}
    missing: list[UnusableImage] = []
    for place, number, overlay in places:
        maker = makers[overlay.job_id]
        visible = maker if maker and (chosen.name != CUSTOM or maker.owner == owner) else None
        result = _usable(visible, overlay)
        if isinstance(result, VariantResult):
            found[overlay] = result
        else:
            member, reason = result
            missing.append(UnusableImage(variant=place, operation=number, member=member, reason=reason))
    return WatermarkImages(found=found, missing=tuple(missing))


def _usable(maker: Job | None, overlay: Overlay) -> VariantResult | tuple[str, str]:
    """The image; or which member of the overlay is wrong, and why."""
    if maker is None:
        return "job_id", _NO_JOB
    if overlay.variant not in maker.variants:
        return "variant", "the job's recipe has no such variant"
    state = maker.variants[overlay.variant]
    if state.status is not VariantStatus.COMPLETED or state.result is None:
        return "variant", "the picture is not there: only a completed variant can be used"
    if state.result.size > MAX_OVERLAY_BYTES:
        return "variant", f"the picture has {state.result.size} bytes; a watermark's may have {MAX_OVERLAY_BYTES}"
    return state.result
