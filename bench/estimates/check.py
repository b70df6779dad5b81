"""Compares estimates with what the pipeline takes for whole recipes."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from bench.corpus import PHOTOS
from bench.engine.table import Table
from bench.estimates.forked import Work as Measurable
from bench.estimates.forked import forked, measured
from bench.estimates.pictures import animation, photo
from darkroom.formats import ImageFormat
from darkroom.planner.estimate import task_estimate
from darkroom.planner.source import Source
from darkroom.recipes import Variant, load_presets
from darkroom.source_description import SourceDescription
from darkroom_processor.pipeline import Instructions, process

_MEGABYTE: Final = 1e6
_PARTS: Final = (0, 0.1, 0.5, 0.9, 1)
"""Quantiles of the ratios that are printed, lowest first."""
_SIZES: Final = ((1000, 750), (2725, 2225), (6000, 4000))
"""Sizes of the photos, `(width, height)` in pixels. Prices are measured on other sizes."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One image and the variants to make."""

    source: str
    recipe: str
    data: bytes
    variants: tuple[Variant, ...]


def cases() -> Iterator[Case]:
    """Yield photos of three sizes with all presets, and other formats and real photos with some recipes."""
    recipes = {name: preset.variants for name, preset in load_presets().items()} | _others()
    sources = {f"jpeg {width} × {height}": photo(ImageFormat.JPEG, (width, height)) for width, height in _SIZES}
    for source, data in sources.items():
        for recipe in recipes:
            yield Case(source=source, recipe=recipe, data=data, variants=recipes[recipe])
    more = {
        "png": photo(ImageFormat.PNG, _SIZES[1]),
        "png transparent": photo(ImageFormat.PNG, _SIZES[1], transparent=True),
        "webp": photo(ImageFormat.WEBP, _SIZES[1]),
        "tiff": photo(ImageFormat.TIFF, _SIZES[1]),
        "avif": photo(ImageFormat.AVIF, _SIZES[0]),
        "gif of 10 frames": animation((480, 360), 10),
    }
    more |= {path.name: path.read_bytes() for path in sorted(PHOTOS.glob("sharp-benchmark.*"))}
    for source, data in more.items():
        for recipe in ("web", "thumbnails", "optimize", *_others()):
            yield Case(source=source, recipe=recipe, data=data, variants=recipes[recipe])


def _others() -> dict[str, tuple[Variant, ...]]:
    """Return recipes beyond the presets: an animated result, AVIF, a search for a file size, and many operations."""
    resize: dict[str, Any] = {"op": "resize", "width": 720}
    looks: list[dict[str, Any]] = [
        {"op": "rotate", "angle": 10},
        {"op": "sharpen"},
        {"op": "watermark", "text": "Darkroom"},
        {"op": "sepia"},
    ]
    return {
        "frames": _one([resize], format="webp", frames="all"),
        "avif": _one([resize], format="avif"),
        "max_bytes": _one([resize], format="webp", max_bytes=20_000),
        "looks": _one(looks, format="jpeg"),
    }


def _one(operations: list[dict[str, Any]], **output: Any) -> tuple[Variant, ...]:
    return (Variant.model_validate({"name": "it", "operations": operations, "output": output}),)


def check() -> None:
    """Print estimates beside measurements."""
    heads = ["source", "recipe", "CPU ms", "estimated", "ratio", "MB", "estimated", "ratio"]
    table = Table("Estimates, and what the pipeline took", heads)
    times: list[float] = []
    peaks: list[float] = []
    for case in cases():
        found = measured(partial(_processing, case))
        peak = found.before_bytes + found.peak_bytes
        told = task_estimate(_source(case), case.variants, describe=True)
        times.append(told.cpu_ms / found.cpu_ms)
        peaks.append(told.peak_bytes / peak)
        cpu = [f"{found.cpu_ms:.0f}", f"{told.cpu_ms:.0f}", f"{times[-1]:.2f}"]
        memory = [f"{peak / _MEGABYTE:.0f}", f"{told.peak_bytes / _MEGABYTE:.0f}", f"{peaks[-1]:.2f}"]
        table.add([case.source, case.recipe, *cpu, *memory])
    sys.stdout.write(f"{table}\n{_summary('CPU time', times)}\n{_summary('memory', peaks)}\n")


def _summary(what: str, ratios: list[float]) -> str:
    lowest, low, middle, high, highest = (sorted(ratios)[round(part * (len(ratios) - 1))] for part in _PARTS)
    return (
        f"{what}: {middle:.2f} of what was taken in the middle, {low:.2f} to {high:.2f} in eight cases of ten, "
        f"{lowest:.2f} to {highest:.2f} in all {len(ratios)}"
    )


def _processing(case: Case) -> Measurable:
    work = Instructions(variants=case.variants, describe=True)
    return lambda: process(case.data, work)


def _source(case: Case) -> Source:
    """Return the facts that the pipeline's description gives of the case's image."""
    told = forked(lambda: {"processed": _description(case.data)})["processed"]
    return Source.described(SourceDescription.model_validate(told), size=len(case.data))


def _description(data: bytes) -> Any:
    description = process(data, Instructions(variants=(), describe=True)).description
    return description.model_dump(mode="json") if description else None
