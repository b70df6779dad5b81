"""Only the image of a source is written: checked on the bytes of every format."""

import pytest
from PIL import Image

from darkroom_processor.pipeline import EncodedVariant, Instructions, process
from tests.processor.pipeline.running import variant
from tests.support.file_parts import has_only_pixels
from tests.support.metadata_samples import FORMATS, SECRET, exif, with_metadata
from tools.testbed import images

WRITTEN = ["jpeg", "png", "webp", "avif", "gif", "tiff"]
STEPS = {
    "as it is": [],
    "smaller": [{"op": "resize", "width": 16}],
    "turned": [{"op": "rotate", "angle": 90}],
    "cut out": [{"op": "round", "radius": 5}],
}
VARIANTS = tuple(
    variant(
        steps,
        {"format": name, "frames": frames, "progressive": frames == "all"},
        f"{name} {number} {frames}".replace(" ", "-"),
    )
    for name in [*WRITTEN, "same"]
    for number, steps in enumerate(STEPS.values())
    for frames in (1, "all")
)


@pytest.mark.parametrize("source", FORMATS)
def test_only_the_image_is_written(source: str) -> None:
    data = with_metadata(source)
    assert SECRET in data
    for made in process(data, Instructions(variants=VARIANTS, describe=False)).outcomes:
        assert isinstance(made, EncodedVariant), made
        assert SECRET not in made.data, made.name
        assert has_only_pixels(made.data), made.name


@pytest.mark.parametrize("name", WRITTEN)
def test_hidden_bytes_in_a_file_are_noticed_by_this_test(name: str) -> None:
    options = {"comment": SECRET} if name == "gif" else {"exif": exif()}
    assert has_only_pixels(images.encoded(images.marked(32, 24), name.upper()))
    assert not has_only_pixels(images.encoded(images.marked(32, 24), name.upper(), **options))
    with pytest.raises(Exception, match=r"after the end|buffer"):
        has_only_pixels(images.encoded(Image.new("RGB", (32, 24)), name.upper()) + SECRET)
