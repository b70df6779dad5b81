"""The bucket of results: stores manifests, finds and deletes objects."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from darkroom.jobs import ObjectRef
from darkroom.object_keys import manifest_key, result_prefix, thumbnail_key
from darkroom.recipes import Recipe
from darkroom.runtime.aws import translated
from darkroom_orchestrator.storage.versions import Version, delete_versions, list_versions, mark_deleted

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class Results:
    """Stores manifests, finds and deletes results and thumbnails. All methods raise Unavailable."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    async def put_manifest(self, job_id: str, document: bytes) -> ObjectRef:
        """Store a job's manifest and return its version."""
        key = manifest_key(job_id)
        with translated("S3"):
            answer = await self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=document,
                ContentType="application/json",
                CacheControl="no-cache",  # A retry of the job stores another one.
                Metadata={"job-id": job_id},
            )
        return ObjectRef(key=key, version_id=answer.get("VersionId"), etag=answer["ETag"], size=len(document))

    async def versions_of(self, keys: Collection[str]) -> list[Version]:
        """Return all versions of these objects, without delete markers."""
        found = await asyncio.gather(*(list_versions(self._client, self._bucket, key) for key in keys))
        return [version for versions in found for version in _written(versions) if version.key in keys]

    async def versions_under(self, prefix: str) -> list[Version]:
        """Return all versions of all objects whose keys begin with the prefix, without delete markers."""
        return list(_written(await list_versions(self._client, self._bucket, prefix)))

    async def delete(self, versions: Sequence[Version], *, given_up: Collection[str]) -> None:
        """Delete these versions. May be repeated.

        `given_up` are keys that will have no object from now on. Each of these gets a delete marker before its current
        version is deleted: S3 replicates markers to another region, but not the deletion of a version. If the process
        dies after the marker, the remaining versions are listed again.
        """
        current = {version.key for version in versions if version.is_current}
        await mark_deleted(self._client, self._bucket, sorted(current & set(given_up)))
        await delete_versions(self._client, self._bucket, versions)

    async def delete_all_of(self, job_id: str, recipe: Recipe) -> None:
        """Delete everything that any attempt of a job with this recipe has stored. May be repeated."""
        prefixes = [result_prefix(variant.result_folder, job_id) for variant in recipe.variants]
        prefixes += [manifest_key(job_id), thumbnail_key(job_id)]
        found = await asyncio.gather(*(list_versions(self._client, self._bucket, prefix) for prefix in prefixes))
        versions = [version for versions in found for version in _written(versions)]
        await self.delete(versions, given_up={version.key for version in versions})

    async def delete_all_under(self, prefix: str) -> None:
        """Delete every version of every object whose key begins with the prefix. May be repeated.

        They leave no markers: what a copy in another region has of them expires there by itself.
        """
        versions = await list_versions(self._client, self._bucket, prefix)
        await delete_versions(self._client, self._bucket, versions)


def _written(versions: Iterable[Version]) -> Iterator[Version]:
    """Leave out the markers, which are not deleted: S3 expires a marker that hides nothing."""
    return (version for version in versions if not version.is_marker)
