"""Writes an original to S3 as its bytes arrive: in parts, within bounded memory."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypedDict
from urllib.parse import urlencode

from botocore.exceptions import BotoCoreError, ClientError

from darkroom.errors import DarkroomError, Unavailable
from darkroom.jobs import ObjectRef
from darkroom.original_lifetime import expiry_tag
from darkroom.runtime.aws import translated
from darkroom.runtime.logs import get_logger

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_LOG = get_logger(__name__)

PART_BYTES: Final = 5 * 1024 * 1024
"""The smallest part that S3 accepts, except for the last one."""


_EXISTS: Final = "PreconditionFailed"
_BEING_WRITTEN: Final = "ConditionalRequestConflict"
"""Codes with which S3 refuses a write that must not replace an object."""


class ObjectExists(Exception):
    """The key has an object already, and it must not be replaced. A lost answer to the same write looks so too."""


class _OnlyNew(TypedDict, total=False):
    """The argument of a write that must not replace an object."""

    IfNoneMatch: str


@dataclass(frozen=True, kw_only=True)
class NewOriginal:
    """An object that is to be written. It expires: the orchestrator changes that for a job that keeps its original."""

    key: str
    content_type: str
    metadata: Mapping[str, str]
    days: int
    """Days until it expires."""

    @property
    def tagging(self) -> str:
        """The tag by which it expires, as a header."""
        return urlencode(expiry_tag(self.days))

    @property
    def tagging_field(self) -> str:
        """The same as a field of a form, for which S3 expects XML."""
        tags = "".join(
            f"<Tag><Key>{name}</Key><Value>{value}</Value></Tag>" for name, value in expiry_tag(self.days).items()
        )
        return f"<Tagging><TagSet>{tags}</TagSet></Tagging>"


class IncomingOriginal:
    """An object that is written as its bytes arrive.

    A file of up to 5 MiB is put at once. A larger one becomes a multipart upload. In both cases the object exists from
    `finish` on, and memory holds one part.
    """

    def __init__(self, client: "S3Client", bucket: str, new: NewOriginal, *, replaces: bool = True) -> None:
        """`replaces` says whether the object becomes a new version if the key has an object already."""
        self._client = client
        self._bucket = bucket
        self._new = new
        self._condition: _OnlyNew = {} if replaces else {"IfNoneMatch": "*"}
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
        """Make the object exist. Raises ObjectExists and Unavailable."""
        if self._upload_id is None:
            return await self._put()
        await self._send_part(len(self._buffer))
        with translated("S3"), _refused_if_it_exists():
            answer = await self._client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=self._new.key,
                UploadId=self._upload_id,
                MultipartUpload={
                    "Parts": [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(self._etags, start=1)]
                },
                **self._condition,
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
        with translated("S3"), _refused_if_it_exists():
            answer = await self._client.put_object(
                Bucket=self._bucket,
                Key=self._new.key,
                Body=bytes(self._buffer),
                ContentType=self._new.content_type,
                Metadata=self._new.metadata,
                Tagging=self._new.tagging,
                **self._condition,
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
                    Tagging=self._new.tagging,
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


@contextmanager
def _refused_if_it_exists() -> Iterator[None]:
    """Raise ObjectExists if S3 refuses to replace an object, and Unavailable while another write is in progress."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] == _EXISTS:
            raise ObjectExists from error
        if error.response["Error"]["Code"] == _BEING_WRITTEN:
            raise Unavailable("Another request stores this original now. Try again.") from error
        raise
