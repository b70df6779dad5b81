"""Public copies: the results of published jobs under `public/`, which everybody may read."""

import asyncio
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from botocore.exceptions import ClientError

from darkroom.jobs import Job, VariantResult
from darkroom.object_keys import public_prefix
from darkroom.public_copies import public_copies
from darkroom.runtime.aws import error_code, translated
from darkroom_orchestrator.storage.versions import Version, delete_versions, list_versions, mark_deleted

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

CACHE_CONTROL: Final = "public, max-age=31536000, immutable"
"""Caches may keep a copy for a year: the bytes at a public address never change while the job is published."""
_AT_ONCE: Final = 8
"""Copies of one job that are made at the same time."""


class PublicCopies:
    """Makes and removes public copies, in the bucket of results. All methods raise Unavailable."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    async def make(self, job: Job) -> None:
        """Copy each result of the job that has no copy yet. May be repeated.

        A copy that exists stays as it is, so its address never has a gap. A result that is gone is left out.
        """
        existing = await self._existing(job.job_id) if job.public_bytes else frozenset[str]()
        turns = asyncio.Semaphore(_AT_ONCE)

        async def make_in_turn(key: str, result: VariantResult) -> None:
            async with turns:
                await self._copy(key, result)

        try:
            async with asyncio.TaskGroup() as group:
                for key, result in public_copies(job).items():
                    if key not in existing:
                        group.create_task(make_in_turn(key, result))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors

    async def remove(self, job_id: str) -> list[Version]:
        """Delete all copies of the job in all versions. Return what was found, including delete markers.

        Each key gets a marker first: S3 replicates markers to another region, but not the deletion of a version. A
        marker is also the trace of a copy whose removal was interrupted.
        """
        found = await list_versions(self._client, self._bucket, public_prefix(job_id))
        versions = [version for version in found if not version.is_marker]
        await mark_deleted(self._client, self._bucket, sorted({one.key for one in versions if one.is_current}))
        await delete_versions(self._client, self._bucket, versions)
        return found

    async def _existing(self, job_id: str) -> frozenset[str]:
        with translated("S3"):
            answer = await self._client.list_objects_v2(Bucket=self._bucket, Prefix=public_prefix(job_id))
        return frozenset(entry["Key"] for entry in answer.get("Contents", []))

    async def _copy(self, key: str, result: VariantResult) -> None:
        """Copy a result. The copy has no file name and no metadata of the job: everybody could read them."""
        try:
            with translated("S3"):
                await self._client.copy_object(
                    Bucket=self._bucket,
                    Key=key,
                    CopySource=quote(f"{self._bucket}/{result.key}", safe="/"),
                    MetadataDirective="REPLACE",
                    ContentType=result.format.media_type,
                    ContentDisposition="inline",
                    CacheControl=CACHE_CONTROL,
                )
        except ClientError as error:
            # The job is being deleted, or somebody has deleted the result itself.
            if error_code(error) != "NoSuchKey":
                raise
