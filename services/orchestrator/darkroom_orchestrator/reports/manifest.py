"""The manifest: a document beside a job's results that says what was made, from which original, how and by what.

It depends only on the job as it ends and on the report that ends it, so the same report yields the same bytes.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from darkroom.clock import Moment
from darkroom.jobs import Cost, Fault, Job, JobStatus, VariantState, VariantStatus, VariantWarning
from darkroom.messages import TaskFinished
from darkroom.recipes import Recipe
from darkroom.source_description import SourceDescription


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class ManifestRecipe(_Section):
    """The recipe as it was run, with its defaults."""

    name: str
    version: int | None
    """Version of an owner's preset; None for any other recipe."""
    document: Recipe


class ManifestSource(_Section):
    """The original, and the description of its image."""

    filename: str
    key: str
    version_id: str | None
    bytes: int | None
    sha256: str | None
    """None if the original could not be read."""
    description: SourceDescription | None


class ManifestOutput(_Section):
    """A variant: its result, or why there is none."""

    name: str
    status: VariantStatus
    """How it ended, or `on_request` if it was not requested before the run ended."""
    key: str | None = None
    content_type: str | None = None
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    sha256: str | None = None
    warnings: tuple[VariantWarning, ...] = ()
    """Codes of what the owner should know about the result."""
    error: Fault | None = None

    @classmethod
    def of(cls, name: str, state: VariantState) -> Self:
        """Return the output of a variant."""
        result = state.result
        if result is None:
            return cls(name=name, status=state.status, error=state.fault)
        return cls(
            name=name,
            status=state.status,
            key=result.key,
            content_type=result.format.media_type,
            bytes=result.size,
            width=result.width,
            height=result.height,
            sha256=result.sha256,
            warnings=result.warnings,
        )


class ManifestTimings(_Section):
    """Times of the run that ended."""

    created_at: Moment
    queued_at: Moment | None
    started_at: Moment | None
    """Start of the first task."""
    finished_at: Moment
    """End of the last task."""


class Manifest(_Section):
    """The whole document."""

    version: Literal[1] = 1
    job_id: str
    status: JobStatus
    attempt: int
    recipe: ManifestRecipe
    source: ManifestSource
    outputs: list[ManifestOutput]
    engine: dict[str, str]
    """Versions of the libraries that made the results, by name."""
    timings: ManifestTimings
    cost: Cost
    error: Fault | None

    @classmethod
    def of(cls, job: Job, report: TaskFinished, recipe: Recipe, description: SourceDescription | None) -> Self:
        """Return the manifest of `job`, which is as this report ends it."""
        original = job.original
        return cls(
            job_id=job.job_id,
            status=job.status,
            attempt=job.attempt,
            recipe=ManifestRecipe(name=job.recipe_name, version=job.preset_version, document=recipe),
            source=ManifestSource(
                filename=job.filename,
                key=job.original_key,
                version_id=original.version_id if original else None,
                bytes=original.size if original else job.original_bytes,
                sha256=job.original_sha256,
                description=description,
            ),
            outputs=[ManifestOutput.of(name, state) for name, state in job.variants.items()],
            engine=dict(job.engine),
            timings=ManifestTimings(
                created_at=job.created_at,
                queued_at=job.queued_at,
                started_at=job.started_at,
                finished_at=report.finished_at,
            ),
            cost=job.cost,
            error=job.fault,
        )

    def to_json(self) -> bytes:
        """Return the bytes that are stored."""
        return self.model_dump_json(indent=2).encode()
