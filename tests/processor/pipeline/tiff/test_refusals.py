"""An unsupported layout of TIFF is refused by an error that names it. Broken tags are refused as damage."""

import pytest

from darkroom.errors import UndecodableImage, UnsupportedLayout
from tests.processor.pipeline.tiff.pixels import BLACK_IS_ZERO, CMYK, LZW, PALETTE, RGB, YCBCR, ramps, shown
from tests.support import tiffs

REFUSED = {
    "a transparency mask": (tiffs.one_page(ramps(1), 1, 4), "transparency mask"),
    "LogLuv": (tiffs.one_page(ramps(3), 16, 32845), "LogLuv"),
    "ITULab": (tiffs.one_page(ramps(3), 8, 10), "ITULab"),
    "another photometric interpretation": (tiffs.one_page(ramps(1), 8, 77), "77"),
    "ten bits": (tiffs.one_page(ramps(1), 10, BLACK_IS_ZERO), "10 bits"),
    "six bits": (tiffs.one_page(ramps(3), 6, RGB), "6 bits"),
    "different bits": (tiffs.one_page(ramps(3), 8, RGB, t258=[5, 6, 5]), "5, 6"),
    "different formats": (tiffs.one_page(ramps(3), 8, RGB, t339=[1, 2, 1]), "format"),
    "complex numbers": (tiffs.one_page(ramps(1), 32, BLACK_IS_ZERO, t339=6), "complex"),
    "floats of 24 bits": (tiffs.one_page(ramps(1), 24, BLACK_IS_ZERO, t339=3), "24 bits (float)"),
    "a palette of 16 bits": (tiffs.one_page(ramps(1), 16, PALETTE), "palette"),
    "a palette with associated alpha": (tiffs.one_page(ramps(2), 8, PALETTE, t338=1), "palette with alpha"),
    "inks with alpha": (tiffs.one_page(ramps(5), 8, CMYK, t338=2), "CMYK with alpha"),
    "inks of 32 bits": (tiffs.one_page(ramps(4), 32, CMYK), "CMYK"),
    "samples that no tag explains": (tiffs.one_page(ramps(3), 8, BLACK_IS_ZERO), "3 samples"),
    "too few samples": (tiffs.one_page(ramps(2), 8, RGB), "2 samples"),
    "seventeen samples": (tiffs.one_page(ramps(1), 8, BLACK_IS_ZERO, t277=17), "17 samples"),
    "signed alpha": (tiffs.one_page(ramps(2), 16, BLACK_IS_ZERO, t338=2, t339=[2, 2]), "signed"),
    "chroma of fewer samples in planes": (
        tiffs.one_page(ramps(3), 8, YCBCR, t284=2, t530=[2, 2]),
        "YCbCr in planes",
    ),
    "JPEG of a palette": (tiffs.one_page(ramps(1), 8, PALETTE, t259=7), "compressed by 7 (JPEG)"),
    "JPEG of 12 bits": (tiffs.one_page(ramps(1), 12, BLACK_IS_ZERO, t259=7), "compressed by 7 (JPEG)"),
    "CCITT of eight bits": (tiffs.one_page(ramps(1), 8, BLACK_IS_ZERO, t259=4), "CCITT G4"),
    "another predictor": (tiffs.one_page(ramps(1), 16, BLACK_IS_ZERO, t259=LZW, t317=4), "predictor 4"),
    "the predictor of floats for whole numbers": (
        tiffs.one_page(ramps(1), 16, BLACK_IS_ZERO, t259=LZW, t317=3),
        "predictor 3",
    ),
    **{
        f"compression {number}": (tiffs.one_page(ramps(1), 8, BLACK_IS_ZERO, t259=number), name)
        for number, name in {
            34887: "LERC",
            34712: "JPEG 2000",
            50001: "WebP",
            50002: "JPEG XL",
            34661: "JBIG",
            34676: "SGI Log",
            7777: "7777",
        }.items()
    },
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_error_names_an_unsupported_layout(case: str) -> None:
    data, named = REFUSED[case]
    with pytest.raises(UnsupportedLayout) as refused:
        shown(data)
    assert named in refused.value.message
    assert refused.value.code == "unsupported_layout"


@pytest.mark.parametrize(
    "tags",
    [
        {256: 4, 257: 4, 258: 16, 262: 1, 278: 1},
        {256: 4, 257: 0, 258: 16, 262: 1},
        {256: 0, 257: 4, 258: 16, 262: 1},
        {256: 4, 257: 4, 258: 16, 262: 1, 278: 0},
        {256: 4, 257: 4, 258: b"nonsense", 262: 1},
        {256: 4, 257: 4, 258: 16, 262: b"nonsense"},
    ],
    ids=[
        "too few strips",
        "no height",
        "no width",
        "no rows",
        "bits that are text",
        "a photometric interpretation that is text",
    ],
)
def test_broken_tags_are_refused_as_damage(tags: dict[int, tiffs.Tag]) -> None:
    with pytest.raises(UndecodableImage):
        shown(tiffs.tiff([(tags, [bytes(32)])]))
