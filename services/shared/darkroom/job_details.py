"""Details of a job beside its progress: metadata, the description of its source, deliveries of its webhooks."""

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
    """Moment at which it began."""
    number: int
    """Number of the attempt within its delivery, from 1."""
    status: int | None = None
    """HTTP status of the answer; None without an answer."""
    error: str | None = None
    """Code of the reason why there was no valid answer; None if there was one."""
    duration_ms: int

    @property
    def succeeded(self) -> bool:
        """Return whether the receiver accepted the event."""
        return self.error is None and self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, kw_only=True)
class ReplayLease:
    """A replay of a job's webhook that has not ended. The lease ends at `until` at the latest."""

    id: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class JobDetails:
    """Details of a job, stored in an item of their own because they are large and seldom read."""

    metadata: Mapping[str, str] = field(default_factory=dict)
    """The client's metadata, returned as received."""
    description: SourceDescription | None = None
    deliveries: tuple[DeliveryAttempt, ...] = ()
    """The last attempts to deliver webhooks, the oldest first."""
    callback_gone_at: datetime | None = None
    """Moment at which the receiver answered 410: it wants no more webhooks."""
    replay: ReplayLease | None = None
    """The current replay; None if there is none."""
