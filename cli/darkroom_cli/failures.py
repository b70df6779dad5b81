"""What a command ends with when it does not succeed: a line for people, and an exit status for scripts.

1  refused, or wrong in some other way
2  called in the wrong way, or told too little by the environment
3  a job that was waited for has not made all of its pictures
4  Darkroom or AWS is away, or asks to come later: the same command can succeed then
"""

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import TypeVar

import click

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


class Failures:
    """What went wrong with some of many things, told when the others are done."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._worst = 0

    def each(self, things: Sequence[T], do: Callable[[T], R]) -> list[R]:
        """What `do` makes of the things that it does not fail with. Once Darkroom is away, no further one is tried."""
        made = []
        for number, thing in enumerate(things, start=1):
            try:
                made.append(do(thing))
            except Failed as error:
                self._lines.append(f"{thing}: {error.message}")
                self._worst = max(self._worst, error.exit_code)
                if error.exit_code == Status.AWAY:
                    self._lines += [f"{untried}: not tried" for untried in things[number:]]
                    break
        return made

    def tell(self) -> None:
        """Raise Failed if anything went wrong: with all that did, and the highest of the statuses."""
        if self._lines:
            raise Failed("\n".join(self._lines), Status(self._worst))
