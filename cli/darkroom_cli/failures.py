"""What a command ends with when it does not succeed: a line for people, and an exit status for scripts.

1  refused, or wrong in some other way
2  called in the wrong way, or told too little by the environment
3  a job that was waited for has not made all of its pictures
4  Darkroom or AWS is away, or asks to come later: the same command can succeed then
"""

from enum import IntEnum

import click


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
