"""Writes results and thumbnails into their bucket, and reads those results that watermarks draw."""

from base64 import b64encode
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError, FlexibleChecksumError, IncompleteReadError

from darkroom.errors import Unavailable
from darkroom.jobs import Thumbnail, VariantResult
from darkroom.limits import MAX_OVERLAY_BYTES
from darkroom.planner.thumbnail import THUMBNAIL_FORMAT
from darkroom.runtime.aws import error_code, translated
from darkroom_processor.pipeline import EncodedThumbnail, EncodedVariant

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_CACHE_CONTROL: Final = "public, max-age=31536000, immutable"
"""Caches may keep a result for a year without asking again: its key belongs to one job, which has one source."""


class Results:
    """The results bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    async def put(self, encoded: EncodedVariant, *, key_stem: str, job_id: str) -> VariantResult:
        """Store a variant under `key_stem` plus the extension of its format. S3 checks that it arrives unchanged.

        A second try overwrites the result of the first, under the same key. Raises Unavailable.
        """
        key = f"{key_stem}.{encoded.format.extension}"
        with translated("S3"):
            await self._s3.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=encoded.data,
                ContentType=encoded.format.media_type,
                CacheControl=_CACHE_CONTROL,
                ChecksumSHA256=b64encode(bytes.fromhex(encoded.sha256)).decode(),
                Metadata={"job-id": job_id, "variant": encoded.name},
            )
        return VariantResult(
            key=key,
            format=encoded.format,
            size=len(encoded.data),
            width=encoded.width,
            height=encoded.height,
            sha256=encoded.sha256,
            warnings=encoded.warnings,
        )

    async def put_thumbnail(self, encoded: EncodedThumbnail, *, key: str, job_id: str) -> Thumbnail:
        """Store a thumbnail. A second try overwrites it with the same bytes. Raises Unavailable."""
        with translated("S3"):
            await self._s3.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=encoded.data,
                ContentType=THUMBNAIL_FORMAT.media_type,
                CacheControl=_CACHE_CONTROL,
                Metadata={"job-id": job_id},
            )
        return Thumbnail(width=encoded.width, height=encoded.height, size=len(encoded.data))

    async def fetch(self, key: str) -> bytes | None:
        """Return the file of an overlay; None if it is missing or too large (MAX_OVERLAY_BYTES). Raises Unavailable."""
        with translated("S3"):
            try:
                answer = await self._s3.get_object(Bucket=self._bucket, Key=key)
                async with answer["Body"]:
                    return await answer["Body"].read() if answer["ContentLength"] <= MAX_OVERLAY_BYTES else None
            except (FlexibleChecksumError, IncompleteReadError) as error:
                raise Unavailable("S3 sent damaged or too few bytes.") from error
            except ClientError as error:
                if error_code(error) == "NoSuchKey":
                    return None
                raise
