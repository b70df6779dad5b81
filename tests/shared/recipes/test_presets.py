"""The presets that ship with Darkroom, and those of an operator."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from darkroom.errors import InvalidRecipe
from darkroom.recipes import (
    CUSTOM,
    DEFAULT_PRESET,
    Fit,
    Grayscale,
    OutputFormat,
    Presets,
    Recipe,
    Resize,
    Rotate,
    Variant,
    load_presets,
    resolve_recipe,
)


@pytest.fixture(scope="module")
def presets() -> Presets:
    return load_presets()


def by_name(recipe: Recipe) -> Mapping[str, Variant]:
    return {variant.name: variant for variant in recipe.variants}


def test_the_shipped_presets_are_these(presets: Presets) -> None:
    assert set(presets) == {"augment", "grayscale", "thumbnails", "web", "optimize", "metadata"}
    assert DEFAULT_PRESET == "web"


def test_augment_letterboxes_on_white_and_rotates_by_four_angles(presets: Presets) -> None:
    variants = by_name(presets["augment"])
    letterbox = Resize(op="resize", width=256, height=256, fit=Fit.CONTAIN, background="#ffffff")
    assert {name: variant.result_folder for name, variant in variants.items()} == {
        "resized": "processed",
        "90-degree": "augmented-images/90-degree",
        "180-degree": "augmented-images/180-degree",
        "270-degree": "augmented-images/270-degree",
        "360-degree": "augmented-images/360-degree",
    }
    assert variants["resized"].operations == (letterbox,)
    for angle in (90, 180, 270, 360):
        assert variants[f"{angle}-degree"].operations == (letterbox, Rotate(op="rotate", angle=angle))
    assert {(variant.output.format, variant.output.quality) for variant in variants.values()} == {
        (OutputFormat.JPEG, 90)
    }


def test_grayscale_keeps_size_and_format(presets: Presets) -> None:
    (variant,) = presets["grayscale"].variants
    assert variant.operations == (Grayscale(op="grayscale"),)
    assert variant.output.format is OutputFormat.SAME


def test_thumbnails_are_cover_squares_in_webp(presets: Presets) -> None:
    sizes = []
    for variant in presets["thumbnails"].variants:
        (resize,) = variant.operations
        assert isinstance(resize, Resize)
        assert (resize.fit, resize.width) == (Fit.COVER, resize.height)
        assert variant.output.format is OutputFormat.WEBP
        sizes.append(resize.width)
    assert sizes == [64, 128, 256, 512]


def test_web_has_four_widths_in_two_formats_and_never_enlarges(presets: Presets) -> None:
    made = set()
    for variant in presets["web"].variants:
        (resize,) = variant.operations
        assert isinstance(resize, Resize)
        assert (resize.height, resize.enlarge) == (None, False)
        made.add((resize.width, variant.output.format))
    assert made == {
        (width, image_format)
        for width in (320, 640, 1280, 1920)
        for image_format in (OutputFormat.WEBP, OutputFormat.JPEG)
    }


def test_optimize_has_no_operations(presets: Presets) -> None:
    (variant,) = presets["optimize"].variants
    assert variant.operations == ()
    assert variant.output.format is OutputFormat.SAME


def test_metadata_has_no_variants(presets: Presets) -> None:
    assert presets["metadata"].variants == ()


def test_no_two_presets_share_a_folder(presets: Presets) -> None:
    folders = [variant.result_folder for recipe in presets.values() for variant in recipe.variants]
    assert len(folders) == len(set(folders)), "a folder of the results bucket holds one kind of picture"


def test_a_file_adds_presets_and_replaces_shipped_ones(tmp_path: Path) -> None:
    file = tmp_path / "presets.json"
    file.write_text('{"mine": {"variants": [{"name": "a"}]}, "web": {"variants": []}}')
    presets = load_presets(file)
    assert presets["mine"] == Recipe(variants=(Variant(name="a"),))
    assert presets["web"] == Recipe(variants=())
    assert "augment" in presets


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"Mine": {"variants": []}}', '{"mine": {"variants": [{"name": "a", "operations": [{"op": "zap"}]}]}}'],
)
def test_the_error_names_a_faulty_presets_file(tmp_path: Path, content: str) -> None:
    file = tmp_path / "presets.json"
    file.write_text(content)
    with pytest.raises(ValueError, match=r"presets file .*presets\.json"):
        load_presets(file)


def test_no_preset_may_be_named_custom(tmp_path: Path) -> None:
    file = tmp_path / "presets.json"
    file.write_text('{"custom": {"variants": []}}')
    with pytest.raises(ValueError, match="`custom` is reserved"):
        load_presets(file)


def test_a_missing_presets_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_presets(tmp_path / "none.json")


def test_presets_are_immutable(presets: Presets) -> None:
    assert not hasattr(presets, "__setitem__")


def test_a_name_means_its_preset(presets: Presets) -> None:
    assert resolve_recipe("augment", presets) == ("augment", presets["augment"])


def test_a_document_means_itself(presets: Presets) -> None:
    assert resolve_recipe(' \n{"variants": []}', presets) == (CUSTOM, Recipe(variants=()))


@pytest.mark.parametrize("text", ["", " ", "nope", "Web", "web ", "../web", "12", "custom", "x" * 10_000, "\x00\u202e"])
def test_the_error_for_an_unknown_preset_lists_the_known_ones(text: str, presets: Presets) -> None:
    with pytest.raises(InvalidRecipe, match="augment, grayscale, metadata") as raised:
        resolve_recipe(text, presets)
    assert len(raised.value.message) < 600
    assert raised.value.message.isprintable()
    assert raised.value.fields["errors"] == [{"pointer": "", "message": "unknown preset"}]


@pytest.mark.parametrize(
    ("text", "says"),
    [('[{"name": "a"}]', "an array"), ("\n[", "an array"), ('"web"', "a string"), ('"{}"', "a string")],
)
def test_json_other_than_an_object_is_refused(text: str, says: str, presets: Presets) -> None:
    with pytest.raises(
        InvalidRecipe, match=r'a JSON object, \{"variants": \[\.\.\.\]\}, or the name of a preset without'
    ) as raised:
        resolve_recipe(text, presets)
    assert raised.value.fields["errors"] == [{"pointer": "", "message": f"this is {says}, not an object"}]
