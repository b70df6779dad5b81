"""Tests of writing originals to the emulator's S3."""

from uuid import uuid4

import httpx
import pytest
from structlog.testing import capture_logs

from darkroom.errors import Unavailable
from darkroom.intake.incoming_original import PART_BYTES, IncomingOriginal, NewOriginal
from darkroom.runtime.aws import Aws
from darkroom_upload.intake.originals import Originals
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tests.upload.service import RunningService


def new_object() -> NewOriginal:
    return NewOriginal(key=f"uploads/{uuid4()}/cat.jpg", content_type="image/jpeg", metadata={"job-id": "1"}, days=7)


async def parts_of(cloud: Cloud, bucket: str, new: NewOriginal) -> list[int]:
    """Return the sizes of the parts that a multipart upload has."""
    uploads = (await cloud.s3.list_multipart_uploads(Bucket=bucket)).get("Uploads", [])
    for upload in uploads:
        if upload["Key"] == new.key:
            answer = await cloud.s3.list_parts(Bucket=bucket, Key=new.key, UploadId=upload["UploadId"])
            return [part["Size"] for part in answer["Parts"]]
    return []


async def exists(cloud: Cloud, bucket: str, new: NewOriginal) -> bool:
    return (await cloud.s3.list_objects_v2(Bucket=bucket, Prefix=new.key))["KeyCount"] > 0


@pytest.mark.parametrize("size", [1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 5])
async def test_an_object_exists_after_finish(cloud: Cloud, upload: RunningService, size: int) -> None:
    bucket, new = upload.settings.originals_bucket, new_object()
    thing = IncomingOriginal(cloud.s3, bucket, new)
    data = bytes(range(256)) * (size // 256 + 1)
    for start in range(0, size, 700_001):
        await thing.write(data[start : min(start + 700_001, size)])
    assert not await exists(cloud, bucket, new)

    ref = await thing.finish()
    there = await cloud.s3.get_object(Bucket=bucket, Key=new.key)
    assert await there["Body"].read() == data[:size]
    assert (there["ContentType"], there["Metadata"]) == ("image/jpeg", {"job-id": "1"})
    assert (ref.key, ref.size, ref.etag, ref.version_id) == (new.key, size, there["ETag"], there["VersionId"])
    await thing.abort()
    assert await exists(cloud, bucket, new)


async def test_parts_are_sent_as_soon_as_they_are_full(cloud: Cloud, upload: RunningService) -> None:
    bucket, new = upload.settings.originals_bucket, new_object()
    thing = IncomingOriginal(cloud.s3, bucket, new)
    await thing.write(b"x" * PART_BYTES)
    assert await parts_of(cloud, bucket, new) == []
    await thing.write(b"x")
    assert await parts_of(cloud, bucket, new) == [PART_BYTES]
    await thing.write(b"x" * (2 * PART_BYTES))
    assert await parts_of(cloud, bucket, new) == [PART_BYTES] * 3
    await thing.abort()
    assert await parts_of(cloud, bucket, new) == []
    assert not await exists(cloud, bucket, new)


async def test_a_failed_abort_is_only_logged(cloud: Cloud, upload: RunningService) -> None:
    thing = IncomingOriginal(cloud.s3, upload.settings.originals_bucket, new_object())
    await thing.write(b"x" * (PART_BYTES + 1))
    await thing.abort()
    with capture_logs() as logs:
        await thing.abort()
    assert [log["event"] for log in logs] == ["abort_failed"]


async def test_bytes_cannot_be_written_without_s3(upload: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    async with Aws().s3() as client:
        thing = IncomingOriginal(client, upload.settings.originals_bucket, new_object())
        with pytest.raises(Unavailable):
            await thing.write(b"x" * (PART_BYTES + 1))
        await thing.abort()


async def test_an_expired_form_is_refused(cloud: Cloud, upload: RunningService) -> None:
    originals = Originals(cloud.s3, upload.settings.originals_bucket, public=cloud.s3)
    async with httpx.AsyncClient(trust_env=False) as anyone:
        form = await originals.presigned_post(new_object(), max_bytes=100, seconds=4)

        async def refused() -> bool:
            return (await anyone.post(form.url, data=form.fields, files={"file": b"x"})).status_code == 403

        assert not await refused()
        await until(refused)
