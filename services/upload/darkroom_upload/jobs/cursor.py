"""Cursors: the position at which a list of jobs continues. Opaque to clients, and checked when they come back.

A cursor holds no owner: only the caller decides whose jobs are listed. It is bound to the filter and order of its list.
"""

import base64
import binascii
import json
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from darkroom import clock
from darkroom.errors import MalformedRequest
from darkroom.tables.job_item import owner_order


class Position(BaseModel):
    """The position just after a job."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    created_at: str
    job_id: str

    @classmethod
    def at(cls, order: str) -> Self:
        """Return the position of the job that has this `order` in the index by owner."""
        created_at, _, job_id = order.rpartition("#")
        return cls(created_at=created_at, job_id=job_id)

    @property
    def order(self) -> str:
        """The job's sort key in the index by owner."""
        return owner_order(self.created_at, self.job_id)

    @field_validator("created_at")
    @classmethod
    def _is_moment(cls, text: str) -> str:
        if clock.iso(clock.parse(text)) != text:
            raise ValueError("not a moment as the service writes it")
        return text

    @field_validator("job_id")
    @classmethod
    def _is_uuid(cls, text: str) -> str:
        if str(UUID(text)) != text:
            raise ValueError("not a job id")
        return text


def write_cursor(position: Position, fingerprint: str) -> str:
    """Return a position as a client receives it. `fingerprint` is that of the list's filter."""
    document = json.dumps([position.created_at, position.job_id, fingerprint], separators=(",", ":"))
    return base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")


def read_cursor(text: str, fingerprint: str) -> Position:
    """Read what `write_cursor` has written for this filter. Raises MalformedRequest for anything else."""
    try:
        document = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        created_at, job_id, bound_to = json.loads(document)
        position = Position(created_at=created_at, job_id=job_id)
    except (binascii.Error, ValueError, TypeError, RecursionError, OverflowError, ValidationError) as error:
        raise MalformedRequest("This is not a cursor of this service. Send the next_cursor of a page.") from error
    if bound_to != fingerprint:
        raise MalformedRequest(
            "This cursor belongs to a list with other filters or in another order. Send it with the same ones."
        )
    return position
