"""The bucket of originals: finds, copies, writes and deletes originals, and says how long they last."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NotRequired, TypedDict
from urllib.parse import urlencode

from botocore.exceptions import ClientError

from darkroom.intake.incoming_original import IncomingOriginal, NewOriginal
from darkroom.jobs import Job, ObjectRef
from darkroom.object_keys import is_drop
from darkroom.original_lifetime import expiry_tag
from darkroom.runtime.aws import translated
from darkroom_orchestrator.storage.versions import Version, delete_versions, list_versions

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import CopySourceTypeDef, TagTypeDef


class _KeyAndVersion(TypedDict):
    Key: str
    VersionId: NotRequired[str]


_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
"""Answers of S3 about a missing object, and to the HEAD of a delete marker."""
_NO_TYPE: Final = "binary/octet-stream"
"""Type of an object whose uploader sent none."""


@dataclass(frozen=True, kw_only=True)
class Original:
    """One version of an object in the bucket of originals."""

    ref: ObjectRef
    content_type: str | None
    """Type that the uploader sent; None if S3 has set its default."""
    last_modified: datetime


@dataclass(frozen=True, kw_only=True)
class NewCopy:
    """The object that a copy makes."""

    key: str
    job_id: str
    content_type: str | None
    days: int
    """Days until it expires."""


class Originals:
    """Finds, copies, writes and deletes originals. All asynchronous methods raise Unavailable."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self._bucket

    async def keep(self, original: ObjectRef) -> None:
        """Let an original last as long as its job. May be repeated."""
        with translated("S3"), _gone_ignored():
            await self._client.delete_object_tagging(Bucket=self._bucket, **_version_of(original))

    async def let_expire(self, original: ObjectRef, days: int) -> None:
        """Let an original expire some days after it was stored. May be repeated."""
        tags: list[TagTypeDef] = [{"Key": name, "Value": value} for name, value in expiry_tag(days).items()]
        with translated("S3"), _gone_ignored():
            await self._client.put_object_tagging(
                Bucket=self._bucket, **_version_of(original), Tagging={"TagSet": tags}
            )

    async def copy(self, source: ObjectRef, copy: NewCopy) -> Original | None:
        """Copy a version to another key, where it expires. Return None if the version does not exist any more."""
        version: CopySourceTypeDef = {"Bucket": self._bucket, "Key": source.key}
        if source.version_id:
            version["VersionId"] = source.version_id
        try:
            with translated("S3"):
                answer = await self._client.copy_object(
                    Bucket=self._bucket,
                    Key=copy.key,
                    CopySource=version,
                    MetadataDirective="REPLACE",
                    Metadata={"job-id": copy.job_id},
                    ContentType=copy.content_type or _NO_TYPE,
                    TaggingDirective="REPLACE",
                    Tagging=urlencode(expiry_tag(copy.days)),
                )
        except ClientError as error:
            if _is_gone(error):
                return None
            raise
        result = answer["CopyObjectResult"]
        return Original(
            ref=ObjectRef(key=copy.key, version_id=answer.get("VersionId"), etag=result["ETag"], size=source.size),
            content_type=copy.content_type,
            last_modified=result["LastModified"],
        )

    async def find(self, key: str, version_id: str | None = None) -> Original | None:
        """Return the object in this version, by default the latest; None if it does not exist."""
        try:
            with translated("S3"):
                if version_id:
                    head = await self._client.head_object(Bucket=self._bucket, Key=key, VersionId=version_id)
                else:
                    head = await self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if _is_gone(error):
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
            content_type=None if content_type == _NO_TYPE else content_type,
            last_modified=head["LastModified"],
        )

    def incoming(self, job: Job, content_type: str) -> IncomingOriginal:
        """Begin the original of a job that is fetched. It replaces no object. Nothing is sent yet."""
        new = NewOriginal(
            key=job.original_key,
            content_type=content_type,
            metadata={"job-id": job.job_id, "recipe": job.recipe_name},
            days=job.original_days,
        )
        return IncomingOriginal(self._client, self._bucket, new, replaces=False)

    async def delete(self, key: str, pinned: ObjectRef | None) -> None:
        """Delete a job's original. May be repeated.

        A key under `incoming/` is shared: the next drop of the same name is the original of another job. There, only
        the pinned version is deleted. Elsewhere every version is deleted, whether it was accepted or not.
        """
        if is_drop(key):
            versions = [Version(key=pinned.key, version_id=pinned.version_id)] if pinned else []
        else:
            versions = [version for version in await self._versions(key) if version.key == key]
        await delete_versions(self._client, self._bucket, versions)

    async def delete_all_but(self, pinned: ObjectRef) -> None:
        """Delete every other version of the pinned original's key. May be repeated."""
        versions = [version for version in await self._versions(pinned.key) if version.key == pinned.key]
        others = [version for version in versions if version.version_id != pinned.version_id]
        await delete_versions(self._client, self._bucket, others)

    async def _versions(self, prefix: str) -> list[Version]:
        return await list_versions(self._client, self._bucket, prefix)


def _version_of(original: ObjectRef) -> "_KeyAndVersion":
    """Return the arguments of a call that name one version of an object."""
    if original.version_id is None:
        return {"Key": original.key}
    return {"Key": original.key, "VersionId": original.version_id}


def _is_gone(error: ClientError) -> bool:
    return error.response["ResponseMetadata"]["HTTPStatusCode"] in _GONE


@contextmanager
def _gone_ignored() -> Iterator[None]:
    """Ignore that the object does not exist any more."""
    try:
        yield
    except ClientError as error:
        if not _is_gone(error):
            raise
