"""Reads originals from their bucket."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError, FlexibleChecksumError, IncompleteReadError

from darkroom.errors import MemoryLimit, SourceGone, Unavailable
from darkroom.jobs import ObjectRef
from darkroom.limits import HIGHEST_UPLOAD_BYTES
from darkroom.runtime.aws import error_code, translated

if TYPE_CHECKING:
    from aiobotocore.response import StreamingBody
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import GetObjectOutputTypeDef, GetObjectRequestTypeDef

_GONE: Final = frozenset({"404", "412", "MethodNotAllowed", "NoSuchKey", "NoSuchVersion", "PreconditionFailed"})
"""Error codes for an object that was deleted or replaced. S3 answers MethodNotAllowed for a delete marker."""

_CHUNK_BYTES: Final = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class FetchedOriginal:
    """The bytes of an original, and their SHA-256 in hexadecimal."""

    data: bytearray
    sha256: str


class Originals:
    """The originals bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    async def fetch(self, ref: ObjectRef) -> FetchedOriginal:
        """Read exactly the version that was accepted.

        Raises SourceGone when it was deleted or replaced, MemoryLimit when it has more than HIGHEST_UPLOAD_BYTES, and
        Unavailable when S3 does not answer or the connection breaks.
        """
        with translated("S3"):
            try:
                answer = await self._s3.get_object(**self._request(ref))
                async with answer["Body"]:
                    return await _read(answer["Body"], _size(answer))
            except (FlexibleChecksumError, IncompleteReadError) as error:
                raise Unavailable("S3 sent damaged or too few bytes.") from error
            except ClientError as error:
                if error_code(error) in _GONE:
                    raise SourceGone("The image was deleted or replaced before it was processed.") from error
                raise

    def _request(self, ref: ObjectRef) -> "GetObjectRequestTypeDef":
        request: GetObjectRequestTypeDef = {"Bucket": self._bucket, "Key": ref.key, "IfMatch": ref.etag}
        if ref.version_id is not None:
            request["VersionId"] = ref.version_id
        return request


def _size(answer: "GetObjectOutputTypeDef") -> int:
    size = answer["ContentLength"]
    if size > HIGHEST_UPLOAD_BYTES:
        raise MemoryLimit(f"The file has {size} bytes. At most {HIGHEST_UPLOAD_BYTES} can be processed.")
    return size


async def _read(body: "StreamingBody", size: int) -> FetchedOriginal:
    """Read the body into one buffer, without a second copy of it, and hash it on the way."""
    data = bytearray(size)
    digest = hashlib.sha256()
    filled = 0
    async for chunk in body.iter_chunks(_CHUNK_BYTES):
        data[filled : filled + len(chunk)] = chunk
        filled += len(chunk)
        digest.update(chunk)
    return FetchedOriginal(data=data, sha256=digest.hexdigest())
