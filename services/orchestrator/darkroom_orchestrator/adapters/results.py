"""The bucket of results, into which the orchestrator puts manifests, and from which it removes."""

import asyncio
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from darkroom.aws import translated
from darkroom.jobs import Job, ObjectRef
from darkroom.keys import manifest_key, result_prefix
from darkroom_orchestrator.adapters.versions import Version, delete_versions, list_versions

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class Results:
    """Writes manifests, finds and deletes results. All methods raise Unavailable."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    async def put_manifest(self, job_id: str, document: bytes) -> ObjectRef:
        """Store a job's manifest, and tell which version of the object it is."""
        key = manifest_key(job_id)
        with translated("S3"):
            answer = await self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=document,
                ContentType="application/json",
                CacheControl="no-cache",  # A retry of the job writes another one.
                Metadata={"job-id": job_id},
            )
        return ObjectRef(key=key, version_id=answer.get("VersionId"), etag=answer["ETag"], size=len(document))

    async def versions_of(self, keys: Collection[str]) -> list[Version]:
        """Every version that these objects have now."""
        found = await asyncio.gather(*(list_versions(self._client, self._bucket, key) for key in keys))
        return [version for versions in found for version in versions if version.key in keys]

    async def delete(self, versions: Sequence[Version]) -> None:
        """Delete these versions. May be done again."""
        await delete_versions(self._client, self._bucket, versions)

    async def delete_all_of(self, job: Job) -> None:
        """Delete whatever was made for a job, in any attempt. May be done again."""
        prefixes = [result_prefix(variant.result_folder, job.job_id) for variant in job.recipe.variants]
        prefixes.append(manifest_key(job.job_id))
        found = await asyncio.gather(*(list_versions(self._client, self._bucket, prefix) for prefix in prefixes))
        await self.delete([version for versions in found for version in versions])
