"""The folder of files that were once processed wrongly, and what is right for each of them.

Each kind is also tested on files that tests make, in the module that the kind belongs to.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from PIL import Image, ImageSequence

from darkroom.recipes import Variant, load_presets
from darkroom_processor.pipeline import EncodedVariant, Instructions, process
from tests.processor.pipeline.running import variant
from tests.support.corpus import CORPUS
from tools.testbed.images import opened

CASES: Final = CORPUS.parent / "cases"

FULL: Final = variant([], {"format": "png"})
MOVING: Final = variant([], {"format": "png", "frames": "all"})
OPTIMIZE: Final = load_presets()["optimize"].variants[0]


@dataclass(frozen=True)
class Case:
    """A file, a variant of it, and what must be true of the result."""

    file: str
    recipe: Variant
    check: Callable[[bytes, bytes], None]
    """Takes the bytes of the source and of the result."""
    fails: str = ""
    """Why the product is still wrong here; empty if it is right."""


def shows(
    size: tuple[int, int], pixels: dict[tuple[int, int], tuple[int, ...]], within: int = 0, frame: int = 0
) -> Any:
    """Check a size, and colours at some points; with alpha where four levels are given."""

    def check(_: bytes, made: bytes) -> None:
        image = pictures(made)[frame]
        assert image.size == size
        for place, expected in pixels.items():
            seen = image.convert("RGBA").getpixel(place)
            assert isinstance(seen, tuple)
            assert all(abs(a - b) <= within for a, b in zip(seen, expected, strict=False)), (place, seen)

    return check


def ramps(_: bytes, made: bytes) -> None:
    """Check that levels rise from 0 to 255 from left to right."""
    image = opened(made).convert("L")
    levels = list(image.crop((0, 0, image.width, 1)).tobytes())
    assert levels == sorted(levels)
    assert levels[0] <= 1
    assert levels[-1] >= 254


def transparent(place: tuple[int, int], frame: int = 0, color: tuple[int, ...] | None = None) -> Any:
    """Check that a point is transparent or, if a colour is given, has this colour."""

    def check(_: bytes, made: bytes) -> None:
        seen = pictures(made)[frame].convert("RGBA").getpixel(place)
        assert isinstance(seen, tuple)
        assert seen[3] == 0 or seen[:3] == color, seen

    return check


def no_larger(source: bytes, made: bytes) -> None:
    """Check that the result has no more bytes than the source."""
    assert len(made) <= len(source)


def lossless(source: bytes, made: bytes) -> None:
    """Check that the result has no more bytes than the source, and the same pixels."""
    no_larger(source, made)
    assert opened(made).convert("RGBA").tobytes() == opened(source).convert("RGBA").tobytes()


def pictures(data: bytes) -> list[Image.Image]:
    """Return all frames of a file, as Pillow composes them."""
    with Image.open(io.BytesIO(data)) as image:
        return [frame.copy() for frame in ImageSequence.Iterator(image)]


_RED_PNG: Final = shows((16, 16), {(0, 0): (200, 30, 60), (15, 15): (200, 30, 60)})
_RED_LEFT: Final = shows((64, 32), {(5, 16): (220, 30, 30), (58, 16): (30, 30, 220)}, within=3)

CASES_AND_RIGHT_VALUES: Final = [
    Case("png-text-bad-crc.png", FULL, _RED_PNG),
    Case("png-phys-short.png", FULL, _RED_PNG),
    Case("png-iccp-method-1.png", FULL, _RED_PNG),
    Case("png-srgb-empty.png", FULL, _RED_PNG),
    Case("png-invalid-ancillary-name.png", FULL, _RED_PNG),
    Case("png-ztxt-2-mb.png", FULL, shows((16, 16), {})),
    Case("jpg-icc-profile-short.jpg", FULL, _RED_LEFT),
    Case("jpg-no-eoi.jpg", FULL, _RED_LEFT),
    Case("xmp-orientation-jpg.jpg", FULL, _RED_LEFT),
    Case("xmp-orientation-avif.avif", FULL, _RED_LEFT),
    Case("tiff-12-bit.tif", FULL, ramps),
    Case("tiff-rgb16-planar.tif", FULL, shows((64, 8), {(8, 4): (200, 100, 50), (56, 4): (0, 0, 0)})),
    Case("tiff-uint32.tif", FULL, ramps),
    Case("apng-previous-over.png", MOVING, shows((16, 16), {(8, 8): (0, 255, 0, 255)}, frame=2)),
    Case("apng-over-half.png", MOVING, shows((16, 16), {(8, 8): (0, 127, 128, 255)}, frame=1)),
    Case("gif-small-first.gif", FULL, transparent((35, 35), color=(255, 255, 0))),
    Case("gif-dispose-2-transparent.gif", MOVING, transparent((20, 20), frame=2)),
    Case("opt-1-bit-png.png", OPTIMIZE, lossless),
    Case("opt-lossless-webp.webp", OPTIMIZE, lossless),
    Case("opt-webp-q30.webp", OPTIMIZE, no_larger),
    Case("opt-avif-q30.avif", OPTIMIZE, no_larger),
    Case("opt-jpeg-tiff.tif", OPTIMIZE, lossless),
    Case("jp2-palette.jp2", FULL, shows((64, 16), {(56, 8): (0, 200, 0)})),
    Case("avif-clap.avif", FULL, shows((32, 24), {})),
    Case("avif-nclx-p3.avif", FULL, shows((64, 64), {(8, 8): (213, 115, 70)}, within=2)),
    Case("cicp-p3.png", FULL, shows((16, 16), {(8, 8): (213, 115, 70)}, within=2)),
    Case("gama-1.0.png", FULL, shows((16, 16), {(8, 8): (127, 127, 127)}, within=1)),
]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=case.file,
            marks=[pytest.mark.xfail(strict=True, reason=case.fails)] if case.fails else [],
        )
        for case in CASES_AND_RIGHT_VALUES
    ],
)
def test_the_case_is_processed_correctly(case: Case) -> None:
    path = CASES / case.file
    if not path.is_file():
        pytest.skip(f"there is no ../shared/cases/{case.file}")
    source = path.read_bytes()
    (made,) = process(source, Instructions(variants=(case.recipe,), describe=True)).outcomes
    assert isinstance(made, EncodedVariant), made
    case.check(source, made.data)


def test_every_file_of_the_folder_has_a_case() -> None:
    if not CASES.is_dir():
        pytest.skip("there is no ../shared/cases")
    assert {case.file for case in CASES_AND_RIGHT_VALUES} == {
        path.name for path in CASES.iterdir() if path.suffix != ".md"
    }
