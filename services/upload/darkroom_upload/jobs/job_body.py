"""A job as clients see it: the body of `GET /status/{id}`."""

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
    """Why something failed: a stable code and a sentence for people."""

    code: str
    message: str

    @classmethod
    def of(cls, fault: Fault | None) -> Self | None:
        """The fault, if there is one."""
        return cls(code=fault.code, message=fault.message) if fault else None


class ProgressBody(ResponseBody):
    """Variants by how they ended."""

    done: int
    failed: int
    total: int


class SourceBody(ResponseBody):
    """The source image. All but the name is null until it is known; sizes in pixels are as seen, after orientation."""

    filename: str
    content_type: str | None = None
    """By the file's content; before a presigned upload has arrived, as announced."""
    bytes: int | None = None
    """As announced likewise."""
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
    """Readable tags; GPS coordinates are never among them."""
    has_gps: bool | None = None

    @classmethod
    def of(cls, job: Job, seen: SourceDescription | None) -> Self:
        """What is known of a job's source."""
        return cls(
            filename=job.filename,
            content_type=seen.format.media_type if seen else job.content_type,
            bytes=job.source.size if job.source else job.source_bytes,
            sha256=job.source_sha256,
            **(seen.model_dump() if seen else {}),
        )


class VariantWarningBody(ResponseBody):
    """Something about a picture that its owner should know."""

    code: VariantWarning
    message: str

    @classmethod
    def of(cls, warning: VariantWarning) -> Self:
        """The warning with its sentence."""
        return cls(code=warning, message=warning.message)


class VariantBody(ResponseBody):
    """A picture of the recipe. All but name and status is null until it is there."""

    name: str
    status: VariantStatus
    content_type: str | None = None
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    sha256: str | None = None
    key: str | None = None
    """Of the object in the results bucket."""
    url: str | None = None
    """Where to get it, for about an hour."""
    warnings: tuple[VariantWarningBody, ...] = ()
    """What to know of the picture; usually nothing."""
    error: ErrorBody | None = None


class ManifestBody(ResponseBody):
    """The document that says what was made of what, how and with what."""

    key: str
    """Of the object in the results bucket."""
    url: str
    """Where to get it, for about an hour."""


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
    """Of the last run that came to its end by itself; null before."""
    cost: Cost
    error: ErrorBody | None
    metadata: Annotated[dict[str, str], Field(default={}, exclude_if=lambda value: not value)]
    """The client's own, when it gave any."""


class ReceiptBody(ResponseBody):
    """All that a caller without the scope `read` is told of a job."""

    job_id: str
    status: JobStatus
    status_url: str
    """Where a caller with the scope `read` sees the job; relative to this API."""

    @classmethod
    def of(cls, job: Job) -> Self:
        """The receipt for a job."""
        return cls(job_id=job.job_id, status=job.status, status_url=status_path(job.job_id))


def status_path(job_id: str) -> str:
    """The path of a job's status."""
    return f"/status/{job_id}"


async def job_body(job: Job, details: JobDetails, links: ResultLinks) -> JobBody:
    """The job as clients see it, with a link to each picture that is there."""
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
    """What to link to for a variant; None as long as there is no picture."""
    result = job.variants.get(name, VariantState()).result
    if result is None:
        return None
    stem = PurePosixPath(job.filename).stem
    return Link(key=result.key, filename=f"{stem}-{name}.{result.format.extension}", download=download)


def manifest_link(job: Job, *, download: bool = False) -> Link | None:
    """What to link to for the manifest; None as long as there is none."""
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
