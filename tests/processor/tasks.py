"""Makes originals in the bucket, and tasks for them."""

from typing import Any
from uuid import uuid4

from darkroom.jobs import ObjectRef
from darkroom.messages import ProcessTask, TaskVariant
from darkroom.object_keys import thumbnail_key
from darkroom.recipes import Variant
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud


async def stored(
    cloud: Cloud, installation: Installation, data: bytes, *, key: str = "uploads/one/cat.jpg"
) -> ObjectRef:
    """Store an original and return a reference to exactly this version."""
    answer = await cloud.s3.put_object(Bucket=installation.topology.originals.name, Key=key, Body=data)
    return ObjectRef(key=key, version_id=answer["VersionId"], etag=answer["ETag"], size=len(data))


def task(
    source: ObjectRef,
    variants: list[dict[str, Any]],
    *,
    describe: bool = True,
    thumbnail: bool = False,
    owner: str = "demo",
    most_bytes: int = 64 * 1024**2,
) -> ProcessTask:
    """Return the only task of a new job."""
    job_id = str(uuid4())
    planned = tuple(
        TaskVariant(variant=Variant.model_validate(variant), key_stem=f"{variant['name']}/{job_id}/cat")
        for variant in variants
    )
    return ProcessTask(
        job_id=job_id,
        owner=owner,
        attempt=1,
        task=0,
        original=source,
        describe=describe,
        thumbnail_key=thumbnail_key(job_id) if thumbnail else None,
        variants=planned,
        most_bytes=most_bytes,
    )
