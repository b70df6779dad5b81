"""Versions of objects in S3. The buckets are versioned, so an object is gone only when all its versions are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from darkroom.errors import Unavailable
from darkroom.runtime.aws import translated

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_BATCH: Final = 1000
"""The most keys of one DeleteObjects call."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of an object, or one delete marker."""

    key: str
    version_id: str | None
    """None in a bucket without versions."""
    is_marker: bool = False
    is_current: bool = False
    """Whether a request without a version ID finds this one."""


async def list_versions(s3: "S3Client", bucket: str, prefix: str) -> list[Version]:
    """Return all versions and delete markers whose key begins with the prefix. Raises Unavailable."""
    found: list[Version] = []
    with translated("S3"):
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
        async for page in pages:
            for is_marker, entries in (False, page.get("Versions", [])), (True, page.get("DeleteMarkers", [])):
                found += [
                    Version(
                        key=entry["Key"],
                        version_id=entry["VersionId"],
                        is_marker=is_marker,
                        is_current=entry["IsLatest"],
                    )
                    for entry in entries
                ]
    return found


async def mark_deleted(s3: "S3Client", bucket: str, keys: Sequence[str]) -> None:
    """Hide each of these objects by a delete marker. Raises Unavailable."""
    await delete_versions(s3, bucket, [Version(key=key, version_id=None) for key in keys])


async def delete_versions(s3: "S3Client", bucket: str, versions: Sequence[Version]) -> None:
    """Delete versions for good. Versions that are gone already are no error. Raises Unavailable."""
    for start in range(0, len(versions), _BATCH):
        with translated("S3"):
            answer = await s3.delete_objects(
                Bucket=bucket,
                Delete={
                    "Objects": [
                        {"Key": version.key, "VersionId": version.version_id}
                        if version.version_id
                        else {"Key": version.key}
                        for version in versions[start : start + _BATCH]
                    ],
                    "Quiet": True,
                },
            )
        if answer.get("Errors"):
            raise Unavailable(f"S3 did not delete {len(answer['Errors'])} objects.")
