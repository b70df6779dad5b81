"""`darkroom upload`: send images, and wait for their jobs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from darkroom_cli.api import open_api
from darkroom_cli.downloads import make_folder
from darkroom_cli.failures import Failed, Failures
from darkroom_cli.new_jobs import ended, show_jobs
from darkroom_cli.output import as_json
from darkroom_cli.recipe_option import keep_option, recipe_option
from darkroom_client import Client, Receipt


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
)
@recipe_option
@click.option("--callback-url", default="", help="URL that gets a webhook when the job has ended.")
@click.option("--publish/--no-publish", default=None, help="Whether the results get public addresses.")
@keep_option
@click.option("--wait", is_flag=True, help="Wait until the jobs have ended.")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Wait, and put the results here.")
@as_json
def upload(
    files: tuple[Path, ...], recipe: str, *, wait: bool, output: Path | None, json_wanted: bool, **options: Any
) -> None:
    """Send images. Each becomes a job."""
    if output:
        make_folder(output)
    failures = Failures()
    with open_api() as api:
        with _bars() as bars:
            sent = failures.each(files, lambda path: _send(api, bars, path, recipe, **options))
        jobs = ended(api, sent, failures, output=output) if wait or output else sent
    show_jobs(jobs, json_wanted=json_wanted)
    failures.report()


def _send(
    api: Client,
    bars: Progress,
    path: Path,
    recipe: str,
    *,
    callback_url: str,
    publish: bool | None,
    keep_original: bool | None,
) -> Receipt:
    bar = bars.add_task(path.name, total=path.stat().st_size)
    try:
        return api.upload(
            path,
            recipe=recipe,
            callback_url=callback_url or None,
            publish=publish,
            keep_original=keep_original,
            progress=lambda sent, _: bars.update(bar, completed=sent),
        )
    except OSError as error:
        raise Failed(f"The file cannot be read: {error.strerror}") from error


@contextmanager
def _bars() -> Iterator[Progress]:
    """Show a bar for each file on a terminal, and nothing elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        yield bars
