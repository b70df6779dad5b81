"""Tests originals and their results: orientations, formats, recipes of clients."""

import asyncio
import json

import pytest
from PIL import Image, ImageChops, ImageStat

from darkroom.formats import ImageFormat
from tests.support.api import Api, variants_of
from tests.support.corpus import CORPUS, needs_corpus
from tools.testbed.images import CORNERS, animation, corners, encoded, jpeg, marked, png

SMALL_PNG = json.dumps(
    {
        "variants": [
            {
                "name": "small",
                "operations": [{"op": "resize", "width": 48, "height": 48, "fit": "inside"}],
                "output": {"format": "png"},
            }
        ]
    }
)


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_every_orientation_is_turned_upright(orientation: int, api: Api) -> None:
    job = await api.made(jpeg(64, 40, orientation), SMALL_PNG)
    source = job["source"]
    assert (source["width"], source["height"], source["orientation"]) == (64, 40, orientation)
    picture = (await api.pictures(job))["small"]
    assert picture.size == (48, 30)
    assert corners(picture) == {name: name for name in CORNERS}
    assert not picture.getexif(), "metadata is removed, and the orientation with it"


@needs_corpus
@pytest.mark.parametrize("kind", ["landscape", "portrait"])
async def test_photos_of_every_orientation_give_similar_results(kind: str, api: Api) -> None:
    files = [CORPUS / "orientation" / f"{kind}-{orientation}.jpg" for orientation in range(1, 9)]
    jobs = await asyncio.gather(*(api.made(file.read_bytes(), SMALL_PNG) for file in files))
    first, *others = [(await api.pictures(job))["small"].convert("L") for job in jobs]
    assert (first.width > first.height) == (kind == "landscape")
    assert all(unlike(first, other) < 6 for other in others)


def unlike(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of two grey images, from 0 to 255."""
    assert one.size == other.size
    return float(ImageStat.Stat(ImageChops.difference(one, other)).mean[0])


async def test_every_supported_format_is_read(api: Api) -> None:
    files = {image_format: encoded(marked(64, 48), image_format.value.upper()) for image_format in ImageFormat}
    jobs = await asyncio.gather(*(api.made(data, SMALL_PNG, filename="cat") for data in files.values()))
    for image_format, job in zip(files, jobs, strict=True):
        assert job["status"] == "completed", job
        assert (job["source"]["format"], job["source"]["content_type"]) == (image_format, image_format.media_type)
        assert corners((await api.pictures(job))["small"]) == {name: name for name in CORNERS}


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif", "gif", "tiff"])
async def test_every_supported_format_is_written(kind: str, api: Api) -> None:
    recipe = json.dumps({"variants": [{"name": "out", "output": {"format": kind, "quality": 90}}]})
    job = await api.made(png(64, 48), recipe)
    picture = (await api.pictures(job))["out"]
    assert (picture.format, picture.size) == (kind.upper(), (64, 48))
    assert job["variants"][0]["content_type"] == f"image/{kind}"
    assert corners(picture) == {name: name for name in CORNERS}


async def test_operations_of_a_clients_recipe_are_applied_in_order(api: Api) -> None:
    recipe = {
        "variants": [
            {
                "name": "turned",
                "folder": "mine/turned",
                "operations": [
                    {"op": "crop", "left": 0.5, "width": 0.5, "height": 1, "unit": "fraction"},
                    {"op": "rotate", "angle": 90},
                    {"op": "flop"},
                    {"op": "pad", "left": 10, "background": "#000"},
                ],
                "output": {"format": "png"},
            },
            {"name": "grey", "operations": [{"op": "grayscale"}, {"op": "resize", "width": 20, "fit": "stretch"}]},
        ]
    }
    job = await api.made(png(80, 40), json.dumps(recipe), filename="a b.png")
    assert job["recipe"] == "custom"
    assert list(variants_of(job)) == ["turned", "grey"]
    assert variants_of(job)["turned"]["key"] == f"mine/turned/{job['job_id']}/a-b.png"
    pictures = await api.pictures(job)
    # The right half is 40 × 40: green over blue. Turned right: blue, green. Mirrored: green, blue. Padded on its left.
    turned = pictures["turned"].convert("RGB")
    assert turned.size == (50, 40)
    assert [turned.getpixel((x, 20)) for x in (5, 20, 40)] == [(0, 0, 0), CORNERS["top_right"], CORNERS["bottom_right"]]
    assert pictures["grey"].size == (20, 10)


@pytest.mark.parametrize(("recipe", "frames"), [(SMALL_PNG, 1), ("optimize", 5), ("grayscale", 5)])
async def test_animation_becomes_a_still_image_unless_it_is_kept(recipe: str, frames: int, api: Api) -> None:
    job = await api.made(animation(32, 24, 5), recipe, filename="walk.gif")
    assert job["source"]["frames"] == 5
    (picture,) = (await api.pictures(job)).values()
    assert getattr(picture, "n_frames", 1) == frames


@needs_corpus
async def test_images_of_public_corpora_are_processed(api: Api) -> None:
    files = [path for path in sorted((CORPUS / "formats").iterdir()) if path.is_file()]
    jobs = await asyncio.gather(*(api.made(path.read_bytes(), SMALL_PNG, filename=path.name) for path in files))
    assert {path.name: job["status"] for path, job in zip(files, jobs, strict=True)} == {
        path.name: "completed" for path in files
    }


@needs_corpus
async def test_description_names_the_camera_but_not_the_location(api: Api) -> None:
    cameras = [
        path for path in sorted((CORPUS / "photos").glob("*-*.jpg")) if path.name.startswith(("camera-", "gps-"))
    ]
    jobs = await asyncio.gather(*(api.made(path.read_bytes()) for path in cameras))
    exif = {path.name: job["source"]["exif"] for path, job in zip(cameras, jobs, strict=True)}
    assert exif["camera-canon-40d.jpg"]["Make"] == "Canon"
    assert exif["gps-dscn0010.jpg"]["Make"] == "NIKON"
    assert not [tag for tags in exif.values() for tag in tags if tag.startswith("GPS")]
    assert all(
        job["source"]["has_gps"] for path, job in zip(cameras, jobs, strict=True) if path.name.startswith("gps-")
    )
