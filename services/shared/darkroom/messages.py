"""The messages between the services. They carry ids and keys, never the bytes of an image.

A command says what to do (`ProcessTask`). A fact says what happened, in the past tense. Each body has its `type` and
its version `v`. A reader refuses unknown ones, and such a message ends in the dead-letter queue.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from darkroom.jobs import Cost, Fault, JobStatus, ObjectRef, VariantOutcome
from darkroom.recipes import Overlay, Variant
from darkroom.source_description import SourceDescription


class Message(BaseModel):
    """Base of message bodies: immutable, without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    v: Literal[1] = 1


class UploadArrived(Message):
    """Fact, upload → orchestrator: the original of a job is in the originals bucket."""

    type: Literal["upload.arrived"] = "upload.arrived"
    job_id: str
    original: ObjectRef


class TaskVariant(BaseModel):
    """A variant to make. `key_stem` is the key of its result without the extension, which depends on the format."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    variant: Variant
    key_stem: str


class TaskOverlay(BaseModel):
    """The image of a watermark, and its key in the results bucket."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    overlay: Overlay
    key: str


class ProcessTask(Message):
    """Command, orchestrator → processor: make these variants of this original."""

    type: Literal["task.process"] = "task.process"
    job_id: str
    owner: str
    """Owner of the job. One process never works on images of different owners."""
    attempt: int
    """Number of the job's run, from 1. Results of an earlier attempt are ignored."""
    task: int
    """Number of the task within its attempt, from 0."""
    original: ObjectRef
    describe: bool
    """Whether this task also describes the source. One task of a job does."""
    variants: tuple[TaskVariant, ...]
    overlays: tuple[TaskOverlay, ...] = ()
    """Images of the variants' watermarks, without those that do not exist any more."""
    most_bytes: Annotated[int, Field(ge=0)]
    """Most bytes of all results of the job together. A task checks only its own; the orchestrator adds them up."""


class TaskStarted(Message):
    """Fact, processor → orchestrator: a worker has begun the task."""

    type: Literal["task.started"] = "task.started"
    job_id: str
    attempt: int
    task: int
    worker: str
    started_at: datetime


class TaskFinished(Message):
    """Fact, processor → orchestrator: the task has ended, and each of its variants has a result or a fault."""

    type: Literal["task.finished"] = "task.finished"
    job_id: str
    attempt: int
    task: int
    worker: str
    described: bool
    """Whether the task had to describe the source. If it failed to, there is no `description`."""
    description: SourceDescription | None = None
    original_sha256: str | None = None
    fault: Fault | None = None
    """Why the original cannot be processed at all; then all variants have this fault."""
    outcomes: tuple[VariantOutcome, ...]
    cost: Cost = Cost()
    engine: dict[str, str] = {}
    """Versions of the libraries that made the results, by name."""
    started_at: datetime
    finished_at: datetime


class VariantCounts(BaseModel):
    """Number of a job's variants: completed, failed and in total."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    done: int
    failed: int
    total: int


class JobEvent(Message):
    """Fact, orchestrator → all subscribers: a job has reached a status. Every delivery has the same `event_id`."""

    type: Literal["job.status_changed"] = "job.status_changed"
    event_id: str
    job_id: str
    owner: str
    recipe: str
    status: JobStatus
    attempt: int
    occurred_at: datetime
    variants: VariantCounts
    fault: Fault | None = None


class DeliveryRequested(Message):
    """Command, orchestrator → itself: deliver this event again, even if it was delivered before."""

    type: Literal["delivery.requested"] = "delivery.requested"
    event: JobEvent
    replay: str
    """Id of the replay, as in the lease in the job's details."""


Notification = TypeAdapter[JobEvent | DeliveryRequested](
    Annotated[JobEvent | DeliveryRequested, Field(discriminator="type")]
)
"""The messages of the `notifications` queue."""
TaskReport = TypeAdapter[TaskStarted | TaskFinished](Annotated[TaskStarted | TaskFinished, Field(discriminator="type")])
"""The messages of the `reports` queue."""
