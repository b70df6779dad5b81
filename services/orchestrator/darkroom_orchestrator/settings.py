"""What the orchestrator is told."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, ValidationInfo, field_validator

from darkroom.limits import (
    DEFAULT_UPLOAD_BYTES,
    DEFAULT_VARIANTS_PER_TASK,
    HIGHEST_TASKS_PER_OWNER,
    HIGHEST_UPLOAD_BYTES,
)
from darkroom.runtime.encryption_settings import EncryptionSettings
from darkroom.runtime.settings import Environment, JsonTuple, ServiceSettings
from darkroom_orchestrator.records.job_store import WORK_PERIOD

WEBHOOK_RETRY_SECONDS: Final = (5, 60, 5 * 60, 30 * 60, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 10 * 3600)
"""Default pauses after the first nine attempts, in seconds; together about a day."""
LONGEST_WEBHOOK_RETRY_SECONDS: Final = 39_000
"""With jitter it is still less than the twelve hours for which SQS can hide a message."""


class Settings(ServiceSettings, EncryptionSettings):
    """The orchestrator's settings, as `DARKROOM_…` in the environment."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8001

    api_names: JsonTuple[str] = ()
    """Host names that the API is reached by, as a JSON list, beside addresses, names without dots and .internal."""
    originals_bucket: str
    results_bucket: str
    jobs_table: str
    accounts_table: str
    """Where the secrets are that webhooks are signed with."""
    uploads_queue_url: str
    uploads_dlq_url: str
    tasks_queue_url: str
    tasks_dlq_url: str
    results_queue_url: str
    results_dlq_url: str
    notifications_queue_url: str
    notifications_dlq_url: str
    job_events_topic_arn: str

    default_owner: str
    """Whose the jobs are that files dropped into the originals bucket start."""
    presets_file: Path | None = None
    """More presets, in the form of the shipped ones."""
    max_upload_bytes: Annotated[int, Field(ge=1, le=HIGHEST_UPLOAD_BYTES)] = DEFAULT_UPLOAD_BYTES
    max_variants_per_task: Annotated[int, Field(ge=1)] = DEFAULT_VARIANTS_PER_TASK
    """A recipe of more variants is spread over several tasks."""
    tasks_per_owner: Annotated[int, Field(ge=0, le=HIGHEST_TASKS_PER_OWNER)] = 0
    """How many tasks of one owner may be in flight; 0 for any number, where the queue of tasks is fair by itself."""
    sweep_seconds: Annotated[float, Field(gt=0)] = 30
    """How long from one look at overdue jobs to the next, on average."""
    work_seconds: Annotated[float, Field(ge=1)] = WORK_PERIOD.total_seconds()
    """How long a job may be queued or processing without progress before the sweeper looks at it."""
    webhook_allow_private: bool = False
    """Whether webhooks may go to this machine and to private networks; for development only."""
    webhook_retry_seconds: Annotated[
        JsonTuple[Annotated[int, Field(ge=0, le=LONGEST_WEBHOOK_RETRY_SECONDS)]], Field(min_length=1)
    ] = WEBHOOK_RETRY_SECONDS
    """Pauses after webhooks that were not taken, as a JSON list; the last one stands for all that follow."""

    @field_validator("webhook_allow_private")
    @classmethod
    def _only_in_development(cls, allow: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - called by pydantic
        if allow and info.data.get("environment") is not Environment.DEVELOPMENT:
            raise ValueError("webhooks may go to private addresses in development only")
        return allow
