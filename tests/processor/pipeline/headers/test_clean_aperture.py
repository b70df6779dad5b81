"""AVIFs with a clean aperture."""

import struct

import pytest
from PIL import Image

from darkroom_processor.pipeline.headers.avif import read_header
from tests.processor.pipeline.avifs import PHOTO, SEEN_THROUGH, SIZE, marked
from tests.processor.pipeline.running import description, image, picture
from tests.support import heif
from tools.testbed import images


def cropped(data: bytes, box: tuple[int, int, int, int]) -> Image.Image:
    """Return this box of the picture that Pillow decodes."""
    return images.opened(data).crop(box)


@pytest.mark.parametrize(
    ("clap", "box"),
    [
        (heif.clap(32, 24), (16, 12, 48, 36)),
        (heif.clap(32, 24, -16, -12), (0, 0, 32, 24)),
        (heif.clap(32, 24, 16, 12), (32, 24, 64, 48)),
        (heif.clap(64, 1, 0, -23.5, denominator=2), (0, 0, 64, 1)),
        (heif.clap(1, 48, 31.5, 0, denominator=2), (63, 0, 64, 48)),
        (heif.clap(33, 25, 0.5, -0.5, denominator=2), (16, 11, 49, 36)),
    ],
)
def test_an_avif_is_cropped_to_its_clean_aperture(clap: bytes, box: tuple[int, int, int, int]) -> None:
    data = heif.avif(PHOTO, clap)
    made = image(data, [])
    assert made.size == (box[2] - box[0], box[3] - box[1])
    assert made.tobytes() == cropped(data, box).tobytes()
    told = description(data)
    assert (told.width, told.height) == made.size


@pytest.mark.parametrize(
    "clap",
    [
        heif.clap(64, 48),
        heif.clap(65, 48, 0.5, denominator=2),
        heif.clap(32, 24, 17),
        heif.clap(32, 24, 0, -12.5, denominator=2),
        heif.clap(32.5, 24, denominator=2),
        heif.clap(31, 24),
        heif.clap(0, 24),
        heif.clap(-32, 24),
        heif.clap(2**31 - 1, 2**31 - 1),
        heif.box(b"clap", struct.pack(">8I", 32, 0, 24, 1, 0, 1, 0, 1)),
        heif.box(b"clap", struct.pack(">8i", 32, -1, 24, 1, 0, 1, 0, 1)),
        heif.box(b"clap", struct.pack(">7I", 32, 1, 24, 1, 0, 1, 0)),
    ],
    ids=map(str, range(12)),
)
def test_an_invalid_crop_is_ignored(clap: bytes) -> None:
    assert read_header(marked(clap)).crop is None


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("mirror", [None, 0, 1])
def test_a_picture_is_cropped_before_rotation_and_mirroring(turn: int, mirror: int | None) -> None:
    properties = [heif.clap(32, 24, -16, -12), heif.irot(turn), *([heif.imir(mirror)] if mirror is not None else [])]
    data = heif.avif(PHOTO, *properties)
    expected = cropped(data, (0, 0, 32, 24)).rotate(90 * turn, expand=True)
    if mirror is not None:
        expected = expected.transpose((Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.FLIP_LEFT_RIGHT)[mirror])
    assert image(data, []).tobytes() == expected.tobytes()


def test_operations_are_applied_after_the_crop() -> None:
    data = heif.avif(PHOTO, heif.clap(32, 24, 16, 12))
    crop = {"op": "crop", "left": 2, "top": 3, "width": 10, "height": 8}
    assert image(data, [crop]).tobytes() == cropped(data, (34, 27, 44, 35)).tobytes()


def test_alpha_is_cropped_with_its_picture() -> None:
    data = heif.with_alpha(SEEN_THROUGH, heif.clap(32, 24), of_alpha=(heif.ispe(*SIZE),))
    made = image(data, [])
    assert made.mode == "RGBA"
    assert made.tobytes() == cropped(data, (16, 12, 48, 36)).tobytes()


def test_an_animation_is_cropped_in_all_frames() -> None:
    data = heif.animated(images.animation(64, 48, 4, "AVIF"), heif.clap(32, 24, 8, 2))
    made = images.opened(picture(data, [], {"format": "png", "frames": "all"}).data)
    source = images.opened(data)
    assert (made.size, made.n_frames) == ((32, 24), 4)  # type: ignore[attr-defined]  # An animation has it.
    for number in range(4):
        made.seek(number)
        source.seek(number)
        assert made.convert("RGB").tobytes() == source.crop((24, 14, 56, 38)).tobytes()
