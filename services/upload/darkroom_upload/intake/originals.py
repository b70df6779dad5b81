"""The originals bucket: originals that stream through this service, and forms for uploads straight to S3."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from darkroom.errors import DarkroomError
from darkroom.jobs import ObjectRef
from darkroom.runtime.aws import translated
from darkroom.runtime.logs import get_logger

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_LOG = get_logger(__name__)

PART_BYTES: Final = 5 * 1024 * 1024
"""The smallest part that S3 accepts, except for the last one."""


@dataclass(frozen=True, kw_only=True)
class NewOriginal:
    """The key and metadata of an object that is to be written."""

    key: str
    content_type: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class PresignedPost:
    """A form that a client sends to S3 together with the file."""

    url: str
    fields: dict[str, str]


class Originals:
    """Writes originals, and signs forms for them. `public` is a client for the address at which clients reach S3."""

    def __init__(self, client: "S3Client", bucket: str, *, public: "S3Client") -> None:
        self._client = client
        self._bucket = bucket
        self._public = public

    def incoming(self, new: NewOriginal) -> "IncomingOriginal":
        """Begin an object. Nothing is sent yet."""
        return IncomingOriginal(self._client, self._bucket, new)

    async def presigned_post(self, new: NewOriginal, *, max_bytes: int, seconds: int) -> PresignedPost:
        """Sign a form with which anyone can put this one object, of at most `max_bytes`, for some seconds."""
        fields = {
            "Content-Type": new.content_type,
            **{f"x-amz-meta-{name}": value for name, value in new.metadata.items()},
        }
        post = await self._public.generate_presigned_post(
            Bucket=self._bucket,
            Key=new.key,
            Fields=dict(fields),
            Conditions=[*({name: value} for name, value in fields.items()), ["content-length-range", 1, max_bytes]],
            ExpiresIn=seconds,
        )
        return PresignedPost(url=post["url"], fields=post["fields"])


class IncomingOriginal:
    """An object that is written as its bytes arrive.

    A file of up to 5 MiB is put at once. A larger one becomes a multipart upload. In both cases the object exists from
    `finish` on, and memory holds one part.
    """

    def __init__(self, client: "S3Client", bucket: str, new: NewOriginal) -> None:
        self._client = client
        self._bucket = bucket
        self._new = new
        self._size = 0
        self._buffer = bytearray()
        self._upload_id: str | None = None
        self._etags: list[str] = []

    async def write(self, data: bytes) -> None:
        """Write the next bytes: return when they are in memory or in S3. Raises Unavailable."""
        self._size += len(data)
        self._buffer += data
        # Send a part only if another byte follows it: a part that is full may be the whole file.
        while len(self._buffer) > PART_BYTES:
            await self._send_part(PART_BYTES)

    async def finish(self) -> ObjectRef:
        """Make the object exist. Raises Unavailable."""
        if self._upload_id is None:
            return await self._put()
        await self._send_part(len(self._buffer))
        with translated("S3"):
            answer = await self._client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=self._new.key,
                UploadId=self._upload_id,
                MultipartUpload={
                    "Parts": [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(self._etags, start=1)]
                },
            )
        self._upload_id = None
        return self._ref(answer["ETag"], answer.get("VersionId"))

    async def abort(self) -> None:
        """Remove the parts. If that fails, the bucket's lifecycle removes them within a day."""
        self._buffer.clear()
        if self._upload_id is not None:
            await asyncio.shield(self._abort(self._upload_id))

    async def _abort(self, upload_id: str) -> None:
        try:
            with translated("S3"):
                await self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._new.key, UploadId=upload_id)
        except (DarkroomError, ClientError, BotoCoreError) as error:
            _LOG.warning("abort_failed", exc_info=error)

    async def _put(self) -> ObjectRef:
        with translated("S3"):
            answer = await self._client.put_object(
                Bucket=self._bucket,
                Key=self._new.key,
                Body=bytes(self._buffer),
                ContentType=self._new.content_type,
                Metadata=self._new.metadata,
            )
        return self._ref(answer["ETag"], answer.get("VersionId"))

    async def _send_part(self, size: int) -> None:
        with translated("S3"):
            if self._upload_id is None:
                answer = await self._client.create_multipart_upload(
                    Bucket=self._bucket,
                    Key=self._new.key,
                    ContentType=self._new.content_type,
                    Metadata=self._new.metadata,
                )
                self._upload_id = answer["UploadId"]
            body = bytes(memoryview(self._buffer)[:size])
            del self._buffer[:size]
            part = await self._client.upload_part(
                Bucket=self._bucket,
                Key=self._new.key,
                UploadId=self._upload_id,
                PartNumber=len(self._etags) + 1,
                Body=body,
            )
        self._etags.append(part["ETag"])

    def _ref(self, etag: str, version_id: str | None) -> ObjectRef:
        return ObjectRef(key=self._new.key, version_id=version_id, etag=etag, size=self._size)
