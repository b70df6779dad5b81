"""Writing results to S3, and reading those that are overlays."""

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

DATA = b"the bytes of an image"
ENCODED = EncodedVariant(
    name="small", format=ImageFormat.JPEG, data=DATA, width=3, height=2, sha256=hashlib.sha256(DATA).hexdigest()
)


async def test_a_result_is_stored_with_the_headers_that_browsers_need(cloud: Cloud, installation: Installation) -> None:
    bucket = installation.topology.results.name
    result = await Results(cloud.s3, bucket).put(ENCODED, key_stem="small/job/cat", job_id="job")
    assert result.model_dump() == {
        "key": "small/job/cat.jpg",
        "format": "jpeg",
        "size": len(DATA),
        "width": 3,
        "height": 2,
        "sha256": ENCODED.sha256,
    }
    stored = await cloud.s3.get_object(Bucket=bucket, Key=result.key)
    async with stored["Body"] as body:
        assert await body.read() == DATA
    assert stored["ContentType"] == "image/jpeg"
    assert stored["CacheControl"] == "public, max-age=31536000, immutable"
    assert stored["Metadata"] == {"job-id": "job", "variant": "small"}


async def test_an_unreachable_s3_raises_unavailable(cloud: Cloud) -> None:
    async with Aws().s3(endpoint_url="http://127.0.0.1:9") as s3:
        results = Results(s3, "bucket")
        calls = results.put(ENCODED, key_stem="stem", job_id="job"), results.fetch("stem.jpg")
        errors = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(error) for error in errors] == [Unavailable, Unavailable]


async def test_a_result_can_be_read_until_it_is_deleted(cloud: Cloud, installation: Installation) -> None:
    bucket = installation.topology.results.name
    results = Results(cloud.s3, bucket)
    result = await results.put(ENCODED, key_stem="small/job/dog", job_id="job")
    assert await results.fetch(result.key) == DATA
    await cloud.s3.delete_object(Bucket=bucket, Key=result.key)
    assert await results.fetch(result.key) is None
    assert await results.fetch("small/nobody/dog.jpg") is None


async def test_a_result_too_large_for_an_overlay_is_not_read(cloud: Cloud, installation: Installation) -> None:
    bucket = installation.topology.results.name
    await cloud.s3.put_object(Bucket=bucket, Key="large.tiff", Body=bytes(MAX_OVERLAY_BYTES + 1))
    assert await Results(cloud.s3, bucket).fetch("large.tiff") is None
