"""Failures of commands: a line for people, and an exit status for scripts.

1  refused, or wrong in some other way
2  called in the wrong way, or a setting is missing
3  a job has ended without all of its results
4  Darkroom or AWS is away or busy: the same command can succeed later
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import Final, TypeVar

import click

from darkroom_client.errors import DarkroomError, DownloadFailed, Problem, UnexpectedAnswer, Unreachable

_BUSY: Final = frozenset({429, 502, 503, 504})
"""HTTP statuses of a service that is away or busy."""

T = TypeVar("T")
R = TypeVar("R")


class Status(IntEnum):
    """Exit statuses."""

    REFUSED = 1
    MISUSED = 2
    INCOMPLETE = 3
    AWAY = 4


class Failed(click.ClickException):
    """Ends the command."""

    def __init__(self, message: str, status: Status = Status.REFUSED) -> None:
        super().__init__(message)
        self.exit_code = int(status)  # type: ignore[misc]  # click reads it from the instance, and declares a default.


@contextmanager
def reported() -> Iterator[None]:
    """Turn errors of the client into Failed, with their words."""
    try:
        yield
    except DarkroomError as error:
        faults = [(fault.pointer, fault.message) for fault in error.faults] if isinstance(error, Problem) else []
        raise Failed("\n".join(told(str(error), faults)), Status.AWAY if _is_away(error) else Status.REFUSED) from error


def told(message: str, faults: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield a message, then each fault that it does not name: its JSON pointer, if it has one, and its words."""
    yield message
    for pointer, words in faults:
        if words not in message:
            yield f"  {': '.join(filter(None, (pointer, words)))}"


def _is_away(error: BaseException | None) -> bool:
    if isinstance(error, Problem | UnexpectedAnswer):
        return error.status in _BUSY
    return isinstance(error, Unreachable) or (isinstance(error, DownloadFailed) and _is_away(error.__cause__))


class Failures:
    """Collects the failures of some of many items, and reports them when the others are done."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._worst = 0

    def each(self, things: Sequence[T], do: Callable[[T], R]) -> list[R]:
        """Return what `do` makes of the things with which it does not fail. If Darkroom is away, the rest is left."""
        made = []
        for number, thing in enumerate(things, start=1):
            try:
                with reported():
                    made.append(do(thing))
            except Failed as error:
                self._lines.append(f"{thing}: {error.message}")
                self._worst = max(self._worst, error.exit_code)
                if error.exit_code == Status.AWAY:
                    self._lines += [f"{untried}: not tried" for untried in things[number:]]
                    break
        return made

    def report(self) -> None:
        """Raise Failed if anything went wrong, with all that did and the highest of the statuses."""
        if self._lines:
            raise Failed("\n".join(self._lines), Status(self._worst))
