"""The body of `GET /status/{id}`: a job as clients see it."""

from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Any, Self

from pydantic import Field

from darkroom import clock
from darkroom.formats import ImageFormat
from darkroom.job_details import JobDetails
from darkroom.jobs import (
    Cost,
    Fault,
    Job,
    JobStatus,
    Thumbnail,
    VariantResult,
    VariantState,
    VariantStatus,
    VariantWarning,
)
from darkroom.object_keys import public_key, thumbnail_key
from darkroom.original_lifetime import expires_at, is_kept
from darkroom.planner.output_format import requested_format
from darkroom.public_copies import has_public_copies
from darkroom.recipes import CUSTOM
from darkroom.retries import retry_refusal
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
    """How many variants are done, have failed, and exist in total. Variants on request do not count."""

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
    imported_from: Annotated[str | None, Field(exclude_if=lambda host: host is None)] = None
    """The host from which the image was imported. Left out for uploads."""
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
            imported_from=job.imported_from,
            **(seen.model_dump() if seen else {}),
        )


class OriginalBody(ResponseBody):
    """The file that the job reads."""

    url: str
    """Path of this API that leads to the file."""
    bytes: int
    kept: bool
    """Whether it is kept as long as the job."""
    expires_at: str | None
    """Moment until which it can be read; null if it is kept."""

    @classmethod
    def of(cls, job: Job) -> Self | None:
        """Return what is known about a job's original, or None before it has arrived."""
        if job.original is None or job.status is JobStatus.AWAITING_UPLOAD:
            return None
        end = expires_at(job)
        return cls(
            url=f"/jobs/{job.job_id}/original",
            bytes=job.original.size,
            kept=is_kept(job),
            expires_at=clock.iso(end) if end else None,
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
    """`on_request`: it is made when somebody asks for it for the first time."""
    content_type: str | None = None
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    sha256: str | None = None
    key: str | None = None
    """Key of the result in the results bucket."""
    url: str | None = None
    """Address of the result, valid for about an hour."""
    public_url: Annotated[str | None, Field(default=None, exclude_if=lambda url: url is None)] = None
    """Address of the result for everybody, as long as the job is published. Left out if there is none."""
    warnings: tuple[VariantWarningBody, ...] = ()
    """Things to know about the result, usually none."""
    error: ErrorBody | None = None


class ThumbnailBody(ResponseBody):
    """A small picture of the original: upright, in sRGB, at most 320 pixels a side and never enlarged."""

    url: str
    """Address of the thumbnail, valid for about an hour."""
    width: int
    height: int

    @classmethod
    async def of(cls, job_id: str, thumbnail: Thumbnail | None, links: ResultLinks) -> Self | None:
        """Return the thumbnail with a link to it; None if there is none."""
        if thumbnail is None:
            return None
        url = await links.sign(Link(key=thumbnail_key(job_id)))
        return cls(url=url, width=thumbnail.width, height=thumbnail.height)


class ManifestBody(ResponseBody):
    """The manifest: the document that says what was made of the image, how and with which software."""

    key: str
    """Key of the manifest in the results bucket."""
    url: str
    """Address of the manifest, valid for about an hour."""


class JobPresetBody(ResponseBody):
    """The preset that a job runs. The job keeps the recipe, even if the preset is deleted."""

    name: str
    version: int | None
    """Version of an owner's preset; null for a preset of the installation."""

    @classmethod
    def of(cls, recipe_name: str, version: int | None) -> Self | None:
        """Return the body, or None for a recipe without a name."""
        return None if recipe_name == CUSTOM else cls(name=recipe_name, version=version)


class JobBody(ResponseBody):
    """A job."""

    job_id: str
    status: JobStatus
    recipe: str
    """The preset's name, or `custom`."""
    preset: JobPresetBody | None
    """The preset with its version; null for a recipe without a name."""
    recipe_document: Annotated[dict[str, Any] | None, Field(default=None, exclude_if=lambda value: value is None)]
    """The recipe as it runs, with all defaults. Left out unless the request says `include=recipe`."""
    attempt: int
    """Number of the job's run, from 1. Each retry begins another."""
    progress: ProgressBody
    created_at: str
    updated_at: str
    queued_at: str | None
    """Moment at which this run was queued; null until the original has arrived."""
    started_at: str | None
    """Moment at which a worker began this run; null before that."""
    completed_at: str | None
    retryable: bool
    """Whether the job may be retried, as long as its original is there (see `original`)."""
    retry_refusal: ErrorBody | None
    """Why the job may not be retried; null if it may."""
    original: OriginalBody | None
    """The stored file. Null before it has arrived."""
    original_of: Annotated[str | None, Field(default=None, exclude_if=lambda value: value is None)]
    """The job whose original this job runs again. Left out for an upload."""
    results_expire_at: str | None = None
    """Null: results are kept as long as the job."""
    source: SourceBody
    thumbnail: ThumbnailBody | None
    """A small picture of the original; null until the image is described, or if the installation makes none."""
    variants: list[VariantBody]
    manifest: ManifestBody | None
    """The manifest of the last run that ended by itself; null before that."""
    public: bool
    """Whether the results have public addresses. An open job gets them when it ends."""
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


async def job_body(
    job: Job, details: JobDetails, links: ResultLinks, *, document: dict[str, Any] | None = None
) -> JobBody:
    """Return the job as clients see it, with a link to each result. `document` is the recipe, if it shall be shown."""
    refusal = retry_refusal(job)
    return JobBody(
        job_id=job.job_id,
        status=job.status,
        recipe=job.recipe_name,
        preset=JobPresetBody.of(job.recipe_name, job.preset_version),
        recipe_document=document,
        attempt=job.attempt,
        progress=_progress(job),
        created_at=clock.iso(job.created_at),
        updated_at=clock.iso(job.updated_at),
        queued_at=_moment(job.queued_at),
        started_at=_moment(job.started_at),
        completed_at=_moment(job.completed_at),
        retryable=refusal is None,
        retry_refusal=ErrorBody.of(refusal),
        original=OriginalBody.of(job),
        original_of=job.original_of,
        source=SourceBody.of(job, details.description if job.described else None),
        thumbnail=await ThumbnailBody.of(job.job_id, job.thumbnail, links),
        variants=[
            await _variant_body(job, name, state, details.description, links) for name, state in job.variants.items()
        ],
        manifest=await _manifest_body(job, links),
        public=job.published,
        cost=job.cost,
        error=ErrorBody.of(job.fault),
        metadata=dict(details.metadata),
    )


def _moment(moment: datetime | None) -> str | None:
    return clock.iso(moment) if moment else None


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


async def _variant_body(
    job: Job, name: str, state: VariantState, description: SourceDescription | None, links: ResultLinks
) -> VariantBody:
    link, result = result_link(job, name), state.result
    if link is None or result is None:
        address = _requested_address(job, name, state, description, links)
        return VariantBody(name=name, status=state.status, public_url=address, error=ErrorBody.of(state.fault))
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
        public_url=links.public(_public_key(job, name, result)) if has_public_copies(job) else None,
        warnings=tuple(map(VariantWarningBody.of, result.warnings)),
    )


def _requested_address(
    job: Job, name: str, state: VariantState, description: SourceDescription | None, links: ResultLinks
) -> str | None:
    """Return the public address at which a variant on request is made, or None if there is none."""
    if state.status is not VariantStatus.ON_REQUEST or state.on_request is None or description is None:
        return None
    image_format = requested_format(state.on_request, description.format)
    key = public_key(job.job_id, name, image_format.extension)
    return links.public(key) if has_public_copies(job) else None


def _public_key(job: Job, name: str, result: VariantResult) -> str:
    return public_key(job.job_id, name, result.format.extension)


def _progress(job: Job) -> ProgressBody:
    return ProgressBody(
        done=job.count(VariantStatus.COMPLETED),
        failed=job.count(VariantStatus.FAILED),
        total=job.total,
    )
