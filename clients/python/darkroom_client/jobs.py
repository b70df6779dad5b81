"""Jobs as the API shows them.

awaiting_upload ──► queued ──► processing ──► completed | partially_completed | failed
      └───────────────┴────────────┴────────► cancelled | expired
"""

from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import Field

from darkroom_client.response_model import Moment, ResponseModel


class JobStatus(StrEnum):
    """The state of a job."""

    AWAITING_UPLOAD = "awaiting_upload"
    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    PARTIALLY_COMPLETED = "partially_completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def is_open(self) -> bool:
        """Whether the job still changes by itself."""
        return self in _OPEN


_OPEN: Final = frozenset({JobStatus.AWAITING_UPLOAD, JobStatus.QUEUED, JobStatus.PROCESSING})


class VariantStatus(StrEnum):
    """The state of one variant."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"
    ON_REQUEST = "on_request"
    """It is made when somebody asks for it for the first time."""


class Fault(ResponseModel):
    """The reason why a job or a variant failed."""

    code: str
    message: str


class ResultWarning(ResponseModel):
    """Something to know about a result."""

    code: str
    message: str


class Progress(ResponseModel):
    """Variants, counted by how they ended. Variants on request do not count."""

    done: int
    failed: int
    total: int


class Cost(ResponseModel):
    """CPU time and bytes that a job has used so far."""

    cpu_ms: int
    bytes_read: int
    bytes_written: int


class Original(ResponseModel):
    """The file that a job reads."""

    url: str
    """Path of the API that leads to the file."""
    bytes: int
    kept: bool
    """Whether it is kept as long as the job."""
    expires_at: Moment | None = None
    """Moment until which it can be read; None if it is kept."""


class Source(ResponseModel):
    """The description of the original's image. Sizes are as seen, after the EXIF orientation."""

    filename: str
    content_type: str | None = None
    bytes: int | None = None
    sha256: str | None = None
    imported_from: Annotated[str | None, Field(exclude_if=lambda host: host is None)] = None
    """Host from which the image was imported; None for an upload."""
    format: str | None = None
    width: int | None = None
    height: int | None = None
    mode: str | None = None
    has_alpha: bool | None = None
    frames: int | None = None
    orientation: int | None = None
    dpi: tuple[float, float] | None = None
    icc_profile: str | None = None
    dominant_color: str | None = None
    thumbhash: str | None = None
    exif: dict[str, str | int | float] | None = None
    has_gps: bool | None = None


class Variant(ResponseModel):
    """One named output, and its result once there is one."""

    name: str
    status: Annotated[VariantStatus | str, Field(union_mode="left_to_right")]
    """A status that this release does not know stays a text."""
    content_type: str | None = None
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    sha256: str | None = None
    key: str | None = None
    url: str | None = None
    """Link to the result, good for ten minutes at least."""
    public_url: Annotated[str | None, Field(exclude_if=lambda url: url is None)] = None
    """Address of the result for everybody, as long as the job is published."""
    warnings: tuple[ResultWarning, ...] = ()
    error: Fault | None = None


class Thumbnail(ResponseModel):
    """A small picture of the original, at most 320 pixels a side."""

    url: str
    """Link to the image, good for ten minutes at least."""
    width: int
    height: int


class Manifest(ResponseModel):
    """The address of the document that says which result was made from what."""

    key: str
    url: str


class Receipt(ResponseModel):
    """The id and status of a job. A key without the scope `read` gets no more than this."""

    job_id: str
    status: JobStatus

    @property
    def is_open(self) -> bool:
        """Whether the job still changes by itself."""
        return self.status.is_open


class JobPreset(ResponseModel):
    """The preset that a job runs."""

    name: str
    version: int | None
    """None for a preset of the installation."""


class Job(Receipt):
    """A job."""

    recipe: str
    """Name of the preset, or `custom`."""
    preset: JobPreset | None = None
    """The preset with its version; None for a recipe without a name."""
    recipe_document: dict[str, Any] | None = None
    """The recipe as it runs, if it was asked for."""
    attempt: int = 1
    """Number of the run, from 1."""
    progress: Progress
    created_at: Moment
    updated_at: Moment
    queued_at: Moment | None = None
    started_at: Moment | None = None
    completed_at: Moment | None
    retryable: bool = False
    retry_refusal: Fault | None = None
    """Why the job may not be retried; None if it may."""
    original: Original | None = None
    """None before the file has arrived."""
    original_of: str | None = None
    """The job whose original this job runs again."""
    results_expire_at: Moment | None = None
    """None: results are kept as long as the job."""
    source: Source
    thumbnail: Thumbnail | None = None
    """None until the image is described, or if the installation makes none."""
    variants: tuple[Variant, ...]
    manifest: Manifest | None
    public: bool = False
    """Whether the results have public addresses. An open job gets them when it ends."""
    cost: Cost
    error: Fault | None
    metadata: dict[str, str] = Field(default_factory=dict)

    @property
    def faults(self) -> list[Fault]:
        """All faults: first that of the job, then those of its variants."""
        return [fault for fault in (self.error, *(variant.error for variant in self.variants)) if fault]


class JobSummary(Receipt):
    """A job in a list."""

    recipe: str
    preset: JobPreset | None = None
    filename: str
    progress: Progress
    created_at: Moment
    updated_at: Moment
    completed_at: Moment | None
    cost: Cost


class JobPage(ResponseModel):
    """Some jobs, the newest first."""

    items: tuple[JobSummary, ...]
    next_cursor: str | None
