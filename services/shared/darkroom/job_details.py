"""What is told of a job beside its progress: metadata, the description of its source, deliveries of its webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from darkroom.source_description import SourceDescription


class DeliveryAttempt(BaseModel):
    """One POST of a job's event to its callback URL, and how it ended."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    event_id: str
    at: datetime
    """When it began."""
    number: int
    """Counts the attempts of one delivery, from 1."""
    status: int | None = None
    """HTTP status of the answer; None without one."""
    error: str | None = None
    """Why there was no answer that counts, as a stable code; None when there was."""
    duration_ms: int

    @property
    def succeeded(self) -> bool:
        """Whether the receiver took the event."""
        return self.error is None and self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, kw_only=True)
class ReplayLease:
    """A replay of a job's webhook that is outstanding until a moment at the latest."""

    id: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class JobDetails:
    """What is told of a job beside its progress, in an item of its own: it is large and seldom read."""

    metadata: Mapping[str, str] = field(default_factory=dict)
    """The client's own, returned as it came."""
    description: SourceDescription | None = None
    deliveries: tuple[DeliveryAttempt, ...] = ()
    """The last attempts to deliver webhooks, oldest first."""
    callback_gone_at: datetime | None = None
    """When the receiver said that it wants no more (410)."""
    replay: ReplayLease | None = None
    """The last replay, unless it came to its end."""
