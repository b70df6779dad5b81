"""Finds the originals that jobs have, as long as they exist."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from darkroom.errors import Conflict
from darkroom.jobs import Job, JobStatus, ObjectRef
from darkroom.original_lifetime import gone, is_over
from darkroom.runtime.aws import translated

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
"""Answers of S3 to the HEAD of a missing object, and of a delete marker."""


class StoredOriginals:
    """Looks for originals in their bucket."""

    def __init__(self, client: "S3Client", bucket: str, *, now: Callable[[], datetime]) -> None:
        self._client = client
        self._bucket = bucket
        self._now = now

    async def require(self, job: Job) -> ObjectRef:
        """Return the original of a job. Raises Conflict before it has arrived, OriginalGone afterwards; Unavailable."""
        if job.status is JobStatus.AWAITING_UPLOAD:
            raise Conflict("The original has not arrived yet.")
        original = job.original
        if original is None or is_over(job, self._now()) or not await self._exists(original):
            raise gone(job)
        return original

    async def _exists(self, original: ObjectRef) -> bool:
        try:
            with translated("S3"):
                if original.version_id:
                    await self._client.head_object(Bucket=self._bucket, Key=original.key, VersionId=original.version_id)
                else:
                    await self._client.head_object(Bucket=self._bucket, Key=original.key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in _GONE:
                return False
            raise
        return True
