"""The cases of the benchmark: image, variants and goals."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.corpus import PHOTOS
from darkroom.recipes import Variant, load_presets

EVEN: Final = "even "
"""Prefix of cases in which sharp works as Darkroom does by default: with the same effort of each encoder and, for
several outputs, with one decode for all and each size made from the next larger one."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case to measure."""

    name: str
    source: str
    """Kind of the source image: `jpg` or `png`."""
    variants: tuple[Variant, ...]
    goal: float
    """Goal: at most this multiple of sharp's CPU time."""
    bytes_goal: float | None = None
    """Goal: at most this multiple of sharp's bytes; None for no goal."""

    @property
    def contestants(self) -> tuple[str, ...]:
        """The programs to compare. Pillow takes part where Darkroom and sharp use their defaults."""
        return ("Darkroom", "sharp") if self.name.startswith(EVEN) else ("Darkroom", "sharp", "Pillow")


def one(width: int, **output: Any) -> tuple[Variant, ...]:
    """Return a single variant of this width."""
    resize = {"op": "resize", "width": width}
    return (Variant.model_validate({"name": "it", "operations": [resize], "output": output}),)


def cases() -> dict[str, Case]:
    """Return all cases by name. Each contestant knows them by these names."""
    presets = {name: recipe.variants for name, recipe in load_presets().items()}
    jpeg, webp, avif = one(720, format="jpeg", quality=80), one(720, format="webp", quality=80), one(720, format="avif")
    png = one(720, format="png")
    found = [
        Case(name="jpeg 720 jpeg", source="jpg", variants=jpeg, goal=1.1),
        Case(name="jpeg 720 webp", source="jpg", variants=webp, goal=1.1),
        Case(name="jpeg 720 avif", source="jpg", variants=avif, goal=0.5),
        Case(name="png 720 png", source="png", variants=png, goal=1.3, bytes_goal=1.1),
        Case(name="grayscale", source="jpg", variants=presets["grayscale"], goal=0.7),
        Case(name="augment", source="jpg", variants=presets["augment"], goal=1.0),
        Case(name="thumbnails", source="jpg", variants=presets["thumbnails"], goal=0.6),
        Case(name="web", source="jpg", variants=presets["web"], goal=0.6),
        Case(name=EVEN + "jpeg 720 jpeg", source="jpg", variants=jpeg, goal=1.1),
        Case(name=EVEN + "jpeg 720 webp", source="jpg", variants=webp, goal=1.1),
        Case(name=EVEN + "jpeg 720 avif", source="jpg", variants=avif, goal=1.1),
        Case(name=EVEN + "png 720 png", source="png", variants=png, goal=1.3, bytes_goal=1.1),
        Case(name=EVEN + "thumbnails", source="jpg", variants=presets["thumbnails"], goal=1.1),
        Case(name=EVEN + "web", source="jpg", variants=presets["web"], goal=1.1),
    ]
    return {case.name: case for case in found}


def published() -> dict[str, Path] | None:
    """Return the images of sharp's own benchmark by kind; None if they are not there."""
    files = {kind: PHOTOS / f"sharp-benchmark.{kind}" for kind in ("jpg", "png")}
    return files if all(path.is_file() for path in files.values()) else None
