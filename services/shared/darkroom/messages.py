"""The messages between the services. They carry ids and keys, never the bytes of an image.

A command says what to do (`ProcessTask`, `MakeImage`). A fact says what happened, in the past tense. Each body has its
`type` and its version `v`. A reader refuses unknown ones, and such a message ends in the dead-letter queue.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from darkroom.jobs import Cost, Fault, JobStatus, ObjectRef, Thumbnail, VariantOutcome
from darkroom.limits import MAX_PIXELS
from darkroom.recipes import Overlay, Variant
from darkroom.source_description import SourceDescription


class Message(BaseModel):
    """Base of message bodies: immutable, without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    v: Literal[1] = 1


class UploadArrived(Message):
    """Fact, upload or orchestrator → orchestrator: the original of a job is in the originals bucket."""

    type: Literal["upload.arrived"] = "upload.arrived"
    job_id: str
    original: ObjectRef
    sha256: str | None = None
    """SHA-256 of an import, hexadecimal. For other uploads the job's record has it already."""


class FetchRequested(Message):
    """Command, upload → orchestrator: fetch the original of this job. The job's record has the URL."""

    type: Literal["fetch.requested"] = "fetch.requested"
    job_id: str


class CopyRequested(Message):
    """Command, upload or orchestrator → orchestrator: copy the original of a job from where its record says, and start
    the job."""

    type: Literal["copy.requested"] = "copy.requested"
    job_id: str


class ContinueAction(Message):
    """Command, upload or orchestrator → orchestrator: go on with an action on many jobs."""

    type: Literal["action.continue"] = "action.continue"
    action_id: str


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


class Work(Message):
    """What a processor has to know to make images of an original."""

    job_id: str
    owner: str
    """Owner of the job. One process never works on images of different owners."""
    original: ObjectRef
    variants: tuple[TaskVariant, ...]
    overlays: tuple[TaskOverlay, ...] = ()
    """Images of the variants' watermarks, without those that do not exist any more."""
    most_bytes: Annotated[int, Field(ge=0)]
    """Most bytes of all results of the job together. A task checks only its own; the orchestrator adds them up."""


class ProcessTask(Work):
    """Command, orchestrator → processor: make these variants of this original."""

    type: Literal["task.process"] = "task.process"
    attempt: int
    """Number of the job's run, from 1. Results of an earlier attempt are ignored."""
    task: int
    """Number of the task within its attempt, from 0."""
    describe: bool
    """Whether this task also describes the source. One task of a job does."""
    thumbnail_key: str | None = None
    """Where the task that describes the source stores a thumbnail of it, in the results bucket; None for none."""


class MakeImage(Work):
    """Command, orchestrator → processor: make one image for which a client waits."""

    type: Literal["image.make"] = "image.make"
    request_id: str
    token: str
    """Tells this try of the request from others, as in the request's item."""
    until: datetime
    """Moment after which nobody waits: the image is not made any more."""
    variants: Annotated[tuple[TaskVariant, ...], Field(min_length=1, max_length=1)]
    most_pixels: Annotated[int, Field(ge=1, le=MAX_PIXELS)] = MAX_PIXELS
    """Most pixels of the image: width × height × frames."""

    @property
    def key_stem(self) -> str:
        """The key of the image without the dot and the extension."""
        return self.variants[0].key_stem


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
    thumbnail: Thumbnail | None = None
    """The thumbnail that was stored for the description."""
    original_sha256: str | None = None
    fault: Fault | None = None
    """Why the original cannot be processed at all; then all variants have this fault."""
    outcomes: tuple[VariantOutcome, ...]
    cost: Cost = Cost()
    engine: dict[str, str] = {}
    """Versions of the libraries that made the results, by name."""
    started_at: datetime
    finished_at: datetime


class ImageMade(Message):
    """Fact, processor → orchestrator: how the making of a requested image ended."""

    type: Literal["image.made"] = "image.made"
    job_id: str
    request_id: str
    token: str
    key_stem: str
    """The key of the image without the dot and the extension."""
    outcome: VariantOutcome
    cost: Cost = Cost()


class VariantCounts(BaseModel):
    """Number of a job's variants: completed, failed and in total. Those on request do not count."""

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


Task = TypeAdapter[ProcessTask | MakeImage](Annotated[ProcessTask | MakeImage, Field(discriminator="type")])
"""The messages of the `tasks` queue."""
Report = TypeAdapter[TaskStarted | TaskFinished | ImageMade](
    Annotated[TaskStarted | TaskFinished | ImageMade, Field(discriminator="type")]
)
"""The messages of the `reports` queue."""
Notification = TypeAdapter[JobEvent | DeliveryRequested](
    Annotated[JobEvent | DeliveryRequested, Field(discriminator="type")]
)
"""The messages of the `notifications` queue."""
