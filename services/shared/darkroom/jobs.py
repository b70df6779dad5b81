"""A job: its status, its variants, and what it waits for.

    awaiting_upload ──► queued ──► processing ──► completed | partially_completed | failed
          └───────────────┴────────────┴────────► cancelled | expired

A retry takes `failed` and `partially_completed` back to `queued`. Only the orchestrator changes a job that exists, each
time by one conditional write. `may_become` says which changes are allowed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import uuid_utils.compat
from pydantic import BaseModel, ConfigDict, Field

from darkroom.formats import ImageFormat
from darkroom.limits import DEFAULT_ORIGINAL_DAYS
from darkroom.recipes import OutputFormat, Recipe, Variant


class JobStatus(StrEnum):
    """Status of a job. The value is the public name."""

    AWAITING_UPLOAD = "awaiting_upload"
    """The job is recorded, its original has not arrived."""
    QUEUED = "queued"
    """The original has arrived and the tasks are planned. No worker has begun."""
    PROCESSING = "processing"
    """A worker has begun."""
    COMPLETED = "completed"
    """All variants have results."""
    PARTIALLY_COMPLETED = "partially_completed"
    """Some variants have results, the others failed."""
    FAILED = "failed"
    """No variant has a result. `fault` says why."""
    CANCELLED = "cancelled"
    """The owner stopped it."""
    EXPIRED = "expired"
    """The original did not arrive in time, or its announcement was lost too often."""

    @property
    def is_open(self) -> bool:
        """Return whether the job still changes by itself."""
        return self in OPEN

    def may_become(self, other: "JobStatus") -> bool:
        """Return whether a job may change from this status to the other."""
        return other in _NEXT[self]


OPEN: Final = frozenset({JobStatus.AWAITING_UPLOAD, JobStatus.QUEUED, JobStatus.PROCESSING})
RETRYABLE: Final = frozenset({JobStatus.FAILED, JobStatus.PARTIALLY_COMPLETED})

_ENDED = frozenset({JobStatus.COMPLETED, JobStatus.PARTIALLY_COMPLETED, JobStatus.FAILED})
_STOPPED = frozenset({JobStatus.CANCELLED, JobStatus.EXPIRED})
_NEXT: Final[Mapping[JobStatus, frozenset[JobStatus]]] = MappingProxyType(
    {
        # An upload that is refused after it arrived, for example because of its size, fails without being queued.
        JobStatus.AWAITING_UPLOAD: frozenset({JobStatus.QUEUED, JobStatus.FAILED}) | _STOPPED,
        # The report "finished" can arrive before "started": the queue has no order.
        JobStatus.QUEUED: frozenset({JobStatus.PROCESSING}) | _ENDED | _STOPPED,
        JobStatus.PROCESSING: _ENDED | _STOPPED,
        JobStatus.COMPLETED: frozenset(),
        JobStatus.PARTIALLY_COMPLETED: frozenset({JobStatus.QUEUED}),
        JobStatus.FAILED: frozenset({JobStatus.QUEUED}),
        JobStatus.CANCELLED: frozenset(),
        JobStatus.EXPIRED: frozenset(),
    }
)


class SlotState(StrEnum):
    """Whether the tasks of a queued or processing job have been sent."""

    WAITING = "waiting"
    """The job waits for free slots: its owner has as many tasks in flight as the limit allows."""
    SENT = "sent"
    """The job's tasks are in flight, one in each of its slots."""


class VariantStatus(StrEnum):
    """Status of one variant."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"
    ON_REQUEST = "on_request"
    """It is made when somebody asks for it for the first time."""


class _Value(BaseModel):
    """Base of values of a job that messages carry too."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ObjectRef(_Value):
    """One version of one object in S3. Later versions of the same key do not count."""

    key: str
    version_id: str | None = None
    """None in a bucket without versions."""
    etag: str
    size: int
    """Bytes."""


class Fault(_Value):
    """Why a job or a variant failed: a stable code and a sentence for people."""

    code: str
    message: str


class VariantWarning(StrEnum):
    """Something about a result that the owner should know. The value is the public code."""

    LARGER_THAN_SOURCE = "larger_than_source"
    """The recipe only writes the image again, and the result has more bytes than the original."""

    @property
    def message(self) -> str:
        """Return a sentence for people."""
        return _WARNING_MESSAGES[self]


_WARNING_MESSAGES: Final = MappingProxyType(
    {
        VariantWarning.LARGER_THAN_SOURCE: "The result has more bytes than the original. The original's own data could "
        "not be kept, because its orientation, colours, metadata or format had to change.",
    }
)


class VariantResult(_Value):
    """The stored object of a variant, in the results bucket."""

    key: str
    format: ImageFormat
    size: int
    """Bytes."""
    width: int
    height: int
    sha256: str
    warnings: tuple[VariantWarning, ...] = Field(default=(), exclude_if=lambda warnings: not warnings)


class Thumbnail(_Value):
    """The small picture of a job's original, for lists of jobs: in the results bucket, in sRGB and upright."""

    width: int
    height: int
    size: int
    """Bytes."""


class VariantOutcome(_Value):
    """How one variant ended: with a result or with a fault."""

    name: str
    result: VariantResult | None = None
    fault: Fault | None = None


class Cost(_Value):
    """CPU time and bytes that processing used."""

    cpu_ms: int = 0
    bytes_read: int = 0
    bytes_written: int = 0


@dataclass(frozen=True, kw_only=True)
class VariantState:
    """A variant of a job: its status, and its result or fault once it has one."""

    status: VariantStatus = VariantStatus.PENDING
    result: VariantResult | None = None
    fault: Fault | None = None
    on_request: OutputFormat | None = None
    """The recipe's format of a variant that is made only when somebody asks for it; None for all others.

    Runs of the job neither make such a variant nor wait for it, and neither the progress nor the final status of the
    job counts it."""


SOURCE_PART: Final = "@source"
"""Name of the source's description among the pending parts. No variant can have this name."""


@dataclass(frozen=True, kw_only=True)
class JobSlots:
    """The slots that a queued or processing job has or waits for, where owners have a limit of tasks in flight."""

    state: SlotState
    count: int
    """Number of slots: one for each of the job's tasks."""


@dataclass(frozen=True, kw_only=True)
class PendingImport:
    """What the import of a job's original needs. The job has it until the original is there, or the job has ended."""

    url: str
    """URL of the original. It may have a token, so it is encrypted in the table, bound to the job's id."""
    tries: int = 0
    """Number of tries to fetch the URL that have begun."""
    bytes_per_day: int | None = None
    """Quota of the caller. The original's bytes are counted when they have arrived; None means no limit."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run of a recipe on one original. The recipe and the details are stored beside it, in items of their own."""

    job_id: str
    owner: str
    recipe_name: str
    """Name of the preset, or `custom`."""
    status: JobStatus
    created_at: datetime
    updated_at: datetime
    filename: str
    """Name of the client's file, made safe to show."""
    content_type: str | None
    original_key: str
    """Key of the original in the originals bucket."""
    deadline: datetime | None
    """Moment at which the sweeper looks at the job; None once the job has ended and its event is published."""
    preset_version: int | None = None
    """Version of an owner's preset; None for a preset of the installation, and for a recipe without a name."""
    attempt: int = 1
    original: ObjectRef | None = None
    original_days: int = DEFAULT_ORIGINAL_DAYS
    """Days for which the original is readable, unless it is kept."""
    original_of: str | None = None
    """The job whose original this job runs again; None for an upload or a drop."""
    copied_from: ObjectRef | None = None
    """The object that this job's original is a copy of: another job's original, or a drop that is kept."""
    original_bytes: int | None = None
    """Bytes of the original as received, or as announced for a presigned upload. `original` has the stored size."""
    original_sha256: str | None = None
    imported_from: str | None = None
    """Host of the URL of an import; None for an upload."""
    pending_import: PendingImport | None = None
    """None unless the job waits for its original to be fetched."""
    described: bool = False
    """Whether the job's details have the source's description."""
    thumbnail: Thumbnail | None = None
    """The thumbnail of the original. It is stored and recorded together with the description."""
    variants: Mapping[str, VariantState] = field(default_factory=dict)
    """States of the variants by name, in the order of the recipe."""
    pending: frozenset[str] = frozenset()
    """Names of the variants without a result or a fault, and `SOURCE_PART` until the source is described."""
    slots: JobSlots | None = None
    """None unless the job is queued or processing and owners have a limit of tasks in flight."""
    fault: Fault | None = None
    cost: Cost = Cost()
    queued_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    worker: str | None = None
    """The worker that began the first task of this attempt."""
    engine: Mapping[str, str] = field(default_factory=dict)
    """Versions of the libraries of the worker of the last report, by name."""
    manifest: ObjectRef | None = None
    """The manifest of the last run that ended by itself, in the results bucket."""
    redrives: int = 0
    """How often the sweeper has sent the announcement or the tasks of this attempt again."""
    callback_url: str | None = None
    """URL of the webhook at the job's end. It may have a token, so it is encrypted in the table, bound to the job's id.
    """
    published: bool = False
    """Whether the results have public addresses, from the job's end on."""
    public_bytes: int = 0
    """Bytes of the public copies. `stored_bytes` includes them."""
    keep_original: bool = False
    """Whether the original shall last as long as the job. See `darkroom.original_lifetime`."""
    charged_to: str | None = None
    """Key of the daily counter that counts this job and its `original_bytes`; None for a caller without quotas."""
    deletion_began_at: datetime | None = None
    """Moment at which the deletion of the job's objects began. The record is deleted last."""
    created_by: str | None = None
    """Prefix of the API key that sent the original, or `sessions`; None for a drop."""
    counted_cpu_ms: int = 0
    """CPU time of ended runs, which the history of its owner includes."""
    stored_bytes: int = 0
    """Bytes of this job that its owner's counter of stored bytes includes: all of them once the job has ended."""

    def count(self, status: VariantStatus) -> int:
        """Return how many variants that every run makes have this status."""
        return sum(state.status is status and not state.on_request for state in self.variants.values())

    @property
    def total(self) -> int:
        """Return how many variants every run makes: all except those on request."""
        return sum(not state.on_request for state in self.variants.values())


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """A job that is not written yet, with the contents of its other items."""

    job: Job
    recipe: Recipe
    metadata: Mapping[str, str] = field(default_factory=dict)


def unsettled(recipe: Recipe) -> dict[str, VariantState]:
    """Return the states of a recipe's variants: pending, or on request."""
    return {variant.name: _unsettled(variant) for variant in recipe.variants}


def not_requested(output_format: OutputFormat) -> VariantState:
    """Return the state of a variant on request until it is made."""
    return VariantState(status=VariantStatus.ON_REQUEST, on_request=output_format)


def _unsettled(variant: Variant) -> VariantState:
    return not_requested(variant.output.format) if variant.is_on_request else VariantState()


def results_bytes(job: Job) -> int:
    """Return the bytes of all results of a job together."""
    return sum(state.result.size for state in job.variants.values() if state.result)


def new_job_id() -> str:
    """Return a new UUIDv7. These sort by time of creation (RFC 9562, section 5.7)."""
    return str(uuid_utils.compat.uuid7())


def parts_of(variants: Mapping[str, VariantState]) -> frozenset[str]:
    """Return the parts that a job waits for: its variants except those on request, and the source's description."""
    return frozenset({SOURCE_PART, *(name for name, state in variants.items() if not state.on_request)})


def final_status(variants: Iterable[VariantStatus], *, described: bool) -> JobStatus:
    """Return the status of a job without pending parts.

    The variants that every run makes decide; `variants` are their statuses. Without any, the job is completed if its
    source is described.
    """
    statuses = set(variants)
    if not statuses:
        return JobStatus.COMPLETED if described else JobStatus.FAILED
    if statuses == {VariantStatus.COMPLETED}:
        return JobStatus.COMPLETED
    return JobStatus.PARTIALLY_COMPLETED if VariantStatus.COMPLETED in statuses else JobStatus.FAILED
