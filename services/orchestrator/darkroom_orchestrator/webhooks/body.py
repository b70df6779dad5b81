"""The body of a webhook: JSON as Standard Webhooks 1.0 has it (`type`, `timestamp`, `data`), with an ID."""

from collections.abc import Mapping

from pydantic import BaseModel

from darkroom.clock import Moment
from darkroom.job_details import JobDetails
from darkroom.jobs import Fault, JobStatus
from darkroom.messages import JobEvent, VariantCounts


class JobSummary(BaseModel):
    """The job at the moment of the event."""

    job_id: str
    status: JobStatus
    recipe: str
    attempt: int
    progress: VariantCounts
    metadata: Mapping[str, str]
    error: Fault | None
    status_url: str
    """Relative to the API."""


class WebhookBody(BaseModel):
    """The whole body."""

    type: str
    """`job.` and the status, such as `job.completed`."""
    id: str
    """The same whenever the event is sent again. The header `webhook-id` has it too."""
    timestamp: Moment
    """Time at which the job reached the status."""
    data: JobSummary


def body_of(event: JobEvent, details: JobDetails) -> str:
    """Return the body of an event. It is the same each time.

    Everything that can change comes from the event, since the job may already be in its next attempt.
    """
    return WebhookBody(
        type=f"job.{event.status}",
        id=event.event_id,
        timestamp=event.occurred_at,
        data=JobSummary(
            job_id=event.job_id,
            status=event.status,
            recipe=event.recipe,
            attempt=event.attempt,
            progress=event.variants,
            metadata=details.metadata,
            error=event.fault,
            status_url=f"/status/{event.job_id}",
        ),
    ).model_dump_json()
