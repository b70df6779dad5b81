"""What is measured, on which pictures, and what is aimed at."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.corpus import PHOTOS
from darkroom.recipes import Variant, load_presets

EVEN: Final = "even "
"""Begins the names of cases in which sharp is told what Darkroom does by default: the same effort of each encoder, and,
where there are several outputs, one decode for all and each size made from the next larger one."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing to measure."""

    name: str
    source: str
    """The kind of picture, `jpg` or `png`."""
    variants: tuple[Variant, ...]
    goal: float
    """The highest share of sharp's CPU time that is aimed at."""
    bytes_goal: float | None = None
    """The same for the bytes of the results."""

    @property
    def contestants(self) -> tuple[str, ...]:
        """Pillow is for comparison with what both do by default."""
        return ("Darkroom", "sharp") if self.name.startswith(EVEN) else ("Darkroom", "sharp", "Pillow")


def one(width: int, **output: Any) -> tuple[Variant, ...]:
    """A variant of a width."""
    resize = {"op": "resize", "width": width}
    return (Variant.model_validate({"name": "it", "operations": [resize], "output": output}),)


def cases() -> dict[str, Case]:
    """All of them. Every contestant knows them by these names."""
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
    """The pictures of sharp's own benchmark by kind; None where they are not."""
    files = {kind: PHOTOS / f"sharp-benchmark.{kind}" for kind in ("jpg", "png")}
    return files if all(path.is_file() for path in files.values()) else None
