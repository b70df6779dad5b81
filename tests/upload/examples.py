"""Example jobs in their states."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from darkroom import clock
from darkroom.formats import ImageFormat
from darkroom.jobs import (
    Cost,
    Fault,
    Job,
    JobStatus,
    ObjectRef,
    VariantResult,
    VariantState,
    VariantStatus,
    new_job_id,
    parts_of,
    unsettled,
)
from darkroom.object_keys import manifest_key
from darkroom.recipes import load_presets
from darkroom.source_description import SourceDescription

PRESETS = load_presets()
CREATED = datetime(2026, 11, 22, 5, 54, 1, 123000, UTC)
DESCRIPTION = SourceDescription(
    format=ImageFormat.JPEG,
    width=640,
    height=480,
    mode="RGB",
    has_alpha=False,
    frames=1,
    orientation=6,
    dpi=(72.0, 72.0),
    icc_profile="sRGB",
    dominant_color="#7a6b51",
    thumbhash="3OcRJYB4d3h/iIeHeEh3eIhw+j2w",
    exif={"Make": "Darkroom", "ISOSpeedRatings": 100},
    has_gps=True,
)


def waiting(**changes: Any) -> Job:
    """Return a job that waits for its original."""
    job_id = new_job_id()
    recipe_name = changes.pop("recipe_name", "thumbnails")
    job = Job(
        job_id=job_id,
        owner="demo",
        recipe_name=recipe_name,
        status=JobStatus.AWAITING_UPLOAD,
        created_at=CREATED,
        updated_at=CREATED,
        filename="cat.jpg",
        content_type="image/jpeg",
        original_key=f"uploads/{job_id}/cat.jpg",
        deadline=clock.now() + timedelta(minutes=5),
        original_bytes=829183,
        original_sha256="5" * 64,
        variants=unsettled(PRESETS[recipe_name]),
    )
    return replace(job, **changes)


def queued(**changes: Any) -> Job:
    """Return a job whose original has arrived."""
    job = waiting(**changes)
    return replace(
        job,
        status=JobStatus.QUEUED,
        original=ObjectRef(key=job.original_key, version_id="v1", etag='"e"', size=829183),
        pending=parts_of(job.variants),
    )


def result(job: Job, name: str) -> VariantState:
    """Return the state of a completed variant."""
    key = f"thumbnails/{name}/{job.job_id}/cat.webp"
    return VariantState(
        status=VariantStatus.COMPLETED,
        result=VariantResult(key=key, format=ImageFormat.WEBP, size=11203, width=64, height=64, sha256="7" * 64),
    )


def settled(job: Job, *names: str) -> Job:
    """Return a job in progress, of which a worker has completed these variants."""
    return replace(
        job,
        status=JobStatus.PROCESSING,
        variants={**job.variants, **{name: result(job, name) for name in names}},
        pending=job.pending - set(names),
    )


def failure(message: str = "It took longer than an image may take.") -> VariantState:
    """Return the state of a failed variant."""
    return VariantState(status=VariantStatus.FAILED, fault=Fault(code="time_limit", message=message))


def completed(*, failed: tuple[str, ...] = (), **changes: Any) -> Job:
    """Return a job that has ended. All variants but the failed ones are completed."""
    job = queued(**changes)
    return replace(
        job,
        status=JobStatus.PARTIALLY_COMPLETED if failed else JobStatus.COMPLETED,
        described=True,
        variants={name: failure() if name in failed else result(job, name) for name in job.variants},
        pending=frozenset(),
        manifest=ObjectRef(key=manifest_key(job.job_id), version_id="v1", etag='"m"', size=2000),
        cost=Cost(cpu_ms=71, bytes_read=829183, bytes_written=65394),
        updated_at=CREATED + timedelta(seconds=1),
        completed_at=CREATED + timedelta(seconds=1),
        deadline=None,
    )
