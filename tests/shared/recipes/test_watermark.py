"""Watermarks in recipes: their texts and their images."""

import json
from typing import Any

import pytest

from darkroom.errors import InvalidRecipe
from darkroom.limits import MAX_OVERLAYS
from darkroom.recipes import Overlay, Watermark, parse_recipe

JOB_ID = "01a20269-be1a-72d5-936e-7dc20e02262e"
LOGO = {"job_id": JOB_ID, "variant": "logo"}


def recipe(*watermarks: dict[str, Any]) -> str:
    operations = [{"op": "watermark", **watermark} for watermark in watermarks]
    return json.dumps({"variants": [{"name": "a", "operations": operations}]})


def faults(*watermarks: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidRecipe) as raised:
        parse_recipe(recipe(*watermarks))
    return {error["pointer"]: error["message"] for error in raised.value.fields["errors"]}


@pytest.mark.parametrize(
    "text",
    [
        "© Darkroom 2026",
        "Ærøskøbing, Łódź, Đà Nẵng",
        "Ωμέγα ἄλφα",
        "Ђорђе, Ґанок, Ёлка",
        "“quoted” – 5 € №1 ½",
        "~" * 100,
    ],
)
def test_a_text_may_be_latin_greek_or_cyrillic(text: str) -> None:
    [operation] = parse_recipe(recipe({"text": text})).variants[0].operations
    assert isinstance(operation, Watermark)
    assert operation.text == text


def test_accents_are_composed() -> None:
    [operation] = parse_recipe(recipe({"text": "Cafe\u0301"})).variants[0].operations
    assert isinstance(operation, Watermark)
    assert operation.text == "Café"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("漢字", "U+5B57 (字), U+6F22 (漢)"),
        ("שלום", "U+05D5 (ו), U+05DC (ל), U+05DD (ם), U+05E9 (ש)"),
        ("नमस्ते", "U+0924 (त)"),
        ("a\nb", "U+000A"),
        ("a\u200bb\u202ec", "U+200B, U+202E"),
        ("x\u0302\u0302", "U+0302"),
        ("\U0001f600", "U+1F600 (😀)"),
    ],
)
def test_the_error_names_characters_that_the_font_lacks(text: str, named: str) -> None:
    fault = faults({"text": text})["/variants/0/operations/0/text"]
    assert fault.startswith("the font has Latin, Greek and Cyrillic letters only; it lacks ")
    assert named in fault


def test_the_error_names_at_most_eight_characters() -> None:
    assert faults({"text": "あ" + "いうえおかきくけこさしすせそ"})["/variants/0/operations/0/text"].count("U+") == 8


@pytest.mark.parametrize("text", ["", "a" * 101])
def test_a_text_has_one_to_a_hundred_characters(text: str) -> None:
    assert list(faults({"text": text})) == ["/variants/0/operations/0/text"]


def test_an_overlay_is_a_variant_of_a_job() -> None:
    variant = parse_recipe(recipe({"text": "a"}, {"image": LOGO})).variants[0]
    assert variant.overlays == {1: Overlay(job_id=JOB_ID, variant="logo")}


@pytest.mark.parametrize("watermark", [{}, {"text": "a", "image": LOGO}])
def test_a_watermark_is_a_text_or_an_image(watermark: dict[str, Any]) -> None:
    assert faults(watermark) == {"/variants/0/operations/0": "watermark needs either `text` or `image`, and not both"}


@pytest.mark.parametrize("job_id", ["", "1", JOB_ID.upper(), JOB_ID + "\n", "../" + JOB_ID, JOB_ID.replace("-", "")])
def test_the_id_of_a_job_is_a_uuid_as_the_api_writes_it(job_id: str) -> None:
    assert list(faults({"image": {**LOGO, "job_id": job_id}})) == ["/variants/0/operations/0/image/job_id"]


def test_an_overlay_cannot_be_named_by_a_key() -> None:
    assert "/variants/0/operations/0/image/key" in faults({"image": {**LOGO, "key": "logo/1/a.png"}})


def test_a_recipe_may_use_four_different_images_many_times() -> None:
    images = [{"image": {**LOGO, "variant": f"v{number}"}} for number in range(MAX_OVERLAYS + 1)]
    assert len(parse_recipe(recipe(*images[:-1], *images[:-1])).variants[0].overlays) == 2 * MAX_OVERLAYS
    assert faults(*images) == {"": "watermarks may use at most 4 different images; there are 5"}
