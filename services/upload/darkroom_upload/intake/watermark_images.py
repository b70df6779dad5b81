"""The images that a recipe's watermarks name: results of jobs, which must exist and be usable."""

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
from darkroom_upload.intake.choose_recipe import ChosenRecipe

_NO_JOB: Final = "there is no such job"
"""The reason also for another owner's job."""


@dataclass(frozen=True, kw_only=True)
class UnusableImage:
    """An image that cannot be used, and the place in the recipe that names it."""

    variant: int
    operation: int
    member: str
    """The wrong member of the overlay."""
    reason: str

    @property
    def pointer(self) -> str:
        """A JSON pointer (RFC 6901) to the place."""
        return f"/variants/{self.variant}/operations/{self.operation}/image/{self.member}"


@dataclass(frozen=True, kw_only=True)
class WatermarkImages:
    """The usable images by overlay, and the places that name images that cannot be used."""

    found: Mapping[Overlay, VariantResult]
    unusable: tuple[UnusableImage, ...]


async def require_watermark_images(jobs: JobTable, chosen: ChosenRecipe, caller: Caller) -> None:
    """Raise InvalidRecipe with a fault for each image that cannot be used. Raises Unavailable.

    Raises Forbidden if the recipe is the caller's own, names an image, and the caller lacks the scope `read`: the
    answer would say whether the image exists, and the results would show it.
    """
    if chosen.name == CUSTOM and any(variant.overlays for variant in chosen.recipe.variants):
        caller.require(Scope.READ, reason="A watermark made of a job's result needs it.")
    unusable = (await find_watermark_images(jobs, chosen, caller.owner)).unusable
    if unusable:
        faults = [{"pointer": each.pointer, "message": each.reason} for each in unusable]
        raise InvalidRecipe(f"The recipe has {len(faults)} fault(s).", errors=faults)


async def find_watermark_images(jobs: JobTable, chosen: ChosenRecipe, owner: str) -> WatermarkImages:
    """Check every image that a watermark of the recipe names: a completed variant of one of the owner's jobs.

    Images that a preset of the installation names may belong to any owner, since the operator chose them. Raises
    Unavailable.
    """
    variants = enumerate(chosen.recipe.variants)
    places = [(place, number, overlay) for place, variant in variants for number, overlay in variant.overlays.items()]
    ids = sorted({overlay.job_id for *_, overlay in places})
    makers = dict(zip(ids, await asyncio.gather(*(jobs.get(job_id) for job_id in ids)), strict=True))
    found: dict[Overlay, VariantResult] = {}
    unusable: list[UnusableImage] = []
    for place, number, overlay in places:
        maker = makers[overlay.job_id]
        visible = maker if maker and (chosen.is_installed or maker.owner == owner) else None
        result = _usable(visible, overlay)
        if isinstance(result, VariantResult):
            found[overlay] = result
        else:
            member, reason = result
            unusable.append(UnusableImage(variant=place, operation=number, member=member, reason=reason))
    return WatermarkImages(found=found, unusable=tuple(unusable))


def _usable(maker: Job | None, overlay: Overlay) -> VariantResult | tuple[str, str]:
    """Return the image, or the wrong member of the overlay and the reason."""
    if maker is None:
        return "job_id", _NO_JOB
    if overlay.variant not in maker.variants:
        return "variant", "the job's recipe has no such variant"
    state = maker.variants[overlay.variant]
    if state.status is not VariantStatus.COMPLETED or state.result is None:
        return "variant", "the variant is not completed, and only a completed one can be used"
    if state.result.size > MAX_OVERLAY_BYTES:
        return "variant", f"the image has {state.result.size} bytes; a watermark's may have {MAX_OVERLAY_BYTES}"
    return state.result
