"""Whatever recipe validates, on whatever small picture: a picture comes out, or a reason why not."""

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from darkroom import errors
from darkroom.recipes import Variant
from darkroom_processor.pipeline import Failure, Work, process
from tests.support import images, recipes

CODES = {kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.ImageError)}


def exif() -> Image.Exif:
    block = Image.Exif()
    block[ExifTags.Base.Orientation] = 8
    block[ExifTags.Base.Artist] = "A"
    return block


SOURCES = {
    "one pixel": images.encoded(Image.new("RGBA", (1, 1), (9, 8, 7, 6)), "PNG"),
    "one column": images.encoded(images.photo(1, 300), "PNG"),
    "one row": images.jpeg(300, 1),
    "photo": images.encoded(images.photo(157, 93), "JPEG", exif=exif()),
    "transparent": images.encoded(images.photo(64, 80, "RGBA"), "WEBP"),
    "grey": images.encoded(images.photo(90, 33, "L"), "PNG"),
    "grey and transparent": images.encoded(images.photo(33, 90, "LA"), "PNG"),
    "palette": images.encoded(images.photo(50, 50).quantize(9), "GIF"),
    "animation": images.animation(40, 30, 4),
    "cmyk": images.encoded(images.photo(40, 30).convert("CMYK"), "TIFF"),
    "invisible": images.encoded(Image.new("RGBA", (20, 20)), "PNG"),
}


OVERLAYS = {recipes.LOGO: images.encoded(images.photo(41, 67, "RGBA"), "WEBP")}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(SOURCES)), recipes.variants)
def test_no_recipe_crashes_the_pipeline(source: str, variant: Variant) -> None:
    began = time.process_time()
    outcome = process(SOURCES[source], Work(variants=(variant,), describe=False, overlays=OVERLAYS)).outcomes[0]
    if isinstance(outcome, Failure):
        assert outcome.code in CODES
    else:
        assert images.opened(outcome.data).size == (outcome.width, outcome.height)
    assert time.process_time() - began < 10
