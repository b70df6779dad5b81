"""Tests which candidates browsers get to choose from."""

import pytest

from darkroom.formats import ImageFormat
from darkroom_upload.markup.candidates import Candidate
from darkroom_upload.markup.picture import Picture, picture_of

AVIF, WEBP, JPEG, PNG = ImageFormat.AVIF, ImageFormat.WEBP, ImageFormat.JPEG, ImageFormat.PNG


def candidate(width: int, height: int, image_format: ImageFormat = JPEG, name: str | None = None) -> Candidate:
    name = name or f"{width}-{image_format}"
    return Candidate(variant=name, format=image_format, size=(width, height), url=f"/p/{name}", is_opaque=True)


def made(*candidates: Candidate) -> tuple[Picture, dict[str, str]]:
    picture, left_out = picture_of(candidates)
    return picture, {each.variant: each.reason for each in left_out}


def test_sources_are_in_the_order_of_their_bytes_and_the_fallback_is_what_all_browsers_know() -> None:
    picture, left_out = made(*(candidate(640, 480, each) for each in (JPEG, WEBP, AVIF)))
    assert [one.format for one in picture.sources] == [AVIF, WEBP]
    assert (picture.fallback.format, left_out) == (JPEG, {})


def test_candidates_are_told_by_width() -> None:
    picture, _ = made(candidate(1280, 960), candidate(320, 240), candidate(640, 480))
    assert picture.fallback.srcset == "/p/320-jpeg 320w, /p/640-jpeg 640w, /p/1280-jpeg 1280w"
    assert picture.fallback.largest.variant == "1280-jpeg"


def test_sizes_that_differ_by_rounding_share_an_aspect_ratio() -> None:
    # 2725 × 2225, made smaller: exact heights are 261.28 and 783.85.
    picture, left_out = made(candidate(320, 261), candidate(960, 784))
    assert (len(picture.fallback.candidates), left_out) == (2, {})


def test_another_aspect_ratio_is_left_out() -> None:
    picture, left_out = made(candidate(512, 512, name="square"), candidate(320, 240), candidate(640, 480, WEBP))
    assert left_out == {"square": "its aspect ratio is not that of 640-webp"}
    assert picture.fallback.srcset == "/p/320-jpeg 320w"


def test_largest_decides_between_aspect_ratios_that_are_equally_common() -> None:
    picture, left_out = made(candidate(64, 64, name="square"), candidate(640, 480))
    assert (picture.fallback.largest.size, list(left_out)) == ((640, 480), ["square"])


def test_equal_widths_of_one_format_are_told_once() -> None:
    _, left_out = made(candidate(640, 480, name="good"), candidate(640, 480, name="bad"))
    assert left_out == {"bad": "good has the same format and width"}


@pytest.mark.parametrize(("formats", "fallback"), [((WEBP,), WEBP), ((AVIF, WEBP), WEBP), ((AVIF,), AVIF)])
def test_without_a_format_that_all_know_the_best_known_one_is_the_fallback(
    formats: tuple[ImageFormat, ...], fallback: ImageFormat
) -> None:
    picture, left_out = made(*(candidate(640, 480, each) for each in formats))
    assert (picture.fallback.format, left_out) == (fallback, {})
    assert [one.format for one in picture.sources] == [each for each in formats if each is not fallback]


def test_only_one_format_serves_browsers_that_know_no_other() -> None:
    picture, left_out = made(candidate(640, 480, PNG), candidate(640, 480), candidate(320, 240))
    assert (picture.fallback.format, picture.sources) == (JPEG, ())
    assert left_out == {"640-png": "browsers that show png show jpeg too"}
