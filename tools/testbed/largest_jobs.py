"""Makes jobs as large as they can be: with the longest names, and the most of everything that is accepted."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from darkroom import clock
from darkroom.file_names import display_name
from darkroom.formats import ImageFormat
from darkroom.job_details import DeliveryAttempt, JobDetails
from darkroom.jobs import (
    SOURCE_PART,
    Cost,
    Job,
    JobSlots,
    JobStatus,
    NewJob,
    ObjectRef,
    SlotState,
    Thumbnail,
    VariantResult,
    VariantState,
    VariantStatus,
    VariantWarning,
    new_job_id,
    unsettled,
)
from darkroom.object_keys import manifest_key, result_stem, upload_key
from darkroom.recipes import Recipe, Variant, Watermark
from darkroom.source_description import SourceDescription

_NAME: Final = 64
_FOLDER: Final = 128


def largest_recipe(variants: int) -> Recipe:
    """Return a recipe of this many variants, with the longest names, and about as long as a recipe may be."""
    texts = tuple(Watermark(op="watermark", text="x" * 100) for _ in range(2))
    return Recipe(
        variants=tuple(
            Variant(name=f"{number:0>{_NAME}}", folder=f"{number:f>{_FOLDER}}", operations=texts)
            for number in range(variants)
        )
    )


def largest_job(variants: int, *, owner: str = "o" * 64) -> tuple[NewJob, JobDetails]:
    """Return a job of this many variants that has completed all of them, and its details."""
    recipe, job_id, now = largest_recipe(variants), new_job_id(), clock.parse(clock.iso(clock.now()))
    filename = display_name("W" * 200 + ".jpeg")
    key, etag = upload_key(job_id, filename), f'"{"e" * 32}"'
    source = ObjectRef(key=key, version_id="v" * 32, etag=etag, size=99_999_999)
    job = Job(
        job_id=job_id,
        owner=owner,
        recipe_name="r" * _NAME,
        status=JobStatus.COMPLETED,
        created_at=now,
        updated_at=now,
        filename=filename,
        content_type="image/x-portable-graymap",
        original_key=source.key,
        deadline=None,
        original=source,
        original_bytes=source.size,
        original_sha256="5" * 64,
        described=True,
        thumbnail=Thumbnail(width=320, height=320, size=99_999),
        variants={
            variant.name: VariantState(
                status=VariantStatus.COMPLETED,
                result=VariantResult(
                    key=f"{result_stem(variant.result_folder, job_id, filename)}.webp",
                    format=ImageFormat.WEBP,
                    size=99_999_999,
                    width=8192,
                    height=8192,
                    sha256="7" * 64,
                    warnings=(VariantWarning.LARGER_THAN_SOURCE,),
                ),
            )
            for variant in recipe.variants
        },
        cost=Cost(cpu_ms=640_000, bytes_read=99_999_999, bytes_written=2**31),
        queued_at=now,
        started_at=now,
        completed_at=now,
        worker="w" * 64,
        engine={f"library-{number}": "13.0.0.post1" for number in range(8)},
        manifest=ObjectRef(key=manifest_key(job_id), version_id="v" * 32, etag=etag, size=99_999),
        redrives=5,
        callback_url="https://example.com/" + "c" * 2028,
        charged_to=f"usage#{'k' * 64}#2026-11-22",
    )
    attempts = tuple(
        DeliveryAttempt(
            event_id=new_job_id(), at=now + timedelta(seconds=number), number=1, status=500, duration_ms=10_000
        )
        for number in range(20)
    )
    details = JobDetails(
        metadata={f"{number:0>64}": "ä" * 256 for number in range(16)},
        description=SourceDescription(
            format=ImageFormat.JPEG,
            width=8000,
            height=6000,
            mode="RGB",
            has_alpha=False,
            frames=1,
            orientation=1,
            dominant_color="#7a6b51",
            thumbhash="3OcRJYB4d3h/iIeHeEh3eIhw+j2w",
            exif={f"Tag{number}": "e" * 256 for number in range(64)},
            has_gps=True,
        ),
        deliveries=attempts,
    )
    return NewJob(job=job, recipe=recipe, metadata=details.metadata), details


def waiting_for_all(new: NewJob) -> Job:
    """Return the same job while all of its parts are pending."""
    variants = unsettled(new.recipe)
    slots = JobSlots(state=SlotState.WAITING, count=32)
    return replace(new.job, variants=variants, pending=frozenset({SOURCE_PART, *variants}), slots=slots)
