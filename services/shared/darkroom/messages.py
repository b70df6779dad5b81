"""What travels between the services. Messages carry ids and keys, never bytes of an image.

Commands say what to do (`ProcessTask`), facts say in the past tense what happened. Each body names its `type` and its
version `v`; a reader refuses what it does not know, and the message ends in the queue's dead-letter queue.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from darkroom.jobs import Cost, Fault, JobStatus, ObjectRef, VariantOutcome
from darkroom.recipes import Overlay, Variant
from darkroom.source_description import SourceDescription


class Message(BaseModel):
    """A message body: immutable, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    v: Literal[1] = 1


class UploadArrived(Message):
    """Fact, upload → orchestrator: the bytes of a job are in the originals bucket."""

    type: Literal["upload.arrived"] = "upload.arrived"
    job_id: str
    source: ObjectRef


class TaskVariant(BaseModel):
    """A variant to make, and the key of its result but for the extension, which the picture decides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    variant: Variant
    key_stem: str


class TaskOverlay(BaseModel):
    """An image that a watermark is made of, and where it is in the results bucket."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    overlay: Overlay
    key: str


class ProcessTask(Message):
    """Command, orchestrator → processor: make these variants of this source."""

    type: Literal["task.process"] = "task.process"
    job_id: str
    owner: str
    """Whose job it is: images of different owners are never worked on in one process."""
    attempt: int
    """Counts the job's runs, from 1. Results of an earlier attempt no longer count."""
    task: int
    """Numbers the tasks of one attempt, from 0."""
    source: ObjectRef
    describe: bool
    """Whether this task also extracts the metadata; one task of a job does."""
    variants: tuple[TaskVariant, ...]
    overlays: tuple[TaskOverlay, ...] = ()
    """Of the variants' watermarks, as far as they are there."""
    most_bytes: Annotated[int, Field(ge=0)]
    """Bytes that all pictures of the job may have together. Tasks do not know of each other: the fan-in adds up."""


class TaskStarted(Message):
    """Fact, processor → orchestrator: a worker has taken the task."""

    type: Literal["task.started"] = "task.started"
    job_id: str
    attempt: int
    task: int
    worker: str
    started_at: datetime


class TaskFinished(Message):
    """Fact, processor → orchestrator: the task is done, well or badly; each of its variants has an outcome."""

    type: Literal["task.finished"] = "task.finished"
    job_id: str
    attempt: int
    task: int
    worker: str
    described: bool
    """Whether the task was the one to extract the metadata (it may have failed to: then there is no description)."""
    description: SourceDescription | None = None
    source_sha256: str | None = None
    fault: Fault | None = None
    """What is wrong with the source itself, and so with all of the task."""
    outcomes: tuple[VariantOutcome, ...]
    cost: Cost = Cost()
    engine: dict[str, str] = {}
    """Versions of the libraries that the worker made the pictures with, by name."""
    started_at: datetime
    finished_at: datetime


class VariantCounts(BaseModel):
    """How many variants a job has, and how many of them have an outcome of each kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    done: int
    failed: int
    total: int


class JobEvent(Message):
    """Fact, orchestrator → everyone: a job reached a status. `event_id` is the same however often it is delivered."""

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
    """Command, orchestrator → itself: deliver this event once more, whatever became of it before."""

    type: Literal["delivery.requested"] = "delivery.requested"
    event: JobEvent
    replay: str
    """Whose lease in the job's details this is part of."""


Notification = TypeAdapter[JobEvent | DeliveryRequested](
    Annotated[JobEvent | DeliveryRequested, Field(discriminator="type")]
)
"""What the `notifications` queue carries."""
TaskReport = TypeAdapter[TaskStarted | TaskFinished](Annotated[TaskStarted | TaskFinished, Field(discriminator="type")])
"""What the `reports` queue carries."""
