"""Moments in UTC, and their text form: ISO 8601 with milliseconds and `Z`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainSerializer

Clock = Callable[[], datetime]
"""Returns the present moment in UTC. Whatever needs the time takes a clock, so that tests can set it."""


def now() -> datetime:
    """Return the current moment in UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """Return a moment as text, such as `2026-11-22T05:54:01.123Z`. Texts sort in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """Return the moment that `iso` wrote. Raises ValueError for any other form."""
    moment = datetime.fromisoformat(text)
    # fromisoformat also accepts week dates, other time zones, and texts without one, which depend on the machine.
    if moment.tzinfo is None or iso(moment) != text:
        raise ValueError(f"not a point in time like 2026-11-22T05:54:01.123Z: {text!r}")
    return moment


Moment = Annotated[datetime, PlainSerializer(iso, return_type=str)]
"""A moment in JSON, written by `iso`."""
