"""Commands that look: at jobs, presets and limits."""

import json
from itertools import islice
from typing import Any, Final

import click

from darkroom_cli.api import open_api
from darkroom_cli.output import as_json, show_rows

COLUMNS: Final = ("job_id", "status", "recipe", "filename", "done")
_VARIANT_COLUMNS: Final = ("name", "status", "content_type", "width", "height", "bytes", "error")
_LONGEST_PAGE: Final = 100


@click.command()
@click.argument("job_id", metavar="JOB")
@as_json
def status(job_id: str, *, json_wanted: bool) -> None:
    """Show a job and its variants."""
    with open_api() as api:
        job = api.job(job_id).as_document()
    if json_wanted:
        click.echo(json.dumps(job))
        return
    show_rows([row(job)], columns=COLUMNS, json_wanted=False)
    click.echo()
    variants = [{**each, "error": (each["error"] or {}).get("message")} for each in job["variants"]]
    show_rows(variants, columns=_VARIANT_COLUMNS, json_wanted=False)


@click.command()
@click.option("--status", "wanted", help="Show only jobs of this status.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1), help="Show at most this many.")
@as_json
def jobs(wanted: str | None, limit: int, *, json_wanted: bool) -> None:
    """List your jobs, newest first."""
    with open_api() as api:
        found = [
            job.as_document() for job in islice(api.jobs(status=wanted, page_size=min(_LONGEST_PAGE, limit)), limit)
        ]
    rows = found if json_wanted else [{**job, "done": _done(job)} for job in found]
    show_rows(rows, columns=("created_at", *COLUMNS), json_wanted=json_wanted)


@click.command()
@click.argument("name", required=False)
def recipes(name: str | None) -> None:
    """List all presets, or show one of them as JSON."""
    with open_api() as api:
        click.echo(json.dumps(api.recipe(name), indent=2) if name else "\n".join(api.recipes()))


@click.command()
def usage() -> None:
    """Show your limits, and what you have used of them, as JSON."""
    with open_api() as api:
        click.echo(json.dumps(api.usage().as_document(), indent=2))


def row(job: dict[str, Any]) -> dict[str, Any]:
    """Return a job as a line of a table. A receipt, for a key without the scope `read`, is a line already."""
    if "progress" not in job:
        return job
    return {**job, "filename": job["source"]["filename"], "done": _done(job)}


def _done(job: dict[str, Any]) -> str:
    """Return how many results there are, of how many variants: `3/4`."""
    return f"{job['progress']['done']}/{job['progress']['total']}"
