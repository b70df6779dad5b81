"""Tests each preset from the upload to the pixels of its results."""

import hashlib
import json

import pytest
from PIL import Image, ImageChops, ImageStat

from darkroom.formats import sniff
from darkroom_local.system import System
from tests.support.api import Api, Job, variants_of
from tests.support.emulator import Cloud
from tools.testbed.images import corners, encoded, jpeg, marked, photo, png

# The corners of the original that are in the top left, top right, bottom right and bottom left after a clockwise turn.
TURNED = {
    "resized": ("top_left", "top_right", "bottom_right", "bottom_left"),
    "90-degree": ("bottom_left", "top_left", "top_right", "bottom_right"),
    "180-degree": ("bottom_right", "bottom_left", "top_left", "top_right"),
    "270-degree": ("top_right", "bottom_right", "bottom_left", "top_left"),
    "360-degree": ("top_left", "top_right", "bottom_right", "bottom_left"),
}


def keys_of(job: Job) -> dict[str, str]:
    """Return the key of each variant, with the job's ID replaced by ID."""
    return {name: variant["key"].replace(job["job_id"], "ID") for name, variant in variants_of(job).items()}


async def check_objects(cloud: Cloud, system: System, api: Api, job: Job) -> dict[str, Image.Image]:
    """Check that the bucket has exactly the results of the status, and return the images."""
    files = await api.files(job)
    for name, variant in variants_of(job).items():
        head = await cloud.s3.head_object(Bucket=system.installation.topology.results.name, Key=variant["key"])
        data = files[name]
        assert (variant["status"], variant["error"]) == ("completed", None)
        assert variant["bytes"] == head["ContentLength"] == len(data)
        assert variant["sha256"] == hashlib.sha256(data).hexdigest()
        image_format = sniff(data)
        assert image_format is not None
        assert variant["content_type"] == head["ContentType"] == image_format.media_type
        assert variant["key"].endswith(f".{image_format.extension}")
        assert head["Metadata"]["job-id"] == job["job_id"]
    pictures = await api.pictures(job)
    sizes = {name: (variant["width"], variant["height"]) for name, variant in variants_of(job).items()}
    assert sizes == {name: picture.size for name, picture in pictures.items()}
    return pictures


async def test_augment_letterboxes_on_white_and_turns_clockwise(cloud: Cloud, system: System, api: Api) -> None:
    job = await api.made(jpeg(400, 300), "augment", filename="my cat.jpeg")
    assert (job["status"], job["progress"]) == ("completed", {"done": 5, "failed": 0, "total": 5})
    assert keys_of(job) == {
        "resized": "processed/ID/my-cat.jpg",
        "90-degree": "augmented-images/90-degree/ID/my-cat.jpg",
        "180-degree": "augmented-images/180-degree/ID/my-cat.jpg",
        "270-degree": "augmented-images/270-degree/ID/my-cat.jpg",
        "360-degree": "augmented-images/360-degree/ID/my-cat.jpg",
    }
    pictures = await check_objects(cloud, system, api, job)
    for name, picture in pictures.items():
        assert (picture.size, picture.format) == ((256, 256), "JPEG")
        # 400 × 300 in 256 × 256: 256 × 192, with 32 pixels of white on two sides.
        bars, inside = [(0, 0, 256, 30), (0, 226, 256, 256)], (0, 34, 256, 222)
        if name in ("90-degree", "270-degree"):
            bars, inside = [(0, 0, 30, 256), (226, 0, 256, 256)], (34, 0, 222, 256)
        assert tuple(corners(picture.crop(inside)).values()) == TURNED[name]
        assert all(is_white(picture.crop(bar)) for bar in bars)


def is_white(picture: Image.Image) -> bool:
    return all(low >= 250 for low, _ in ImageStat.Stat(picture).extrema)


@pytest.mark.parametrize(
    ("data", "filename", "kind", "extension"),
    [(jpeg(60, 40), "cat.JPG", "JPEG", "jpg"), (png(60, 40, "RGBA"), "cat.png", "PNG", "png")],
)
async def test_grayscale_keeps_size_and_format(
    data: bytes, filename: str, kind: str, extension: str, cloud: Cloud, system: System, api: Api
) -> None:
    job = await api.made(data, "grayscale", filename=filename)
    assert keys_of(job) == {"grayscale": f"grayscale/ID/cat.{extension}"}
    (picture,) = (await check_objects(cloud, system, api, job)).values()
    assert (picture.size, picture.format) == ((60, 40), kind)
    red, green, blue = picture.convert("RGB").split()
    assert ImageChops.difference(red, green).getbbox() is None
    assert ImageChops.difference(green, blue).getbbox() is None
    assert len(picture.convert("L").getcolors(256) or ()) > 1


async def test_thumbnails_are_squares_in_webp(cloud: Cloud, system: System, api: Api) -> None:
    job = await api.made(jpeg(600, 300), "thumbnails")
    assert keys_of(job) == {f"square-{side}": f"thumbnails/{side}/ID/cat.webp" for side in (64, 128, 256, 512)}
    for name, picture in (await check_objects(cloud, system, api, job)).items():
        side = int(name.removeprefix("square-"))
        assert (picture.size, picture.format) == ((side, side), "WEBP")
        assert set(corners(picture).values()) == {"top_left", "top_right", "bottom_right", "bottom_left"}


async def test_web_writes_two_formats_and_never_enlarges(cloud: Cloud, system: System, api: Api) -> None:
    job = await api.made(jpeg(700, 350), "web")
    pictures = await check_objects(cloud, system, api, job)
    assert {name: (picture.format, picture.size) for name, picture in pictures.items()} == {
        f"{width}w-{name}": (kind, (min(width, 700), min(width, 700) // 2))
        for width in (320, 640, 1280, 1920)
        for name, kind in (("webp", "WEBP"), ("jpeg", "JPEG"))
    }
    assert keys_of(job)["320w-webp"] == "web/320w-webp/ID/cat.webp"


async def test_optimize_makes_the_same_image_with_fewer_bytes(cloud: Cloud, system: System, api: Api) -> None:
    data = encoded(photo(400, 300), "JPEG", quality=98)
    job = await api.made(data, "optimize")
    (picture,) = (await check_objects(cloud, system, api, job)).values()
    assert (picture.size, picture.format) == ((400, 300), "JPEG")
    assert job["variants"][0]["bytes"] < len(data)
    assert job["cost"]["bytes_read"] == len(data)
    assert job["cost"]["bytes_written"] > job["variants"][0]["bytes"], "the result and the thumbnail"


async def test_metadata_describes_the_original_and_makes_no_result(api: Api) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Camera Maker", 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)
    data = encoded(marked(80, 60), "JPEG", exif=exif.tobytes(), dpi=(300, 300))
    job = await api.made(data, "metadata", filename="Кошка.jpg")
    source = job["source"]
    assert (job["status"], job["variants"], job["progress"]["total"]) == ("completed", [], 0)
    assert source["filename"] == "Кошка.jpg"
    assert (source["format"], source["content_type"], source["mode"]) == ("jpeg", "image/jpeg", "RGB")
    assert (source["width"], source["height"], source["orientation"]) == (60, 80, 6)
    assert (source["bytes"], source["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert (source["has_alpha"], source["frames"], source["dpi"]) == (False, 1, [300, 300])
    assert source["exif"]["Make"] == "Camera Maker"
    assert source["has_gps"]
    assert "52" not in json.dumps(source["exif"]), "coordinates stay private"
    assert source["dominant_color"].startswith("#")
    assert source["thumbhash"]


async def test_default_preset_is_web(api: Api) -> None:
    answer = await api.http.post("/uploads", files={"file": ("cat.jpg", jpeg(40, 30))})
    assert answer.json()["recipe"] == "web"
    await api.ended(answer.json()["job_id"])
