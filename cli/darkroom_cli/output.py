"""The output of commands: tables for people, or JSON for programs, one object on each line."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

as_json = click.option("--json", "json_wanted", is_flag=True, help="Print JSON, an object a line.")

_WIDEST: Final = 2000

Row = Mapping[str, Any]


def show_rows(rows: Iterable[Row], *, columns: tuple[str, ...], json_wanted: bool) -> None:
    """Print rows; as a table only the named columns."""
    if json_wanted:
        for row in rows:
            click.echo(json.dumps(row))
        return
    table = Table(*columns, box=None, pad_edge=False, header_style="")
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    # As wide as it gets: a table that is cut to the terminal cannot be searched or piped.
    console = Console(width=_WIDEST, no_color=True)
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def _cell(value: Any) -> Text:
    """A value as text in which nothing is markup."""
    return Text("" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value))
