"""Drops: files that somebody puts into the bucket of originals. A drop's job is made from the object alone."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from darkroom.file_names import display_name
from darkroom.jobs import Job, JobStatus, NewJob, unsettled
from darkroom.object_keys import OriginalKey, upload_key
from darkroom.recipes import Recipe
from darkroom.tables.find_preset import FoundPreset
from darkroom_orchestrator.storage.originals import Original

START_PERIOD: Final = timedelta(minutes=5)
"""Time after which the sweeper looks at a drop whose start broke off."""

_NO_RECIPE: Final = Recipe(variants=())
"""The recipe of a drop that names an unknown preset. Such a job is refused."""


def drop_id(bucket: str, original: Original) -> str:
    """Return the job's ID: a UUIDv7 of the object's time, whose random bits are a digest of the object's identity.

    S3 may announce an object twice, and both announcements must lead to the same job. The layout is that of RFC 9562,
    section 5.7: 48 bits of milliseconds, 4 of version, 12 free, 2 of variant, 62 free.
    """
    identity = "/".join((bucket, original.ref.key, original.ref.version_id or original.ref.etag))
    free = int.from_bytes(sha256(identity.encode()).digest()[:10], "big")
    bits = int(original.last_modified.timestamp() * 1000) << 80 | free
    bits = bits & ~(0b1111 << 76) | 7 << 76
    bits = bits & ~(0b11 << 62) | 0b10 << 62
    return str(UUID(int=bits))


def dropped_job(
    bucket: str,
    original: Original,
    arrival: OriginalKey,
    *,
    owner: str,
    preset: FoundPreset | None,
    original_days: int,
    now: datetime,
) -> NewJob:
    """Return the job of a drop, which has not been started. If it keeps its original, the drop must be copied.

    `preset` is None if the drop names an unknown one.
    """
    recipe = preset.recipe if preset else _NO_RECIPE
    job_id, kept = drop_id(bucket, original), recipe.keep_original
    job = Job(
        job_id=job_id,
        owner=owner,
        recipe_name=preset.name if preset else display_name(arrival.recipe or ""),
        preset_version=preset.version if preset else None,
        status=JobStatus.AWAITING_UPLOAD,
        # Equal to the time in the ID, so that lists by ID and by creation have one order.
        created_at=original.last_modified,
        updated_at=now,
        filename=arrival.filename,
        content_type=original.content_type,
        original_key=upload_key(job_id, arrival.filename) if kept else original.ref.key,
        original=None if kept else original.ref,
        copied_from=original.ref if kept else None,
        keep_original=kept,
        original_days=original_days,
        deadline=now + START_PERIOD,
        variants=unsettled(recipe),
        published=recipe.publish,
    )
    return NewJob(job=job, recipe=recipe)
