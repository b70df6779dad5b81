"""The bucket of originals: finds originals and deletes them."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from darkroom.jobs import ObjectRef
from darkroom.object_keys import INCOMING
from darkroom.runtime.aws import translated
from darkroom_orchestrator.storage.versions import Version, delete_versions, list_versions

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
"""Answers of S3 to the HEAD of a missing object, and of a delete marker."""


@dataclass(frozen=True, kw_only=True)
class Original:
    """One version of an object in the bucket of originals."""

    ref: ObjectRef
    content_type: str | None
    """Type that the uploader sent; None if S3 has set its default."""
    last_modified: datetime


class Originals:
    """Finds and deletes originals. All methods raise Unavailable."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self._bucket

    async def find(self, key: str, version_id: str | None = None) -> Original | None:
        """Return the object in this version, by default the latest; None if it does not exist."""
        try:
            with translated("S3"):
                if version_id:
                    head = await self._client.head_object(Bucket=self._bucket, Key=key, VersionId=version_id)
                else:
                    head = await self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in _GONE:
                return None
            raise
        content_type = head.get("ContentType")
        return Original(
            ref=ObjectRef(
                key=key,
                version_id=head.get("VersionId", version_id),
                etag=head["ETag"],
                size=head["ContentLength"],
            ),
            content_type=None if content_type == "binary/octet-stream" else content_type,
            last_modified=head["LastModified"],
        )

    async def delete(self, key: str, pinned: ObjectRef | None) -> None:
        """Delete a job's original. May be repeated.

        A key under `incoming/` is shared: the next drop of the same name is the original of another job. There, only
        the pinned version is deleted. Elsewhere every version is deleted, whether it was accepted or not.
        """
        if key.startswith(f"{INCOMING}/"):
            versions = [Version(key=pinned.key, version_id=pinned.version_id)] if pinned else []
        else:
            versions = [version for version in await self._versions(key) if version.key == key]
        await delete_versions(self._client, self._bucket, versions)

    async def _versions(self, prefix: str) -> list[Version]:
        return await list_versions(self._client, self._bucket, prefix)
