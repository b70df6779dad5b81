"""The originals bucket: bytes that stream in, and presigned uploads that pass this service by."""

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
"""The least that S3 takes as a part, but for the last one."""


@dataclass(frozen=True, kw_only=True)
class NewOriginal:
    """An object to come: its key, and what is said of it."""

    key: str
    content_type: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class PresignedPost:
    """A form that a client sends to S3 together with the file."""

    url: str
    fields: dict[str, str]


class Originals:
    """Puts sources into their bucket. `public` signs for the address under which clients reach S3."""

    def __init__(self, client: "S3Client", bucket: str, *, public: "S3Client") -> None:
        self._client = client
        self._bucket = bucket
        self._public = public

    def incoming(self, new: NewOriginal) -> "IncomingOriginal":
        """Begin an object; nothing is sent yet."""
        return IncomingOriginal(self._client, self._bucket, new)

    async def presigned_post(self, new: NewOriginal, *, max_bytes: int, seconds: int) -> PresignedPost:
        """A form with which anyone can put this one object, of at most `max_bytes`, for so many seconds."""
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
    """An object that is written as its bytes come.

    Up to 5 MiB are collected and put at once; more become the parts of a multipart upload. Either way the object
    exists from `finish` on, and memory holds one part.
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
        """Take the next bytes. Returns when they are in memory or with S3; raises Unavailable."""
        self._size += len(data)
        self._buffer += data
        # One byte over a part: what fits into a part exactly may be the whole file.
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
        """Leave no parts behind. What cannot be removed now, the bucket's lifecycle removes within a day."""
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
