"""Points in time as Darkroom writes them: UTC, ISO 8601, milliseconds, `Z`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainSerializer

Clock = Callable[[], datetime]
"""Returns the present moment in UTC. Whatever needs the time takes a clock, so that tests can set it."""


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """`2026-11-22T05:54:01.123Z`. Of fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """The inverse of `iso`. Raises ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    # fromisoformat also reads week dates, other zones and no zone at all, whose moment would depend on the machine.
    if moment.tzinfo is None or iso(moment) != text:
        raise ValueError(f"not a point in time like 2026-11-22T05:54:01.123Z: {text!r}")
    return moment


Moment = Annotated[datetime, PlainSerializer(iso, return_type=str)]
"""A point in time in what the services say as JSON: written by `iso`."""
