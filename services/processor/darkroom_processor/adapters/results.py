"""Writes pictures into the results bucket, and reads those that watermarks are made of."""

from base64 import b64encode
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError, FlexibleChecksumError, IncompleteReadError

from darkroom.errors import Unavailable
from darkroom.jobs import VariantResult
from darkroom.limits import MAX_OVERLAY_BYTES
from darkroom.runtime.aws import error_code, translated
from darkroom_processor.pipeline import EncodedVariant

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_CACHE_CONTROL: Final = "public, max-age=31536000, immutable"
"""A year, and never asked again: a key holds what one job made, and a job runs over one source."""


class Results:
    """The results bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    async def put(self, picture: EncodedVariant, *, key_stem: str, job_id: str) -> VariantResult:
        """Store a picture under `key_stem` and its format's extension; S3 checks that it arrives unchanged.

        A picture that was stored before is replaced by its like. Raises Unavailable.
        """
        key = f"{key_stem}.{picture.format.extension}"
        with translated("S3"):
            await self._s3.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=picture.data,
                ContentType=picture.format.media_type,
                CacheControl=_CACHE_CONTROL,
                ChecksumSHA256=b64encode(bytes.fromhex(picture.sha256)).decode(),
                Metadata={"job-id": job_id, "variant": picture.name},
            )
        return VariantResult(
            key=key,
            format=picture.format,
            size=len(picture.data),
            width=picture.width,
            height=picture.height,
            sha256=picture.sha256,
            warnings=picture.warnings,
        )

    async def fetch(self, key: str) -> bytes | None:
        """A picture for a watermark; None when it is not there, or is larger than one may be. Raises Unavailable."""
        with translated("S3"):
            try:
                answer = await self._s3.get_object(Bucket=self._bucket, Key=key)
                async with answer["Body"]:
                    return await answer["Body"].read() if answer["ContentLength"] <= MAX_OVERLAY_BYTES else None
            except (FlexibleChecksumError, IncompleteReadError) as error:
                raise Unavailable("S3 sent other bytes than it holds.") from error
            except ClientError as error:
                if error_code(error) == "NoSuchKey":
                    return None
                raise
