"""The whole pipeline: presets, the order of outcomes, formats, failures and limits."""

import hashlib
import json

import pytest

from darkroom.formats import ImageFormat
from darkroom.recipes import load_presets
from darkroom_processor.pipeline import EncodedVariant, FailedVariant, Instructions, process
from tests.processor.pipeline.running import failure, image, picture, variant
from tests.support.corpus import corpus_files, needs_corpus
from tools.testbed import images

PRESETS = load_presets()


def run(preset: str, data: bytes) -> dict[str, EncodedVariant]:
    done = process(data, Instructions(variants=PRESETS[preset].variants, describe=True))
    assert done.description is not None
    assert [outcome.name for outcome in done.outcomes] == [one.name for one in PRESETS[preset].variants]
    return {outcome.name: outcome for outcome in done.outcomes if isinstance(outcome, EncodedVariant)}


@pytest.mark.parametrize("preset", sorted(PRESETS))
@pytest.mark.parametrize(
    "data",
    [images.jpeg(900, 600), images.png(300, 400, "RGBA"), images.webp(64, 64), images.animation(60, 40, 3)],
    ids=["jpeg", "png", "webp", "gif"],
)
def test_every_preset_makes_all_its_variants(preset: str, data: bytes) -> None:
    made = run(preset, data)
    assert list(made) == [one.name for one in PRESETS[preset].variants]
    for one in made.values():
        shown = images.opened(one.data)
        assert (shown.format or "").lower() == one.format
        assert shown.size == (one.width, one.height)
        assert one.sha256 == hashlib.sha256(one.data).hexdigest()


def test_augment_rotates_the_letterboxed_image() -> None:
    made = run("augment", images.jpeg(900, 450))
    assert {(one.width, one.height, one.format) for one in made.values()} == {(256, 256, ImageFormat.JPEG)}
    shown = {name: images.opened(one.data) for name, one in made.items()}
    assert images.corners(shown["resized"].crop((0, 64, 256, 192))) == {name: name for name in images.CORNERS}
    assert images.nearest_corner(shown["90-degree"].getpixel((180, 20))) == "top_left"
    assert images.nearest_corner(shown["270-degree"].getpixel((80, 240))) == "top_left"
    assert images.nearest_corner(shown["180-degree"].getpixel((240, 180))) == "top_left"
    assert made["360-degree"].data == made["resized"].data
    assert shown["resized"].getpixel((128, 10)) == (255, 255, 255)


def test_grayscale_keeps_format_and_size() -> None:
    for data, image_format in (
        (images.jpeg(90, 60), "jpeg"),
        (images.png(90, 60), "png"),
        (images.webp(90, 60), "webp"),
    ):
        made = run("grayscale", data)["grayscale"]
        assert (made.format, made.width, made.height) == (image_format, 90, 60)
        # Lossy WebP has no grey mode: converting from YUV may change levels slightly.
        assert max(images.opened(made.data).convert("HSV").getchannel("S").tobytes()) <= 8


def test_thumbnails_of_small_images_are_squares() -> None:
    sizes = {(one.width, one.height) for one in run("thumbnails", images.png(40, 90)).values()}
    assert sizes == {(64, 64), (128, 128), (256, 256), (512, 512)}


def test_web_never_enlarges() -> None:
    widths = sorted({one.width for one in run("web", images.jpeg(700, 500)).values()})
    assert widths == [320, 640, 700]


def test_optimize_makes_a_camera_photo_smaller() -> None:
    data = images.encoded(images.photo(900, 600), "JPEG", quality=92)
    made = run("optimize", data)["optimized"]
    assert (made.width, made.height) == (900, 600)
    assert len(made.data) < len(data) * 0.7


@pytest.mark.parametrize("quality", [1, 15, 40, 60, 75, 92, 100])
@pytest.mark.parametrize("options", [{}, {"optimize": True, "progressive": True}])
def test_optimize_never_makes_a_jpeg_larger(quality: int, options: dict[str, object]) -> None:
    data = images.encoded(images.photo(300, 200), "JPEG", quality=quality, **options)
    made = run("optimize", data)["optimized"]
    assert len(made.data) <= len(data) * 1.02


@needs_corpus
def test_optimize_makes_camera_photos_of_the_corpus_smaller() -> None:
    for path in (*corpus_files("photos/*.jpg"), *corpus_files("orientation/*.jpg")[:2]):
        data = path.read_bytes()
        assert len(run("optimize", data)["optimized"].data) < len(data), path.name


def test_a_rewritten_jpeg_has_no_higher_quality_than_before() -> None:
    data = images.encoded(images.photo(90, 60), "JPEG", quality=40)
    rewritten = picture(data, [], {"format": "same", "quality": 90})
    assert rewritten.data == picture(data, [], {"format": "same", "quality": 40}).data
    # After any operation the blocks differ, and the quality is not limited.
    finer = picture(data, [{"op": "flip"}], {"format": "same", "quality": 90})
    assert len(finer.data) > len(picture(data, [{"op": "flip"}], {"format": "same", "quality": 40}).data)
    assert len(picture(data, [], {"format": "jpeg", "quality": 90}).data) > len(rewritten.data)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (images.png(9, 9), "png"),
        (images.jpeg(9, 9), "jpeg"),
        (images.encoded(images.marked(9, 9), "BMP"), "png"),
        (images.encoded(images.marked(16, 16), "JPEG2000"), "jpeg"),
        (images.encoded(images.marked(16, 16), "TIFF"), "tiff"),
        (images.encoded(images.marked(16, 16), "AVIF"), "avif"),
    ],
)
def test_same_means_the_format_of_the_source_or_the_closest_one(source: bytes, expected: str) -> None:
    assert picture(source, [], {"format": "same"}).format == expected


def test_a_variant_that_fails_does_not_affect_the_others() -> None:
    variants = (
        variant([], name="first"),
        variant([{"op": "crop", "left": 500, "width": 5, "height": 5}], name="beside"),
        variant([{"op": "crop", "left": 500, "width": 5, "height": 5}, {"op": "flip"}], name="beside-too"),
        variant([{"op": "flip"}], name="last"),
    )
    outcomes = process(images.png(20, 20), Instructions(variants=variants, describe=False)).outcomes
    assert [type(outcome) for outcome in outcomes] == [EncodedVariant, FailedVariant, FailedVariant, EncodedVariant]
    assert [outcome.name for outcome in outcomes] == ["first", "beside", "beside-too", "last"]


def stumble(*_: object, **__: object) -> bytes:
    raise LookupError("private")


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("encoding.webp.save", 1),
        ("encoding.webp.save", "all"),
        ("operations.watermark.watermark", 1),
        ("operations.watermark.watermark", "all"),
        ("rendering.animation.Frames", "all"),
    ],
)
def test_a_bug_in_one_variant_does_not_affect_the_others(
    name: str, frames: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"darkroom_processor.pipeline.{name}", stumble)
    variants = (
        variant([], name="first"),
        variant([{"op": "watermark", "text": "x"}], {"format": "webp", "frames": frames}, "stumbles"),
        variant([{"op": "flip"}], name="last"),
    )
    done = process(images.animation(40, 20, 3, "PNG"), Instructions(variants=variants, describe=True))
    assert done.description is not None
    first, stumbles, last = done.outcomes
    assert isinstance(first, EncodedVariant)
    assert isinstance(last, EncodedVariant)
    assert isinstance(stumbles, FailedVariant)
    assert stumbles.code == "processor_crash"
    assert stumbles.bug.startswith("LookupError\n")
    assert stumbles.bug.endswith(" stumble")
    assert "private" not in stumbles.message + stumbles.bug


@pytest.mark.parametrize("error", [MemoryError(), ValueError("Out of memory"), RuntimeError("too much memory used")])
def test_a_variant_that_runs_out_of_memory_fails_with_memory_limit(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_out(*_: object, **__: object) -> bytes:
        raise error

    monkeypatch.setattr("darkroom_processor.pipeline.encoding.webp.save", run_out)
    failed = failure(images.png(9, 9), [], {"format": "webp"})
    assert (failed.code, failed.bug) == ("memory_limit", "")
    assert failed.message == "Making the variant needs more memory than one image may have (1 GiB)."


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "pad", "left": 8192}],
        [{"op": "resize", "width": 8192, "enlarge": True}, {"op": "rotate", "angle": 45}],
        [{"op": "resize", "width": 8192, "height": 8192, "enlarge": True}],
        [{"op": "resize", "width": 8192, "height": 8192, "fit": "contain"}],
        [{"op": "resize", "width": 8192, "height": 8, "fit": "outside", "enlarge": True}, {"op": "pad", "top": 1}],
    ],
)
def test_variants_that_are_too_large_fail(operations: list[dict[str, object]]) -> None:
    assert failure(images.png(20, 40), operations).code == "output_limit"


def test_a_source_too_wide_for_a_result_can_be_cropped() -> None:
    wide = images.png(9000, 4)
    for operations in ([], [{"op": "grayscale"}]):
        failed = failure(wide, operations)
        assert failed.code == "output_limit"
        # The message contains the operation that helps, as JSON.
        remedy = json.loads(failed.message[failed.message.index("{") : failed.message.index("}") + 1])
        assert image(wide, [remedy, *operations]).size == (8192, 4)
    assert image(wide, [{"op": "crop", "width": 100, "height": 4}]).size == (100, 4)
    assert image(wide, [{"op": "resize", "width": 8192}]).size == (8192, 4)


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "resize", "width": 50, "height": 40}],
        [{"op": "resize", "width": 50, "height": 40, "fit": "contain", "background": "#123456"}],
        [{"op": "resize", "width": 50, "height": 40, "fit": "inside"}],
        [{"op": "resize", "width": 50, "height": 40, "position": "smart"}],
        [{"op": "crop", "width": 70, "height": 50}],
        [{"op": "trim"}],
        [{"op": "rotate", "angle": 360}],
        [{"op": "flatten", "background": "#123456"}],
        [{"op": "grayscale"}],
        [{"op": "resize", "width": 50}, {"op": "grayscale"}, {"op": "flatten"}],
    ],
    ids=str,
)
def test_a_recipe_applied_to_its_own_result_changes_nothing(operations: list[dict[str, object]]) -> None:
    once = picture(images.encoded(images.photo(90, 60, "RGBA"), "PNG"), operations, {"format": "png"})
    assert picture(once.data, operations, {"format": "png"}).data == once.data


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "avif", "gif", "tiff"])
def test_the_same_recipe_makes_the_same_bytes(name: str) -> None:
    source = images.encoded(images.photo(90, 60, "RGBA"), "PNG")
    operations, output = [{"op": "resize", "width": 50}], {"format": name, "colors": 32}
    assert picture(source, operations, output) == picture(source, operations, output)


def test_quality_and_effort_change_the_bytes() -> None:
    data = images.encoded(images.photo(200, 150), "PNG")
    for name in ("jpeg", "webp", "avif"):
        low = picture(data, [], {"format": name, "quality": 20})
        high = picture(data, [], {"format": name, "quality": 90})
        assert len(low.data) < len(high.data)
    quick = picture(data, [], {"format": "png", "effort": 0})
    thorough = picture(data, [], {"format": "png", "effort": 9})
    assert len(thorough.data) < len(quick.data)


@pytest.mark.parametrize("name", ["webp", "avif"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_lossless_variant_has_the_same_visible_pixels(name: str, mode: str) -> None:
    source = images.photo(60, 40, mode)
    shown = image(images.encoded(source, "PNG"), [], {"format": name, "lossless": True})
    difference = max(
        abs(a - b) for a, b in zip(shown.convert("RGBa").tobytes(), source.convert("RGBa").tobytes(), strict=True)
    )
    assert difference <= (0 if name == "webp" else 3)


def test_a_progressive_jpeg_can_be_requested() -> None:
    made = picture(images.jpeg(64, 64), [], {"format": "jpeg", "progressive": True})
    assert images.opened(made.data).info.get("progressive")
