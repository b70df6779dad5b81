"""Responses of the internal API."""

from pydantic import BaseModel

from darkroom.clock import Moment
from darkroom.job_details import JobDetails
from darkroom.jobs import Cost, Fault, Job, JobStatus, ObjectRef, SlotState, VariantResult, VariantStatus
from darkroom.source_description import SourceDescription


class VariantView(BaseModel):
    """One variant of a job."""

    name: str
    status: VariantStatus
    result: VariantResult | None
    fault: Fault | None


class JobView(BaseModel):
    """A job with its internals."""

    job_id: str
    owner: str
    status: JobStatus
    recipe: str
    preset_version: int | None
    attempt: int
    redrives: int
    pending: list[str]
    """Names of the variants without an outcome, and `@source` until the source is described."""
    deadline: Moment | None
    worker: str | None
    engine: dict[str, str]
    manifest: ObjectRef | None
    published: bool
    created_at: Moment
    updated_at: Moment
    queued_at: Moment | None
    started_at: Moment | None
    completed_at: Moment | None
    filename: str
    source_key: str
    turn: SlotState | None
    """Whether its tasks were sent. None unless it is queued or processing and owners have a limit of slots."""
    source: ObjectRef | None
    source_sha256: str | None
    description: SourceDescription | None
    variants: list[VariantView]
    cost: Cost
    fault: Fault | None

    @classmethod
    def of(cls, job: Job, details: JobDetails) -> "JobView":
        """Return the view of a job."""
        return cls(
            job_id=job.job_id,
            owner=job.owner,
            status=job.status,
            recipe=job.recipe_name,
            preset_version=job.preset_version,
            attempt=job.attempt,
            redrives=job.redrives,
            pending=sorted(job.pending),
            deadline=job.deadline,
            worker=job.worker,
            engine=dict(job.engine),
            manifest=job.manifest,
            published=job.published,
            created_at=job.created_at,
            updated_at=job.updated_at,
            queued_at=job.queued_at,
            started_at=job.started_at,
            completed_at=job.completed_at,
            filename=job.filename,
            source_key=job.original_key,
            turn=job.slots.state if job.slots else None,
            source=job.original,
            source_sha256=job.original_sha256,
            description=details.description,
            variants=[
                VariantView(name=name, status=state.status, result=state.result, fault=state.fault)
                for name, state in job.variants.items()
            ],
            cost=job.cost,
            fault=job.fault,
        )


class JobChange(BaseModel):
    """The status of a job after a request."""

    job_id: str
    status: JobStatus


class DeadView(BaseModel):
    """Depth of a dead-letter queue."""

    visible: int


class QueueView(BaseModel):
    """Approximate depth of a queue. Only CloudWatch knows the age of its oldest message."""

    name: str
    visible: int
    """Number of messages that wait."""
    in_flight: int
    """Number of messages that a consumer has received."""
    dlq: DeadView


class QueuesView(BaseModel):
    """All queues."""

    queues: list[QueueView]


class Redriven(BaseModel):
    """Number of messages that went back into their queue."""

    moved: int
