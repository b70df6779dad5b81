"""Options of jobs that several commands have: `--recipe` and `--keep-original`."""

import sys
from pathlib import Path
from typing import Final

import click

from darkroom_cli.failures import Failed, Status

STANDARD_INPUT: Final = "-"


def read_text(path: str) -> str:
    """Return the text of a file, or of standard input for `-`. Raises Failed if it cannot be read."""
    try:
        return sys.stdin.read() if path == STANDARD_INPUT else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise Failed(f"The recipe cannot be read: {error}", Status.MISUSED) from error


def _name_or_json(_: click.Context, __: click.Parameter, value: str) -> str:
    """Return the name of a preset, or the JSON of a recipe, which may be in an `@FILE`."""
    return read_text(value[1:]) if value.startswith("@") else value


recipe_option = click.option(
    "--recipe",
    default="web",
    show_default=True,
    callback=_name_or_json,
    help="A preset's name, a recipe as JSON, or @FILE.",
)

keep_option = click.option(
    "--keep-original/--let-original-expire",
    default=None,
    help="Keep the original as long as the job, or not. By default the recipe and the API key decide.",
)
