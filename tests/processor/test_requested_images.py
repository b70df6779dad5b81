"""Requested images: made in the same way as the variants of a task, and reported with their request."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from darkroom import clock
from darkroom.jobs import ObjectRef
from darkroom.messages import ImageMade, MakeImage, TaskVariant
from darkroom.recipes import Variant
from darkroom_local.installation import Installation
from darkroom_processor.sandbox.pool import ChildPool
from tests.processor.tasks import stored
from tests.processor.workers import SMALL, sent, worker
from tests.support.emulator import Cloud
from tests.support.memory_queue import MemoryQueue
from tools.testbed.images import jpeg, opened

JOB_ID = "01a20269-be1a-72d5-936e-7dc20e02262e"


@pytest_asyncio.fixture(scope="module")
async def pool() -> AsyncIterator[ChildPool]:
    """One real child."""
    async with ChildPool(1) as pool:
        yield pool


def wanted(original: ObjectRef, *, seconds: float = 60, most_pixels: int = 10_000) -> MakeImage:
    """Return the command to make a small image, for which somebody waits for `seconds`."""
    return MakeImage(
        job_id=JOB_ID,
        request_id=f"{JOB_ID}#preview#one",
        token="try-1",
        owner="demo",
        original=original,
        until=clock.now() + timedelta(seconds=seconds),
        variants=(TaskVariant(variant=Variant.model_validate(SMALL), key_stem=f"previews/{JOB_ID}/one"),),
        most_bytes=1_000_000,
        most_pixels=most_pixels,
    )


async def made(cloud: Cloud, installation: Installation, pool: ChildPool, image: MakeImage) -> ImageMade:
    """Make the image and return the only report."""
    reports = MemoryQueue()
    await worker(cloud, installation, pool, reports).make(image)
    (report,) = await sent(reports)
    assert isinstance(report, ImageMade)
    assert (report.job_id, report.request_id, report.token) == (image.job_id, image.request_id, image.token)
    assert report.key_stem == image.key_stem
    return report


async def test_a_requested_image_is_stored_and_reported(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    data = jpeg(120, 80)
    report = await made(cloud, installation, pool, wanted(await stored(cloud, installation, data)))
    result = report.outcome.result
    assert result is not None
    assert (result.key, result.width, result.height) == (f"previews/{JOB_ID}/one.webp", 32, 32)
    answer = await cloud.s3.get_object(Bucket=installation.topology.results.name, Key=result.key)
    async with answer["Body"] as body:
        assert opened(await body.read()).size == (32, 32)
    assert report.cost.bytes_read == len(data)
    assert report.cost.bytes_written == result.size
    assert report.cost.cpu_ms > 0


async def test_an_image_for_which_nobody_waits_any_more_is_not_made(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    original = await stored(cloud, installation, jpeg(20, 20))
    report = await made(cloud, installation, pool, wanted(original, seconds=-1))
    assert report.outcome.fault is not None
    assert report.outcome.fault.code == "unavailable"
    listing = await cloud.s3.list_objects_v2(Bucket=installation.topology.results.name)
    assert listing["KeyCount"] == 0


async def test_an_image_with_too_many_pixels_is_refused_before_it_is_encoded(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    original = await stored(cloud, installation, jpeg(120, 80))
    report = await made(cloud, installation, pool, wanted(original, most_pixels=1023))
    assert report.outcome.fault is not None
    assert report.outcome.fault.code == "output_limit"
    assert "1024 pixels in all frames together. The limit is 1023." in report.outcome.fault.message


async def test_the_original_of_a_requested_image_may_be_gone(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    original = await stored(cloud, installation, jpeg(20, 20))
    await cloud.s3.delete_object(
        Bucket=installation.topology.originals.name, Key=original.key, VersionId=original.version_id or "null"
    )
    report = await made(cloud, installation, pool, wanted(original))
    assert report.outcome.fault is not None
    assert report.outcome.fault.code == "source_gone"
