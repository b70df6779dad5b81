"""Reports as processors send them, for tasks whose variants were made or failed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from darkroom.formats import ImageFormat
from darkroom.jobs import Cost, Fault, VariantOutcome, VariantResult
from darkroom.messages import ImageMade, MakeImage, ProcessTask, TaskFinished, TaskStarted
from darkroom.source_description import SourceDescription

WORKER: Final = "worker-1"
DESCRIPTION: Final = SourceDescription(
    format=ImageFormat.JPEG,
    width=640,
    height=480,
    mode="RGB",
    has_alpha=False,
    frames=1,
    orientation=1,
    dominant_color="#7a6b51",
    thumbhash="1QcSHQRnh493V4dIh4eXh1h4kJUI",
    exif={},
    has_gps=False,
)
SOURCE_SHA256: Final = "5" * 64
ENGINE: Final = {"pillow": "13.0.0"}
DECODER_FAULT: Final = Fault(code="undecodable_image", message="No decoder can read the file.")


def started(task: ProcessTask, *, worker: str = WORKER) -> TaskStarted:
    """Return the report that a task has started."""
    return TaskStarted(job_id=task.job_id, attempt=task.attempt, task=task.task, worker=worker, started_at=task_began())


def task_began() -> datetime:
    """Return the time at which tasks start in tests."""
    return datetime(2035, 11, 22, 11, 59, 59, 750_000, tzinfo=UTC)


def finished(task: ProcessTask, *, failed: Mapping[str, Fault] | None = None) -> TaskFinished:
    """Return the report of a task whose variants were made, except those in `failed`."""
    failed = failed or {}
    return TaskFinished(
        job_id=task.job_id,
        attempt=task.attempt,
        task=task.task,
        worker=WORKER,
        described=task.describe,
        description=DESCRIPTION if task.describe else None,
        outcomes=tuple(
            VariantOutcome(name=name, fault=failed[name])
            if name in failed
            else VariantOutcome(name=name, result=result(f"{planned.key_stem}.webp"))
            for planned in task.variants
            for name in [planned.variant.name]
        ),
        original_sha256=SOURCE_SHA256,
        engine=ENGINE,
        cost=Cost(cpu_ms=10, bytes_read=1000, bytes_written=100),
        started_at=task_began(),
        finished_at=datetime(2035, 11, 22, 12, 0, 1, tzinfo=UTC),
    )


def undecodable(task: ProcessTask) -> TaskFinished:
    """Return the report of a task whose original no decoder can read."""
    report = finished(task, failed={planned.variant.name: DECODER_FAULT for planned in task.variants})
    return report.model_copy(update={"description": None, "fault": DECODER_FAULT})


def image_made(image: MakeImage, fault: Fault | None = None) -> ImageMade:
    """Return the report that a requested image was made, or failed with this fault."""
    outcome = VariantOutcome(
        name=image.variants[0].variant.name,
        result=None if fault else result(f"{image.key_stem}.webp"),
        fault=fault,
    )
    return ImageMade(
        job_id=image.job_id,
        request_id=image.request_id,
        token=image.token,
        key_stem=image.key_stem,
        outcome=outcome,
        cost=Cost(cpu_ms=10, bytes_read=1000, bytes_written=9),
    )


def result(key: str) -> VariantResult:
    """Return a result with this key."""
    return VariantResult(key=key, format=ImageFormat.WEBP, size=9, width=64, height=64, sha256="0" * 64)
