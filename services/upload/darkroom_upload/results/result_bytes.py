"""Reads results from their bucket, piece by piece."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from darkroom.errors import NotFound
from darkroom.jobs import VariantResult
from darkroom.runtime.aws import error_code, translated

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_GONE: Final = frozenset({"404", "NoSuchKey"})
_PIECE_BYTES: Final = 1024 * 1024


class ResultBytes:
    """Reads the bytes of results that pass through this service."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    async def require(self, results: Iterable[VariantResult]) -> None:
        """Raise NotFound if one of the results has been deleted. Raises Unavailable."""
        await asyncio.gather(*(self._require(result.key) for result in results))

    async def pieces(self, result: VariantResult) -> AsyncIterator[bytes]:
        """Yield a result's bytes, one request for each piece: a slow client holds no connection to S3.

        Raises NotFound if the result is deleted meanwhile, and Unavailable.
        """
        for start in range(0, result.size, _PIECE_BYTES):
            yield await self._piece(result.key, start, min(start + _PIECE_BYTES, result.size))

    async def _piece(self, key: str, start: int, end: int) -> bytes:
        with _found(), translated("S3"):
            answer = await self._s3.get_object(Bucket=self._bucket, Key=key, Range=f"bytes={start}-{end - 1}")
            async with answer["Body"]:
                return await answer["Body"].read()

    async def _require(self, key: str) -> None:
        with _found(), translated("S3"):
            await self._s3.head_object(Bucket=self._bucket, Key=key)


@contextmanager
def _found() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error_code(error) in _GONE:
            raise NotFound("The result has been deleted.") from error
        raise
