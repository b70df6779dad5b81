"""What a webhook says: JSON in the form of Standard Webhooks 1.0 (`type`, `timestamp`, `data`), and its id."""

from collections.abc import Mapping

from pydantic import BaseModel

from darkroom.clock import Moment
from darkroom.job_details import JobDetails
from darkroom.jobs import Fault, JobStatus
from darkroom.messages import JobEvent, VariantCounts


class JobSummary(BaseModel):
    """The job as it was at the moment of the event."""

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
    """`job.` and the status."""
    id: str
    """The same however often the event is sent; also in the header `webhook-id`."""
    timestamp: Moment
    """When the job reached the status."""
    data: JobSummary


def body_of(event: JobEvent, details: JobDetails) -> str:
    """The body for an event, equal each time.

    All that changes is taken from the event: the job may be in its next attempt already.
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
