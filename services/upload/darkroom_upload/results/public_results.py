"""Reads public copies of results from their bucket, piece by piece. No table is asked: what is there is public."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from botocore.exceptions import ClientError

from darkroom.errors import NotFound
from darkroom.formats import ImageFormat
from darkroom.object_keys import public_key
from darkroom.runtime.aws import error_code, translated

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

PIECE_BYTES: Final = 256 * 1024
"""Bytes of one request to S3. Most results are not larger. A slow client holds no connection to S3."""

_NAME: Final = re.compile(r"(?P<variant>[a-z0-9][a-z0-9._-]{0,63})\.(?P<extension>[a-z0-9]+)")
"""A variant's name may have dots. An extension has none, so each file name is read in one way."""
_EXTENSIONS: Final = frozenset(each.extension for each in ImageFormat)
_GONE: Final = frozenset({"404", "NoSuchKey", "412", "PreconditionFailed"})


@dataclass(frozen=True, kw_only=True)
class PublicAddress:
    """The parts of a public address that can exist."""

    job_id: str
    variant: str
    extension: str

    @property
    def key(self) -> str:
        """The key of the copy."""
        return public_key(self.job_id, self.variant, self.extension)


@dataclass(frozen=True, kw_only=True)
class PublicCopy:
    """A public copy, and its first piece."""

    key: str
    media_type: str
    etag: str
    """Strong, with its quotation marks."""
    disposition: str
    size: int
    """Bytes of the whole copy."""
    first: bytes


def read_address(job_id: str, filename: str) -> PublicAddress | None:
    """Return the parts of a public address; None for an address that no copy can have."""
    name = _NAME.fullmatch(filename)
    if name is None or name["extension"] not in _EXTENSIONS or not _is_job_id(job_id):
        return None
    return PublicAddress(job_id=job_id, variant=name["variant"], extension=name["extension"])


class PublicResults:
    """Reads public copies. All methods raise Unavailable."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    async def find(self, address: PublicAddress) -> PublicCopy | None:
        """Return the copy at this address with its first piece, or None if there is none."""
        with translated("S3"):
            try:
                answer = await self._get(address.key, 0, PIECE_BYTES)
            except ClientError as error:
                if error_code(error) in _GONE:
                    return None
                raise
            async with answer["Body"]:
                first = await answer["Body"].read()
        return PublicCopy(
            key=address.key,
            media_type=answer["ContentType"],
            etag=answer["ETag"],
            disposition=answer.get("ContentDisposition", "inline"),
            size=int(answer["ContentRange"].rpartition("/")[2]),
            first=first,
        )

    async def pieces(self, copy: PublicCopy, start: int, end: int) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` to before `end`. Raises NotFound if the copy is withdrawn meanwhile."""
        if start < len(copy.first):
            yield copy.first[start:end]
            start = len(copy.first)
        for begin in range(start, end, PIECE_BYTES):
            with _found(), translated("S3"):
                answer = await self._get(copy.key, begin, min(begin + PIECE_BYTES, end), IfMatch=copy.etag)
                async with answer["Body"]:
                    piece = await answer["Body"].read()
            yield piece

    async def _get(self, key: str, start: int, end: int, **conditions: Any) -> Any:
        span = f"bytes={start}-{end - 1}"
        return await self._s3.get_object(Bucket=self._bucket, Key=key, Range=span, **conditions)


@contextmanager
def _found() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error_code(error) in _GONE:
            raise NotFound("The result is no longer public.") from error
        raise


def _is_job_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
