"""A job, its parts and its states.

    awaiting_upload ──► queued ──► processing ──► completed | partially_completed | failed
          └───────────────┴────────────┴────────► cancelled | expired

A retry takes `failed` and `partially_completed` back to `queued`. Only the orchestrator changes a job once it exists,
each time by one conditional write; `may_become` says which changes are legal.
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
from darkroom.recipes import Recipe


class JobStatus(StrEnum):
    """Where a job stands. The value is the public name."""

    AWAITING_UPLOAD = "awaiting_upload"
    """The record is there, the bytes are not."""
    QUEUED = "queued"
    """The bytes are there and the tasks are planned; no worker has begun."""
    PROCESSING = "processing"
    """At least one worker has begun."""
    COMPLETED = "completed"
    """Every variant can be read."""
    PARTIALLY_COMPLETED = "partially_completed"
    """Some variants can be read, the others failed."""
    FAILED = "failed"
    """Nothing came of it; `fault` says why."""
    CANCELLED = "cancelled"
    """Its owner stopped it."""
    EXPIRED = "expired"
    """The bytes did not come in time."""

    @property
    def is_open(self) -> bool:
        """Whether something is still to happen by itself."""
        return self in OPEN

    def may_become(self, other: "JobStatus") -> bool:
        """Whether a job of this status may go on to the other."""
        return other in _NEXT[self]


OPEN: Final = frozenset({JobStatus.AWAITING_UPLOAD, JobStatus.QUEUED, JobStatus.PROCESSING})
RETRYABLE: Final = frozenset({JobStatus.FAILED, JobStatus.PARTIALLY_COMPLETED})

_ENDED = frozenset({JobStatus.COMPLETED, JobStatus.PARTIALLY_COMPLETED, JobStatus.FAILED})
_STOPPED = frozenset({JobStatus.CANCELLED, JobStatus.EXPIRED})
_NEXT: Final[Mapping[JobStatus, frozenset[JobStatus]]] = MappingProxyType(
    {
        # An upload that is refused after it arrived (too large, say) fails without ever being queued.
        JobStatus.AWAITING_UPLOAD: frozenset({JobStatus.QUEUED, JobStatus.FAILED}) | _STOPPED,
        # "finished" may overtake "started": the queue keeps no order.
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
    """Where one variant stands."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"


class _Value(BaseModel):
    """A part of a job that also travels in messages."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ObjectRef(_Value):
    """One version of one object: what was accepted, or written, and nothing that came after it."""

    key: str
    version_id: str | None = None
    """None in a bucket without versions."""
    etag: str
    size: int
    """Bytes."""


class Fault(_Value):
    """Why something failed: a stable code and a sentence for people."""

    code: str
    message: str


class VariantWarning(StrEnum):
    """Something about a picture that was made that its owner should know. The value is the public code."""

    LARGER_THAN_SOURCE = "larger_than_source"
    """The recipe only writes the source again, and the result still has more bytes than the source."""

    @property
    def message(self) -> str:
        """A sentence for people."""
        return _WARNING_MESSAGES[self]


_WARNING_MESSAGES: Final = MappingProxyType(
    {
        VariantWarning.LARGER_THAN_SOURCE: "The picture has more bytes than its source, whose own data could not be "
        "kept: it had to be turned, its colours converted, or its metadata or format changed.",
    }
)


class VariantResult(_Value):
    """A picture that was made and put into the results bucket."""

    key: str
    format: ImageFormat
    size: int
    """Bytes."""
    width: int
    height: int
    sha256: str
    warnings: tuple[VariantWarning, ...] = Field(default=(), exclude_if=lambda warnings: not warnings)


class VariantOutcome(_Value):
    """How one variant ended: with a result or with a fault."""

    name: str
    result: VariantResult | None = None
    fault: Fault | None = None


class Cost(_Value):
    """What was used to process the image."""

    cpu_ms: int = 0
    bytes_read: int = 0
    bytes_written: int = 0


@dataclass(frozen=True, kw_only=True)
class VariantState:
    """A variant of a job: its status, and its result or fault once it has one."""

    status: VariantStatus = VariantStatus.PENDING
    result: VariantResult | None = None
    fault: Fault | None = None


SOURCE_PART: Final = "@source"
"""Stands for the metadata extraction among the pending parts. No variant can have this name."""


@dataclass(frozen=True, kw_only=True)
class JobSlots:
    """The slots that a queued or processing job has or waits for, where owners have a limit of tasks in flight."""

    state: SlotState
    count: int
    """Number of slots: one for each of the job's tasks."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One source image and what becomes of it. Its recipe and its details are kept beside it, in items of their own."""

    job_id: str
    owner: str
    recipe_name: str
    status: JobStatus
    created_at: datetime
    updated_at: datetime
    filename: str
    """For people; as the client called it, made harmless."""
    content_type: str | None
    source_key: str
    """Where the bytes are, or will be, in the originals bucket."""
    deadline: datetime | None
    """When the sweeper looks at the job if it is still open then; None once it is not."""
    attempt: int = 1
    source: ObjectRef | None = None
    source_bytes: int | None = None
    """As counted on the way in, or as announced for a presigned upload; `source` has what was found in the end."""
    source_sha256: str | None = None
    described: bool = False
    """Whether the source's description is among the job's details."""
    variants: Mapping[str, VariantState] = field(default_factory=dict)
    """States of the variants by their names, in the order of the recipe."""
    pending: frozenset[str] = frozenset()
    """Names of the variants without an outcome, and `SOURCE_PART` until the metadata is there."""
    slots: JobSlots | None = None
    """None unless the job is queued or processing and owners have a limit of tasks in flight."""
    fault: Fault | None = None
    cost: Cost = Cost()
    queued_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    worker: str | None = None
    """The worker that began last."""
    engine: Mapping[str, str] = field(default_factory=dict)
    """Versions of the libraries that the last report's worker had, by name."""
    manifest: ObjectRef | None = None
    """What says how the last run ended that came to an end by itself; in the results bucket."""
    redrives: int = 0
    """How often the sweeper has sent the tasks again."""
    callback_url: str | None = None
    """Where the job's end is announced by a webhook. It may bear a token, so in the table it is encrypted for the place
    that is the job's id."""
    charged_to: str | None = None
    """The counter of a caller's quotas that it is part of, with `source_bytes`; None for a caller without quotas."""

    stored_bytes: int = 0
    """Bytes of its results and manifest, as far as its owner's counter has them: all, once the job has ended."""

    def count(self, status: VariantStatus) -> int:
        """Return how many variants have this status."""
        return sum(state.status is status for state in self.variants.values())


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """A job that is not written yet, with what goes into items of its own beside it."""

    job: Job
    recipe: Recipe
    metadata: Mapping[str, str] = field(default_factory=dict)


def unsettled(recipe: Recipe) -> dict[str, VariantState]:
    """Return the variants of a recipe, none of which has an outcome."""
    return {variant.name: VariantState() for variant in recipe.variants}


def results_bytes(job: Job) -> int:
    """Return how many bytes the pictures have together that a job has by now."""
    return sum(state.result.size for state in job.variants.values() if state.result)


def new_job_id() -> str:
    """A UUIDv7: sorts by time of creation (RFC 9562, section 5.7)."""
    return str(uuid_utils.compat.uuid7())


def parts_of(variants: Iterable[str]) -> frozenset[str]:
    """Return all that a job waits for: each of its variants, and the source's description."""
    return frozenset({SOURCE_PART, *variants})


def final_status(variants: Iterable[VariantStatus], *, described: bool) -> JobStatus:
    """The status of a job none of whose parts is pending.

    With variants they decide. Without any, the metadata is the whole of the job.
    """
    statuses = set(variants)
    if not statuses:
        return JobStatus.COMPLETED if described else JobStatus.FAILED
    if statuses == {VariantStatus.COMPLETED}:
        return JobStatus.COMPLETED
    return JobStatus.PARTIALLY_COMPLETED if VariantStatus.COMPLETED in statuses else JobStatus.FAILED
