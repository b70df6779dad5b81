"""The body of `GET /status/{id}`: a job as clients see it."""

from pathlib import PurePosixPath
from typing import Annotated, Self

from pydantic import Field

from darkroom import clock
from darkroom.formats import ImageFormat
from darkroom.job_details import JobDetails
from darkroom.jobs import Cost, Fault, Job, JobStatus, VariantState, VariantStatus, VariantWarning
from darkroom.source_description import SourceDescription
from darkroom_upload.response_body import ResponseBody
from darkroom_upload.results.result_links import Link, ResultLinks


class ErrorBody(ResponseBody):
    """The reason of a failure: a stable code, and a sentence for people."""

    code: str
    message: str

    @classmethod
    def of(cls, fault: Fault | None) -> Self | None:
        """Return the body of a fault, or None if there is none."""
        return cls(code=fault.code, message=fault.message) if fault else None


class ProgressBody(ResponseBody):
    """How many variants are done, have failed, and exist in total."""

    done: int
    failed: int
    total: int


class SourceBody(ResponseBody):
    """The original's image. Fields but the name are null until they are known. Pixels are counted after orientation."""

    filename: str
    content_type: str | None = None
    """The type of the file's content. Before a presigned upload has arrived, the announced type."""
    bytes: int | None = None
    """The file's size. Before a presigned upload has arrived, the announced size."""
    sha256: str | None = None
    format: ImageFormat | None = None
    width: int | None = None
    height: int | None = None
    mode: str | None = None
    """The pixel layout as stored, such as `RGB`, `L` or `CMYK`."""
    has_alpha: bool | None = None
    frames: int | None = None
    orientation: int | None = None
    """EXIF orientation as stored, 1 to 8."""
    dpi: tuple[float, float] | None = None
    icc_profile: str | None = None
    dominant_color: str | None = None
    thumbhash: str | None = None
    """A preview of some 25 bytes, base64 (https://evanw.github.io/thumbhash/)."""
    exif: dict[str, str | int | float] | None = None
    """Readable tags, never GPS coordinates."""
    has_gps: bool | None = None

    @classmethod
    def of(cls, job: Job, seen: SourceDescription | None) -> Self:
        """Return what is known about a job's source."""
        return cls(
            filename=job.filename,
            content_type=seen.format.media_type if seen else job.content_type,
            bytes=job.original.size if job.original else job.original_bytes,
            sha256=job.original_sha256,
            **(seen.model_dump() if seen else {}),
        )


class VariantWarningBody(ResponseBody):
    """Something about a result that its owner should know."""

    code: VariantWarning
    message: str

    @classmethod
    def of(cls, warning: VariantWarning) -> Self:
        """Return the warning with its sentence."""
        return cls(code=warning, message=warning.message)


class VariantBody(ResponseBody):
    """A variant of the recipe. Until it has a result, most fields are null."""

    name: str
    status: VariantStatus
    content_type: str | None = None
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    sha256: str | None = None
    key: str | None = None
    """Key of the result in the results bucket."""
    url: str | None = None
    """Address of the result, valid for about an hour."""
    warnings: tuple[VariantWarningBody, ...] = ()
    """Things to know about the result, usually none."""
    error: ErrorBody | None = None


class ManifestBody(ResponseBody):
    """The manifest: the document that says what was made of the image, how and with which software."""

    key: str
    """Key of the manifest in the results bucket."""
    url: str
    """Address of the manifest, valid for about an hour."""


class JobBody(ResponseBody):
    """A job."""

    job_id: str
    status: JobStatus
    recipe: str
    """The preset's name, or `custom`."""
    progress: ProgressBody
    created_at: str
    updated_at: str
    completed_at: str | None
    source: SourceBody
    variants: list[VariantBody]
    manifest: ManifestBody | None
    """The manifest of the last run that ended by itself; null before that."""
    cost: Cost
    error: ErrorBody | None
    metadata: Annotated[dict[str, str], Field(default={}, exclude_if=lambda value: not value)]
    """The client's own metadata. Left out if there is none."""


class ReceiptBody(ResponseBody):
    """The part of a job that a caller without the scope `read` may see."""

    job_id: str
    status: JobStatus
    status_url: str
    """The job's status, as a path of this API, for callers with the scope `read`."""

    @classmethod
    def of(cls, job: Job) -> Self:
        """Return the receipt for a job."""
        return cls(job_id=job.job_id, status=job.status, status_url=status_path(job.job_id))


def status_path(job_id: str) -> str:
    """Return the path of a job's status."""
    return f"/status/{job_id}"


async def job_body(job: Job, details: JobDetails, links: ResultLinks) -> JobBody:
    """Return the job as clients see it, with a link to each result."""
    return JobBody(
        job_id=job.job_id,
        status=job.status,
        recipe=job.recipe_name,
        progress=_progress(job),
        created_at=clock.iso(job.created_at),
        updated_at=clock.iso(job.updated_at),
        completed_at=clock.iso(job.completed_at) if job.completed_at else None,
        source=SourceBody.of(job, details.description if job.described else None),
        variants=[await _variant_body(job, name, state, links) for name, state in job.variants.items()],
        manifest=await _manifest_body(job, links),
        cost=job.cost,
        error=ErrorBody.of(job.fault),
        metadata=dict(details.metadata),
    )


def result_link(job: Job, name: str, *, download: bool = False) -> Link | None:
    """Return the link to a variant's result; None if it has none."""
    result = job.variants.get(name, VariantState()).result
    if result is None:
        return None
    stem = PurePosixPath(job.filename).stem
    return Link(key=result.key, filename=f"{stem}-{name}.{result.format.extension}", download=download)


def manifest_link(job: Job, *, download: bool = False) -> Link | None:
    """Return the link to the manifest; None if there is none."""
    if job.manifest is None:
        return None
    return Link(key=job.manifest.key, filename=f"{PurePosixPath(job.filename).stem}-manifest.json", download=download)


async def _manifest_body(job: Job, links: ResultLinks) -> ManifestBody | None:
    link = manifest_link(job)
    return ManifestBody(key=link.key, url=await links.sign(link)) if link else None


async def _variant_body(job: Job, name: str, state: VariantState, links: ResultLinks) -> VariantBody:
    link, result = result_link(job, name), state.result
    if link is None or result is None:
        return VariantBody(name=name, status=state.status, error=ErrorBody.of(state.fault))
    return VariantBody(
        name=name,
        status=state.status,
        content_type=result.format.media_type,
        bytes=result.size,
        width=result.width,
        height=result.height,
        sha256=result.sha256,
        key=result.key,
        url=await links.sign(link),
        warnings=tuple(map(VariantWarningBody.of, result.warnings)),
    )


def _progress(job: Job) -> ProgressBody:
    return ProgressBody(
        done=job.count(VariantStatus.COMPLETED),
        failed=job.count(VariantStatus.FAILED),
        total=len(job.variants),
    )
