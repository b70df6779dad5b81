"""Whether the watermarks of a recipe may use the images that they name, and whether these are there."""

import asyncio
from typing import Final

from darkroom.errors import InvalidRecipe
from darkroom.job_table import JobTable
from darkroom.jobs import Job, VariantStatus
from darkroom.limits import MAX_OVERLAY_BYTES
from darkroom.recipes import CUSTOM, Overlay
from darkroom_upload.fields import ChosenRecipe

_NO_JOB: Final = "there is no such job"
"""Also said of another owner's."""


async def check_overlays(jobs: JobTable, chosen: ChosenRecipe, owner: str) -> None:
    """Look at every image that a watermark of the recipe names: a finished picture of one of the owner's jobs.

    Those of a preset may be anybody's, since the operator chose them. Raises InvalidRecipe with a fault for each place
    that names another, and Unavailable.
    """
    variants = enumerate(chosen.recipe.variants)
    places = [(place, number, overlay) for place, variant in variants for number, overlay in variant.overlays.items()]
    ids = sorted({overlay.job_id for *_, overlay in places})
    makers = dict(zip(ids, await asyncio.gather(*(jobs.get(job_id) for job_id in ids)), strict=True))
    faults = []
    for place, number, overlay in places:
        maker = makers[overlay.job_id]
        visible = maker if maker and (chosen.name != CUSTOM or maker.owner == owner) else None
        fault = _fault(visible, overlay)
        if fault:
            member, message = fault
            pointer = f"/variants/{place}/operations/{number}/image/{member}"
            faults.append({"pointer": pointer, "message": message})
    if faults:
        raise InvalidRecipe(f"The recipe has {len(faults)} fault(s).", errors=faults)


def _fault(maker: Job | None, overlay: Overlay) -> tuple[str, str] | None:
    """What is wrong with an image, and which member of the overlay says it."""
    if maker is None:
        return "job_id", _NO_JOB
    if all(variant.name != overlay.variant for variant in maker.recipe.variants):
        return "variant", "the job's recipe has no such variant"
    state = maker.variants.get(overlay.variant)
    if state is None or state.status is not VariantStatus.COMPLETED or state.result is None:
        return "variant", "the picture is not there: only a completed variant can be used"
    if state.result.size > MAX_OVERLAY_BYTES:
        return "variant", f"the picture has {state.result.size} bytes; a watermark's may have {MAX_OVERLAY_BYTES}"
    return None
