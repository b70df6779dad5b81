"""AVIF: wrong announced sizes, alpha without a size, and side information that libavif refuses."""

import struct
from typing import Any

import pytest
from PIL import Image

from darkroom.errors import ImageError, PixelLimit, TruncatedImage, UndecodableImage
from darkroom.limits import MAX_PIXELS, MAX_TEXT_BYTES
from darkroom_processor.pipeline import Instructions, process
from darkroom_processor.pipeline.containers.boxes import MOST_ENTRIES
from darkroom_processor.pipeline.opening.open_image import open_image
from tests.processor.pipeline.avifs import MARKED, SEEN_THROUGH, SIZE, marked
from tests.processor.pipeline.running import description, image, picture, variant
from tests.support import av1, heif
from tests.support.cpu_limit import within_cpu_limit
from tools.testbed import images

LOOK = Instructions(variants=(variant([]),), describe=True)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("properties", [(), (heif.nclx(1, 13),)])
def test_alpha_without_a_size_has_that_of_its_image(properties: tuple[bytes, ...], wide: object) -> None:
    data = heif.with_alpha(SEEN_THROUGH, of_alpha=properties, wide=bool(wide))
    expected = images.opened(heif.with_alpha(SEEN_THROUGH, of_alpha=(heif.ispe(*SIZE),)))
    assert image(data, []).tobytes() == expected.tobytes()


def test_alpha_without_a_size_is_written_with_one() -> None:
    made = picture(heif.with_alpha(SEEN_THROUGH), [], {"format": "same", "quality": 100})
    assert images.opened(made.data).mode == "RGBA"


def refused(data: bytes) -> ImageError:
    """Return the error for a file."""
    with within_cpu_limit(), pytest.raises(ImageError) as caught:
        process(data, LOOK)
    return caught.value


@pytest.mark.parametrize("size", [(64, 47), (65, 48), (32, 24), (1, 1), (7000, 7000), (0, 0)])
def test_a_file_that_announces_another_size_is_refused(size: tuple[int, int]) -> None:
    data = heif.File(items=(MARKED.item(1, heif.ispe(*size)),)).written()
    error = refused(data)
    assert isinstance(error, UndecodableImage)
    assert (
        error.message == f"The file announces {size[0]} × {size[1]} pixels, but its coded picture has 64 × 48 pixels."
    )


def lying(stream: bytes, size: tuple[int, int] = SIZE, **of_item: Any) -> bytes:
    """Return a file that announces a small image and contains these headers."""
    item = heif.Item(number=1, data=stream, properties=(MARKED.config, MARKED.pixi, heif.ispe(*size)), **of_item)
    return heif.File(items=(item,)).written()


TOO_LARGE = (10_000, 5_001)


@pytest.mark.parametrize(
    "stream",
    [
        av1.sequence(*TOO_LARGE),
        av1.sequence(*TOO_LARGE, still=False),
        av1.sequence(*SIZE) + av1.unit(2, b"") + av1.sequence(*TOO_LARGE),
        av1.sequence(*SIZE, still=False) + av1.sized_frame(*TOO_LARGE),
    ],
    ids=["still", "moving", "second header", "frame"],
)
def test_coded_pixels_are_limited_whatever_size_is_announced(stream: bytes) -> None:
    assert isinstance(refused(lying(stream)), PixelLimit)
    half = len(stream) // 2
    assert isinstance(refused(lying(stream, extents=((0, half), (half, len(stream))))), PixelLimit)
    assert isinstance(refused(lying(stream, in_idat=True)), PixelLimit)


def test_an_image_that_announces_too_many_pixels_is_refused() -> None:
    assert isinstance(refused(lying(av1.sequence(*SIZE), TOO_LARGE)), PixelLimit)


@pytest.mark.parametrize("number", [2, 3])
def test_pixels_of_auxiliary_images_are_limited(number: int) -> None:
    hidden = heif.Item(
        number=number, data=av1.sequence(*TOO_LARGE), properties=(MARKED.config, heif.ispe(*SIZE), heif.ALPHA)
    )
    data = heif.File(
        items=(MARKED.item(1, heif.ispe(*SIZE)), hidden), references=((b"auxl", 2, (1,)),) if number == 2 else ()
    ).written()
    assert isinstance(refused(data), PixelLimit)


def in_track(data: bytes, width: int, height: int) -> bytes:
    """Return an animation whose track announces this size."""
    at = data.index(b"tkhd") + 4 + 4 + 32 + 52
    return data[:at] + struct.pack(">II", width << 16, height << 16) + data[at + 8 :]


def test_an_animation_that_announces_another_size_is_refused() -> None:
    data = images.animation(64, 48, 3, "AVIF")
    assert isinstance(refused(in_track(data, 128, 96)), UndecodableImage)
    assert isinstance(refused(in_track(data, *TOO_LARGE)), PixelLimit)


def test_pixels_of_every_frame_are_limited() -> None:
    data = images.animation(64, 48, 3, "AVIF")
    lie = av1.sequence(*TOO_LARGE)
    frame = data.rindex(b"\x12\x00")
    assert isinstance(refused(data[: frame + 2] + lie + data[frame + 2 + len(lie) :]), PixelLimit)


TILE = heif.coded(images.marked(64, 64), subsampling="4:4:4")


def grid(
    size: tuple[int, int],
    places: tuple[int, int] = (2, 2),
    *,
    announced: tuple[int, int] | None = None,
    tile: heif.Coded = TILE,
    tile_size: tuple[int, int] = (64, 64),
    tiles: tuple[int, ...] = (10, 11, 12, 13),
    alpha: bool = False,
) -> bytes:
    """Return a grid of tiles in rows and columns: as the image itself, or as the alpha of one."""
    body = struct.pack(">BBBBHH", 0, 0, places[0] - 1, places[1] - 1, *size)
    shown = (heif.ispe(*(announced or size)), *([heif.ALPHA] if alpha else []))
    whole = heif.Item(number=2 if alpha else 1, kind=b"grid", data=body, properties=shown, in_idat=True)
    parts = tuple(tile.item(number, heif.ispe(*tile_size)) for number in sorted(set(tiles)))
    return heif.File(
        items=(*((MARKED.item(1, heif.ispe(*SIZE)),) if alpha else ()), whole, *parts),
        references=((b"dimg", whole.number, tiles), *(((b"auxl", 2, (1,)),) if alpha else ())),
    ).written()


@pytest.mark.parametrize("size", [(128, 128), (100, 65)])
def test_grids_are_assembled_and_cut_to_their_size(size: tuple[int, int]) -> None:
    whole = Image.new("RGB", (128, 128))
    for place in ((0, 0), (64, 0), (0, 64), (64, 64)):
        whole.paste(images.marked(64, 64), place)
    made, expected = image(grid(size), []), whole.crop((0, 0, *size))
    assert made.size == size
    assert all(
        images.nearest_corner(made.getpixel((x, y))) == images.nearest_corner(expected.getpixel((x, y)))
        for x in range(4, size[0], 8)
        for y in range(4, size[1], 8)
    )


@pytest.mark.parametrize(
    "data",
    [
        grid((128, 128), announced=(64, 64)),
        grid((128, 128), announced=(640, 640)),
        grid((256, 256), tile_size=(128, 128)),
        grid((129, 128)),
        grid((64, 128)),
        grid((128, 128), tiles=(10, 10, 10, 10)),
        grid((128, 128), tiles=(10, 11, 12)),
        grid((7040, 7040), places=(110, 110), tiles=(10,) * 9000),
        grid((64, 48), announced=(32, 32), alpha=True),
    ],
    ids=map(str, range(9)),
)
def test_a_grid_of_another_size_than_announced_is_refused(data: bytes) -> None:
    assert isinstance(refused(data), UndecodableImage)


def test_pixels_of_grids_and_of_their_tiles_are_limited() -> None:
    sides = (60_000, 60_000)
    assert isinstance(refused(grid(sides, (256, 256), announced=SIZE)), PixelLimit)
    large = heif.Coded(data=av1.sequence(*TOO_LARGE), config=TILE.config, pixi=TILE.pixi)
    assert isinstance(refused(grid((128, 128), tile=large)), PixelLimit)


def test_the_largest_size_is_accepted() -> None:
    size = (10_000, 5_000)
    assert size[0] * size[1] == MAX_PIXELS
    assert open_image(lying(av1.sequence(*size), size)).stored_size == size


def test_a_file_that_ends_within_its_pixels_is_truncated() -> None:
    data = marked()
    for length in (len(data) - 1, data.index(b"mdat") + 4, data.index(b"mdat") - 20):
        assert isinstance(refused(data[:length]), TruncatedImage)


def test_a_file_without_an_image_is_refused() -> None:
    data = marked()
    for damaged in (data.replace(b"pitm", b"free"), data.replace(b"iloc", b"pitm"), data.replace(b"meta", b"free")):
        assert isinstance(refused(damaged), UndecodableImage)


def with_metadata(kind: bytes, data: bytes, extents: int = 1, count: int = 1) -> bytes:
    """Return an image with blocks of metadata, each of which repeats these bytes."""
    spans = ((0, len(data)),) * extents
    blocks = tuple(
        heif.Item(number=2 + at, kind=kind, data=data, extents=spans, content_type=b"application/rdf+xml")
        for at in range(count)
    )
    return heif.File(
        items=(MARKED.item(1, heif.ispe(*SIZE)), *blocks),
        references=tuple((b"cdsc", block.number, (1,)) for block in blocks),
    ).written()


@pytest.mark.parametrize("kind", [b"Exif", b"mime"])
@pytest.mark.parametrize(("extents", "count"), [(1, 1), (60, 1), (60, 40)])
def test_metadata_over_the_limit_is_left_out(kind: bytes, extents: int, count: int) -> None:
    data = with_metadata(kind, bytes(4) + b"II*\0" + bytes(MAX_TEXT_BYTES // extents), extents, count)
    assert image(data, []).tobytes() == images.opened(marked()).tobytes()


def test_metadata_within_the_limit_is_read() -> None:
    block = Image.Exif()
    block[0x013B] = "Somebody"
    data = with_metadata(b"Exif", bytes(4) + block.tobytes()[6:])
    assert description(data).exif == {"Artist": "Somebody"}


def test_exif_that_the_decoder_refuses_is_left_out() -> None:
    data = with_metadata(b"Exif", b"\xff\xff\xff\xffnonsense")
    assert image(data, []).tobytes() == images.opened(marked()).tobytes()


def test_tables_of_too_many_boxes_are_refused() -> None:
    assert isinstance(refused(marked() + heif.box(b"free") * MOST_ENTRIES), UndecodableImage)
