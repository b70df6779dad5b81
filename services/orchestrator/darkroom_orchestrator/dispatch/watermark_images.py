"""Finds the images of a job's watermarks: results of other jobs, looked up when the tasks are sent.

Submission has checked that the owner may use them; those of a preset are the operator's choice. An image may have been
deleted since. Then it is missing here, the variants that need it fail with `overlay_missing`, and the others are made.
"""

import asyncio
from collections.abc import Collection

from darkroom.jobs import Job, VariantResult, VariantState
from darkroom.planner.estimate import Overlays
from darkroom.recipes import Recipe
from darkroom_orchestrator.records.job_store import JobStore


async def find_watermark_images(jobs: JobStore, recipe: Recipe, variants: Collection[str]) -> Overlays:
    """Return the existing overlays of the named variants of a recipe. Raises Unavailable."""
    named = [variant for variant in recipe.variants if variant.name in variants]
    wanted = {overlay for variant in named for overlay in variant.overlays.values()}
    ids = sorted({overlay.job_id for overlay in wanted})
    makers = dict(zip(ids, await asyncio.gather(*(jobs.get(job_id) for job_id in ids)), strict=True))
    results = {overlay: _result(makers[overlay.job_id], overlay.variant) for overlay in wanted}
    return {overlay: result for overlay, result in results.items() if result}


def _result(maker: Job | None, variant: str) -> VariantResult | None:
    return maker.variants.get(variant, VariantState()).result if maker else None
