"""A requested image: one image that is made because a client waits for it.

    waiting ──► done | failed

The orchestrator keeps it as a short-lived item and sends a task. The upload service reads the item until the image is
there. The item tells only this; what an image is worth keeping for longer is kept elsewhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from darkroom.jobs import Cost, Fault, VariantResult
from darkroom.limits import CHILD_WALL_SECONDS

MOST_SECONDS: Final = CHILD_WALL_SECONDS + 15
"""Longest time from the request to the image. After that, nobody waits, and the next request begins a new try."""

_SEPARATOR: Final = "#"


class RequestKind(StrEnum):
    """What an image is requested for."""

    PREVIEW = "preview"
    """An image that is shown once. Each request has one of its own, which is deleted after it was sent."""
    VARIANT = "variant"
    """A variant on request, whose name the request has. All requests for it wait for one image, which is kept."""


class RequestState(StrEnum):
    """State of a requested image."""

    WAITING = "waiting"
    """Its task was sent, or is about to be."""
    DONE = "done"
    """The image is stored."""
    FAILED = "failed"
    """It cannot be made. `fault` says why."""


@dataclass(frozen=True, kw_only=True)
class RequestId:
    """The id of a requested image. Requests with equal ids wait for the same image."""

    job_id: str
    kind: RequestKind
    name: str
    """The image's name within its kind. A preview's is a UUID."""

    def __str__(self) -> str:
        return _SEPARATOR.join((self.job_id, self.kind, self.name))

    @classmethod
    def read(cls, text: str) -> "RequestId | None":
        """Return the id that is written in this text, or None if the text is something else, such as a job's id."""
        job_id, _, rest = text.partition(_SEPARATOR)
        kind, _, name = rest.partition(_SEPARATOR)
        return cls(job_id=job_id, kind=RequestKind(kind), name=name) if name and kind in set(RequestKind) else None


@dataclass(frozen=True, kw_only=True)
class RequestedImage:
    """A requested image as its item tells it."""

    id: RequestId
    owner: str
    token: str
    """Tells this try from earlier ones of the same request, whose reports may be late."""
    deadline: datetime
    """Moment after which the try counts no more: the sweeper removes it, or a new request replaces it."""
    state: RequestState = RequestState.WAITING
    result: VariantResult | None = None
    fault: Fault | None = None
    cost: Cost = Cost()


def deadline_of(requested_at: datetime) -> datetime:
    """Return the deadline of an image that is requested at this moment, in whole seconds, as it is stored."""
    return (requested_at + timedelta(seconds=MOST_SECONDS + 1)).replace(microsecond=0)
