"""What the orchestrator is told."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from darkroom.limits import DEFAULT_UPLOAD_BYTES, HIGHEST_UPLOAD_BYTES
from darkroom.settings import ServiceSettings


class Settings(ServiceSettings):
    """The orchestrator's settings, as `DARKROOM_…` in the environment."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8001

    originals_bucket: str
    results_bucket: str
    jobs_table: str
    uploads_queue_url: str
    uploads_dlq_url: str
    tasks_queue_url: str
    tasks_dlq_url: str
    results_queue_url: str
    results_dlq_url: str
    job_events_topic_arn: str

    default_owner: str
    """Whose the jobs are that files dropped into the originals bucket start."""
    presets_file: Path | None = None
    """More presets, in the form of the shipped ones."""
    max_upload_bytes: Annotated[int, Field(ge=1, le=HIGHEST_UPLOAD_BYTES)] = DEFAULT_UPLOAD_BYTES
    max_variants_per_task: Annotated[int, Field(ge=1)] = 16
    """A recipe of more variants is spread over several tasks."""
    sweep_seconds: Annotated[float, Field(gt=0)] = 30
    """How long from one look at overdue jobs to the next, on average."""
