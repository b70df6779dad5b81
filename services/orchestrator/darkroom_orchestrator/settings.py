"""Settings of the orchestrator."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, ValidationInfo, field_validator

from darkroom.limits import (
    DEFAULT_ORIGINAL_DAYS,
    DEFAULT_UPLOAD_BYTES,
    DEFAULT_VARIANTS_PER_TASK,
    HIGHEST_TASKS_PER_OWNER,
    HIGHEST_UPLOAD_BYTES,
    LONGEST_ORIGINAL_DAYS,
)
from darkroom.runtime.encryption_settings import EncryptionSettings
from darkroom.runtime.settings import Environment, JsonTuple, ResourceName, ServiceSettings
from darkroom_orchestrator.records.open_jobs import WORK_PERIOD

WEBHOOK_RETRY_SECONDS: Final = (5, 60, 5 * 60, 30 * 60, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 10 * 3600)
"""Default pauses after the first nine attempts, in seconds; together about a day."""
LONGEST_WEBHOOK_RETRY_SECONDS: Final = 39_000
"""Even with jitter less than the twelve hours for which SQS can hide a message."""


class Settings(ServiceSettings, EncryptionSettings):
    """Settings from the environment, as `DARKROOM_…`."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8001

    api_names: JsonTuple[str] = ()
    """Host names that clients may use for the API, as a JSON list. Addresses, names without dots and names
    below .internal are always allowed."""
    originals_bucket: ResourceName
    results_bucket: ResourceName
    jobs_table: ResourceName
    accounts_table: ResourceName
    """Table of the secrets that sign webhooks, and of the counters of quotas."""
    uploads_queue_url: ResourceName
    uploads_dlq_url: ResourceName
    imports_queue_url: ResourceName
    imports_dlq_url: ResourceName
    tasks_queue_url: ResourceName
    tasks_dlq_url: ResourceName
    results_queue_url: ResourceName
    results_dlq_url: ResourceName
    notifications_queue_url: ResourceName
    notifications_dlq_url: ResourceName
    job_events_topic_arn: ResourceName

    results_distribution_id: ResourceName | None = None
    """CloudFront's id of the distribution that serves the public addresses. Without it nothing is invalidated."""

    default_owner: str
    """Owner of the jobs of drops."""
    presets_file: Path | None = None
    """File with more presets, in the format of the shipped ones."""
    max_upload_bytes: Annotated[int, Field(ge=1, le=HIGHEST_UPLOAD_BYTES)] = DEFAULT_UPLOAD_BYTES
    original_days: Annotated[int, Field(ge=1, le=LONGEST_ORIGINAL_DAYS)] = DEFAULT_ORIGINAL_DAYS
    """Days for which the original of a drop is readable, unless it is kept."""
    max_variants_per_task: Annotated[int, Field(ge=1)] = DEFAULT_VARIANTS_PER_TASK
    """The most variants of one task. A recipe with more is cut into several tasks."""
    thumbnails: bool = True
    """Whether each job gets a thumbnail of its original, for lists of jobs."""
    tasks_per_owner: Annotated[int, Field(ge=0, le=HIGHEST_TASKS_PER_OWNER)] = 0
    """The most tasks of one owner in flight. 0 means no limit, for a queue that is fair by itself."""
    sweep_seconds: Annotated[float, Field(gt=0)] = 30
    """Average time between two sweeps, in seconds."""
    work_seconds: Annotated[float, Field(ge=1)] = WORK_PERIOD.total_seconds()
    """How long a queued or processing job may be without progress before the sweeper handles it, in seconds."""
    webhook_allow_private: bool = False
    """Whether webhooks may go to this machine and to private networks. Allowed in development only."""
    fetch_private_addresses: bool = False
    """Whether imports may be fetched from this machine and from private networks. Allowed in development only."""
    webhook_retry_seconds: Annotated[
        JsonTuple[Annotated[int, Field(ge=0, le=LONGEST_WEBHOOK_RETRY_SECONDS)]], Field(min_length=1)
    ] = WEBHOOK_RETRY_SECONDS
    """Pauses after failed attempts of a webhook, in seconds, as a JSON list. The last one is repeated."""

    @field_validator("webhook_allow_private", "fetch_private_addresses")
    @classmethod
    def _only_in_development(cls, allow: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - called by pydantic
        if allow and info.data.get("environment") is not Environment.DEVELOPMENT:
            raise ValueError(
                "webhooks and imports may use private addresses in development only: set "
                "DARKROOM_ENVIRONMENT=development"
            )
        return allow
