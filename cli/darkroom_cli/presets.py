"""`darkroom presets`: presets of your own, and their versions."""

import json
from difflib import unified_diff
from typing import Any, Final

import click

from darkroom_cli.api import open_api
from darkroom_cli.failures import Failed, Status
from darkroom_cli.output import as_json, show_rows
from darkroom_cli.recipe_option import read_text
from darkroom_client import Client

_COLUMNS: Final = ("name", "version", "created_at")
_VERSION_COLUMNS: Final = ("version", "created_at")

_if_match = click.option(
    "--if-match", type=click.IntRange(min=1), metavar="N", help="Change nothing unless N is the newest version."
)


@click.group()
def presets() -> None:
    """Presets, and the versions of your own."""


@presets.command("list")
@click.argument("name", required=False)
@as_json
def list_presets(name: str | None, *, json_wanted: bool) -> None:
    """List all presets, or the versions of one of them, the newest first."""
    with open_api() as api:
        if name:
            rows = [version.as_document() for version in api.preset_versions(name)]
        else:
            rows = [preset.as_document() for _, preset in sorted(api.presets().items())]
    show_rows(rows, columns=_VERSION_COLUMNS if name else _COLUMNS, json_wanted=json_wanted)


@presets.command()
@click.argument("preset", metavar="NAME[@N]")
def show(preset: str) -> None:
    """Show the recipe of a preset as JSON: of its newest version, or of version N."""
    name, _, number = preset.partition("@")
    if "@" in preset and not number.isdecimal():
        raise Failed(f"{json.dumps(preset)} names no version. Write it as card@3.", Status.MISUSED)
    with open_api() as api:
        click.echo(_pretty(api.preset(name, version=int(number) if number else None).document))


@presets.command()
@click.argument("name")
@click.argument("file")
@_if_match
@click.option("--new", is_flag=True, help="Change nothing if there is a preset of this name.")
def put(name: str, file: str, *, if_match: int | None, new: bool) -> None:
    """Make the recipe in FILE (or - for standard input) the newest version of a preset."""
    document = _read(file)
    with open_api() as api:
        made = api.put_preset(name, document, if_match=if_match, only_new=new)
    click.echo(f"{made.name}@{made.version}")


@presets.command()
@click.argument("name")
@click.argument("sides", nargs=-1, metavar="[N] [M|FILE]")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there is a difference.")
def diff(name: str, sides: tuple[str, ...], *, exit_code: bool) -> None:
    """Show what differs between two versions of a preset, or between a version and a file.

    Without N it is the version before the newest, or the newest if a FILE is given. Without M or FILE it is the newest.
    """
    if len(sides) > 2:
        raise Failed("Give at most two versions, or a version and a file.", Status.MISUSED)
    with open_api() as api:
        (old_label, old), (new_label, new) = _compared(api, name, sides)
    lines = list(unified_diff(_lines(old), _lines(new), old_label, new_label, lineterm=""))
    for line in lines:
        click.echo(line)
    if lines and exit_code:
        raise click.exceptions.Exit(1)


@presets.command()
@click.argument("name")
@_if_match
def delete(name: str, *, if_match: int | None) -> None:
    """Delete a preset with all its versions. Jobs that ran it keep their recipes."""
    with open_api() as api:
        api.delete_preset(name, if_match=if_match)
    click.echo(f"Deleted: {name}")


_Side = tuple[str, dict[str, Any] | None]
"""The label of one side of a comparison, and its recipe; None if there is none."""


def _compared(api: Client, name: str, sides: tuple[str, ...]) -> tuple[_Side, _Side]:
    """Return what is compared: the old side and the new one."""
    *olds, new = sides or (str(_newest(api, name)),)
    if sides and not olds and new.isdecimal():
        olds, new = [new], str(_newest(api, name))
    if not olds:
        newest = _newest(api, name)
        olds = [str(newest - 1 if new.isdecimal() else newest)]
    return _side(api, name, olds[0]), _side(api, name, new)


def _newest(api: Client, name: str) -> int:
    """Return the number of the newest version. Raises Failed for a preset without versions."""
    versions = api.preset_versions(name)
    if not versions:
        raise Failed(f"The preset {name} belongs to the installation and has no versions.")
    return versions[0].version


def _side(api: Client, name: str, which: str) -> _Side:
    if not which.isdecimal():
        return which, _read(which)
    if int(which) < 1:
        return "nothing", None
    return f"{name}@{which}", api.preset(name, version=int(which)).document


def _read(path: str) -> dict[str, Any]:
    """Return the JSON object in a file. Raises Failed if there is none."""
    try:
        document = json.loads(read_text(path))
    except ValueError as error:
        raise Failed(f"{path} is not JSON: {error}", Status.MISUSED) from error
    if not isinstance(document, dict):
        raise Failed(f"{path} has no recipe, which is a JSON object.", Status.MISUSED)
    return document


def _lines(document: dict[str, Any] | None) -> list[str]:
    return _pretty(document).splitlines() if document is not None else []


def _pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)
