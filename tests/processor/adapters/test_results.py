"""Writing pictures to S3, and reading those that watermarks are made of."""

import asyncio
import hashlib

from darkroom.errors import Unavailable
from darkroom.formats import ImageFormat
from darkroom.limits import MAX_OVERLAY_BYTES
from darkroom.runtime.aws import Aws
from darkroom_local.installation import Installation
from darkroom_processor.adapters.results import Results
from darkroom_processor.pipeline import EncodedVariant
from tests.support.emulator import Cloud

DATA = b"the bytes of a picture"
PICTURE = EncodedVariant(
    name="small", format=ImageFormat.JPEG, data=DATA, width=3, height=2, sha256=hashlib.sha256(DATA).hexdigest()
)


async def test_a_picture_is_stored_with_all_that_a_browser_needs(cloud: Cloud, installation: Installation) -> None:
    bucket = installation.topology.results.name
    result = await Results(cloud.s3, bucket).put(PICTURE, key_stem="small/job/cat", job_id="job")
    assert result.model_dump() == {
        "key": "small/job/cat.jpg",
        "format": "jpeg",
        "size": len(DATA),
        "width": 3,
        "height": 2,
        "sha256": PICTURE.sha256,
    }
    stored = await cloud.s3.get_object(Bucket=bucket, Key=result.key)
    async with stored["Body"] as body:
        assert await body.read() == DATA
    assert stored["ContentType"] == "image/jpeg"
    assert stored["CacheControl"] == "public, max-age=31536000, immutable"
    assert stored["Metadata"] == {"job-id": "job", "variant": "small"}


async def test_s3_that_is_not_there_is_worth_another_try(cloud: Cloud) -> None:
    async with Aws().s3(endpoint_url="http://127.0.0.1:9") as s3:
        results = Results(s3, "bucket")
        calls = results.put(PICTURE, key_stem="stem", job_id="job"), results.fetch("stem.jpg")
        errors = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(error) for error in errors] == [Unavailable, Unavailable]


async def test_a_picture_can_be_read_again_until_it_is_deleted(cloud: Cloud, installation: Installation) -> None:
    bucket = installation.topology.results.name
    results = Results(cloud.s3, bucket)
    result = await results.put(PICTURE, key_stem="small/job/dog", job_id="job")
    assert await results.fetch(result.key) == DATA
    await cloud.s3.delete_object(Bucket=bucket, Key=result.key)
    assert await results.fetch(result.key) is None
    assert await results.fetch("small/nobody/dog.jpg") is None


async def test_a_picture_too_large_for_a_watermark_is_not_read(cloud: Cloud, installation: Installation) -> None:
    bucket = installation.topology.results.name
    await cloud.s3.put_object(Bucket=bucket, Key="large.tiff", Body=bytes(MAX_OVERLAY_BYTES + 1))
    assert await Results(cloud.s3, bucket).fetch("large.tiff") is None
