"""Files dropped into the bucket: the job that one of them starts, made of nothing but the object itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from darkroom.file_names import display_name
from darkroom.jobs import Job, JobStatus, NewJob, unsettled
from darkroom.object_keys import OriginalKey
from darkroom.recipes import Recipe
from darkroom_orchestrator.storage.originals import Original

START_PERIOD: Final = timedelta(minutes=5)
"""How long until the sweeper looks at a drop whose start was cut short."""

_NO_RECIPE: Final = Recipe(variants=())
"""Stands in the record of a drop that asks for a recipe which is not there; such a job is refused."""


def drop_id(bucket: str, original: Original) -> str:
    """The job's id: a UUIDv7 whose time is the object's and whose random bits are a digest of its identity.

    S3 may announce an object twice, and the second announcement must come to the same job. The layout is that of
    RFC 9562, section 5.7: 48 bits of milliseconds, 4 of version, 12 free, 2 of variant, 62 free.
    """
    identity = "/".join((bucket, original.ref.key, original.ref.version_id or original.ref.etag))
    free = int.from_bytes(sha256(identity.encode()).digest()[:10], "big")
    bits = int(original.last_modified.timestamp() * 1000) << 80 | free
    bits = bits & ~(0b1111 << 76) | 7 << 76
    bits = bits & ~(0b11 << 62) | 0b10 << 62
    return str(UUID(int=bits))


def dropped_job(
    bucket: str, original: Original, arrival: OriginalKey, *, owner: str, presets: Mapping[str, Recipe], now: datetime
) -> NewJob:
    """The job of a dropped file, as yet without a start."""
    name = arrival.recipe or ""
    recipe = presets.get(name, _NO_RECIPE)
    job = Job(
        job_id=drop_id(bucket, original),
        owner=owner,
        recipe_name=display_name(name),
        status=JobStatus.AWAITING_UPLOAD,
        # The time in the id, so that lists by id and by creation agree.
        created_at=original.last_modified,
        updated_at=now,
        filename=arrival.filename,
        content_type=original.content_type,
        source_key=original.ref.key,
        source=original.ref,
        deadline=now + START_PERIOD,
        variants=unsettled(recipe),
    )
    return NewJob(job=job, recipe=recipe)
