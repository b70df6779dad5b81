"""The images that a job's watermarks are made of: results of other jobs, looked up when the work is sent.

Whether the owner may use them was asked when the job was submitted; a preset's are the operator's choice. By now one
may have been deleted. It is left out here; the variants that need it fail (`overlay_missing`), and the others are made.
"""

import asyncio
from collections.abc import Collection, Mapping

from darkroom.jobs import Job, VariantResult, VariantState
from darkroom.recipes import Overlay, Recipe
from darkroom_orchestrator.records.job_store import JobStore

Found = Mapping[Overlay, VariantResult]
"""Overlays that are there, and where."""


async def find_watermark_images(jobs: JobStore, recipe: Recipe, parts: Collection[str]) -> Found:
    """Find the overlays of these variants of a recipe. Raises Unavailable."""
    variants = [variant for variant in recipe.variants if variant.name in parts]
    wanted = {overlay for variant in variants for overlay in variant.overlays.values()}
    ids = sorted({overlay.job_id for overlay in wanted})
    makers = dict(zip(ids, await asyncio.gather(*(jobs.get(job_id) for job_id in ids)), strict=True))
    results = {overlay: _result(makers[overlay.job_id], overlay.variant) for overlay in wanted}
    return {overlay: result for overlay, result in results.items() if result}


def _result(maker: Job | None, variant: str) -> VariantResult | None:
    return maker.variants.get(variant, VariantState()).result if maker else None
