"""A rewritten image has no more bytes than its source, or a warning; a lossless source stays lossless."""

import io
import struct
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from darkroom.errors import ImageError
from darkroom.jobs import VariantWarning
from darkroom.recipes import load_presets
from darkroom_processor.pipeline import EncodedVariant, Instructions, process
from tests.processor.pipeline.running import failure, picture
from tests.support import bombs, profiles
from tests.support.corpus import corpus_params
from tests.support.file_parts import has_only_pixels
from tests.support.shown_frames import shown
from tools.testbed import images

pytestmark = pytest.mark.slow

OPTIMIZE = load_presets()["optimize"].variants
PHOTO = images.photo(60, 45)
TRANSPARENT = images.photo(60, 45, "RGBA")


def optimized(data: bytes) -> EncodedVariant:
    [made] = process(data, Instructions(variants=OPTIMIZE, describe=False)).outcomes
    assert isinstance(made, EncodedVariant), made
    return made


def saved(image: Image.Image, name: str, **options: Any) -> bytes:
    return images.encoded(image, name, **options)


def moving(name: str, colors: int = 60, **options: Any) -> bytes:
    frames = [TRANSPARENT.rotate(90 * turn).quantize(colors).convert("RGBA") for turn in range(4)]
    return saved(frames[0], name, save_all=True, append_images=frames[1:], duration=[40, 90, 20, 70], **options)


LOSSLESS = {
    **{f"png {bits} bits": saved(PHOTO.convert("L").quantize(2**bits), "PNG", bits=bits) for bits in (1, 2, 4, 8)},
    "png bilevel": saved(PHOTO.convert("1"), "PNG", optimize=True),
    "png of one colour": saved(Image.new("1", (400, 400)), "PNG", optimize=True),
    "png grey": saved(PHOTO.convert("L"), "PNG", optimize=True),
    "png grey and alpha": saved(TRANSPARENT.convert("LA"), "PNG", optimize=True),
    "png of 16 bits": saved(PHOTO.convert("I;16"), "PNG", optimize=True),
    "png": saved(PHOTO, "PNG", optimize=True),
    "png with alpha": saved(TRANSPARENT, "PNG", optimize=True),
    "png with a transparent colour": saved(PHOTO.quantize(9), "PNG", transparency=3, optimize=True),
    "webp": saved(PHOTO, "WEBP", lossless=True, quality=100, method=6),
    "webp with alpha": saved(TRANSPARENT, "WEBP", lossless=True, quality=100, method=6, exact=True),
    "webp, packed badly": saved(PHOTO, "WEBP", lossless=True, quality=0, method=0),
    "gif": saved(PHOTO.quantize(200), "GIF"),
    "gif grey": saved(PHOTO.convert("L"), "GIF"),
    "gif with a transparent colour": saved(TRANSPARENT, "GIF"),
    "gif that moves": moving("GIF", loop=0),
    "png that moves": moving("PNG", loop=2),
    "webp that moves": moving("WEBP", lossless=True, method=6, quality=100, minimize_size=True),
    "avif": saved(PHOTO, "AVIF", quality=100, subsampling="4:4:4"),
    "tiff": saved(PHOTO, "TIFF", compression="tiff_adobe_deflate"),
    "bmp": saved(PHOTO, "BMP"),
    "ppm": saved(PHOTO, "PPM"),
}
LOSSY = {
    **{
        f"{name} at {quality}": saved(PHOTO, name, quality=quality)
        for name in ("JPEG", "WEBP")
        for quality in (1, 30, 95)
    },
    "progressive": saved(PHOTO, "JPEG", quality=20, progressive=True, optimize=True),
    "jpeg of 4:4:4": saved(PHOTO, "JPEG", quality=20, subsampling=0, restart_marker_rows=1),
    "jpeg grey": saved(PHOTO.convert("L"), "JPEG", quality=20),
    "webp with alpha at 10": saved(TRANSPARENT, "WEBP", quality=10),
    **{f"AVIF at {quality}": saved(PHOTO, "AVIF", quality=quality, speed=9) for quality in (1, 30, 90)},
    "avif with alpha at 10": saved(TRANSPARENT, "AVIF", quality=10),
    "avif that moves": moving("AVIF", quality=30),
    "webp that moves at 5": moving("WEBP", quality=5),
}


@pytest.mark.parametrize("name", LOSSLESS)
def test_a_lossless_source_stays_lossless_in_no_more_bytes(name: str) -> None:
    made = optimized(LOSSLESS[name])
    assert len(made.data) <= len(LOSSLESS[name])
    assert made.warnings == ()
    assert shown(made.data) == shown(LOSSLESS[name])
    assert has_only_pixels(made.data)


@pytest.mark.parametrize("name", LOSSY)
def test_a_lossy_source_takes_no_more_bytes(name: str) -> None:
    made = optimized(LOSSY[name])
    assert len(made.data) <= len(LOSSY[name])
    assert made.warnings == ()
    assert has_only_pixels(made.data)


@pytest.mark.parametrize("name", ["JPEG at 1", "WEBP at 1", "WEBP at 30", "webp with alpha at 10", "AVIF at 30"])
def test_coded_data_are_copied_if_no_encoder_makes_them_smaller(name: str) -> None:
    assert shown(optimized(LOSSY[name]).data) == shown(LOSSY[name])


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_copied_data_get_the_metadata_that_the_recipe_keeps(name: str) -> None:
    exif = Image.Exif()
    exif[0x013B], exif[0x010F], exif[0x0112] = "the artist", "the camera", 1
    wide, xmp = profiles.rgb_profile(), b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>told</x:xmpmeta>"
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", xmp)
    attached = {"exif": exif, "icc_profile": wide, "xmp": xmp, "pnginfo": texts}
    source = saved(PHOTO.quantize(2) if name == "PNG" else PHOTO, name, quality=1, **attached)
    for keep, expected in {"icc": (wide, None, None), "all": (wide, "the camera", xmp)}.items():
        made = picture(source, [], {"format": "same", "quality": 1, "effort": 0, "keep_metadata": keep})
        opened = images.opened(made.data)
        found = opened.info.get("icc_profile"), opened.getexif().get(0x010F), opened.info.get("xmp")
        assert found == expected
        assert shown(made.data) == shown(source)
        assert len(made.data) <= len(source)


def test_coded_data_are_not_copied_if_colours_are_converted() -> None:
    source = saved(PHOTO, "JPEG", quality=30, icc_profile=profiles.rgb_profile())
    made = optimized(source)
    assert "icc_profile" not in images.opened(made.data).info
    assert shown(made.data) != shown(source)


def test_an_srgb_profile_is_dropped_without_loss() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    source = saved(PHOTO.convert("P"), "PNG", icc_profile=profile)
    made = optimized(source)
    assert shown(made.data) == shown(source)
    assert "icc_profile" not in images.opened(made.data).info


def test_coded_data_are_not_copied_if_numbers_state_other_colours() -> None:
    plain = saved(PHOTO, "PNG")
    linear = plain[:33] + bombs.chunk(b"gAMA", struct.pack(">I", 100_000)) + plain[33:]
    assert shown(optimized(linear).data) != shown(plain)
    wide = bytearray(saved(PHOTO, "AVIF", quality=30))
    at = wide.index(b"nclx") + 4
    wide[at : at + 2] = (12).to_bytes(2, "big")
    assert shown(optimized(bytes(wide)).data) != shown(bytes(wide))


def test_a_large_lossless_webp_stays_lossless() -> None:
    large = images.photo(600, 480).resize((3600, 2880), Image.Resampling.NEAREST)
    turned = Image.Exif()
    turned[0x0112] = 3
    data, upright = (saved(image, "WEBP", lossless=True, quality=0, method=0) for image in (large, large.rotate(180)))
    assert shown(optimized(data).data) == shown(data)
    lying = saved(large, "WEBP", lossless=True, quality=0, method=0, exif=turned)
    assert shown(optimized(lying).data) == shown(upright)


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_source_with_an_orientation_is_turned_and_may_grow(orientation: int) -> None:
    data = images.jpeg(64, 48, orientation, quality=1)
    made = optimized(data)
    assert images.corners(images.opened(made.data)) == {corner: corner for corner in images.CORNERS}
    assert made.warnings == ((VariantWarning.LARGER_THAN_SOURCE,) if len(made.data) > len(data) else ())


def test_a_result_that_is_larger_than_its_source_has_a_warning() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    data = saved(PHOTO, "WEBP", quality=1, exif=exif)
    made = picture(data, [], {"format": "same", "quality": 80})
    assert len(made.data) > len(data)
    assert made.warnings == (VariantWarning.LARGER_THAN_SOURCE,)


def test_a_variant_with_operations_has_no_warning_when_it_is_larger() -> None:
    data = images.jpeg(40, 24, quality=5)
    for operations, output in (([{"op": "resize", "width": 400, "enlarge": True}], "same"), ([], "png")):
        made = picture(data, operations, {"format": output, "effort": 0})
        assert len(made.data) > len(data)
        assert made.warnings == ()


def test_copied_data_may_satisfy_max_bytes() -> None:
    source = saved(PHOTO, "WEBP", lossless=True, quality=100, method=6)
    assert shown(picture(source, [], {"max_bytes": len(source), "format": "same"}).data) == shown(source)
    assert len(picture(source, [], {"max_bytes": len(source) // 4, "format": "same"}).data) <= len(source) // 4
    assert failure(source, [], {"max_bytes": 100, "format": "same"}).code == "output_limit"


def test_a_requested_palette_may_lose_colours() -> None:
    source = saved(PHOTO.quantize(64), "PNG")
    assert len(images.opened(picture(source, [], {"format": "same", "colors": 8}).data).getcolors() or ()) <= 8
    assert shown(picture(source, [], {"format": "same", "colors": 64}).data) == shown(source)


@pytest.mark.parametrize("name", ["GIF", "PNG", "WEBP"])
def test_the_first_frame_takes_no_more_bytes_than_the_animation(name: str) -> None:
    options = {"lossless": True} if name == "WEBP" else {}
    source = moving(name, **options)
    made = picture(source, [], {"format": "same"})
    assert shown(made.data) == shown(source)[:1]
    assert len(made.data) <= len(source)


@pytest.mark.parametrize("path", corpus_params("formats/**/*.*"))
def test_no_file_of_the_corpus_grows_without_a_reason(path: Path) -> None:
    data = path.read_bytes()
    try:
        [made] = process(data, Instructions(variants=OPTIMIZE, describe=False)).outcomes
    except ImageError:
        return
    assert isinstance(made, EncodedVariant)
    assert len(made.data) <= len(data) or made.warnings == (VariantWarning.LARGER_THAN_SOURCE,)
    if path.suffix == ".png":
        with Image.open(io.BytesIO(data)) as image:
            plain = not {"icc_profile", "gamma"} & set(image.info)
        assert not plain or shown(made.data) == shown(data)
