"""Commands that look: at jobs and limits."""

import json
from itertools import islice
from typing import Any, Final

import click

from darkroom_cli.api import open_api
from darkroom_cli.output import as_json, show_rows
from darkroom_client import Change, JobChanged, JobGone, LoadAgain

COLUMNS: Final = ("job_id", "status", "recipe", "filename", "done")
_VARIANT_COLUMNS: Final = ("name", "status", "content_type", "width", "height", "bytes", "error")
_EVENT_COLUMNS: Final = ("updated_at", *COLUMNS)
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
@click.option("--status", "wanted", multiple=True, help="Show only jobs of this status. May be repeated.")
@click.option("--preset", help="Show only jobs of this preset, or `custom`.")
@click.option("--filename", help="Show only jobs whose file name begins so.")
@click.option("--after", help="Show only jobs created then or later: a date, or a time with its zone.")
@click.option("--before", help="Show only jobs created before: a date, or a time with its zone.")
@click.option(
    "--metadata", type=(str, str), multiple=True, metavar="KEY VALUE", help="Show only jobs with this. May be repeated."
)
@click.option("--oldest", is_flag=True, help="Show the oldest jobs first.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1), help="Show at most this many.")
@as_json
def jobs(  # noqa: PLR0913 - one parameter for each option
    wanted: tuple[str, ...],
    preset: str | None,
    filename: str | None,
    after: str | None,
    before: str | None,
    metadata: tuple[tuple[str, str], ...],
    limit: int,
    *,
    oldest: bool,
    json_wanted: bool,
) -> None:
    """List your jobs, newest first."""
    with open_api() as api:
        matching = api.jobs(
            status=wanted,
            preset=preset,
            filename=filename,
            created_after=after,
            created_before=before,
            metadata=dict(metadata),
            oldest_first=oldest,
            page_size=min(_LONGEST_PAGE, limit),
        )
        found = [job.as_document() for job in islice(matching, limit)]
    rows = found if json_wanted else [{**job, "done": _done(job)} for job in found]
    show_rows(rows, columns=("created_at", *COLUMNS), json_wanted=json_wanted)


@click.command()
@as_json
def events(*, json_wanted: bool) -> None:
    """Print each change of your jobs as it happens, until you press Ctrl-C."""
    with open_api() as api:
        for change in api.changes():
            line = _event(change)
            if json_wanted:
                click.echo(json.dumps(line))
            elif not isinstance(change, LoadAgain):
                click.echo("  ".join(str(line.get(name, "")) for name in _EVENT_COLUMNS).rstrip())


@click.command()
@click.option("--days", type=click.IntRange(min=1), help="Also show what was used on each of the last days.")
def usage(days: int | None) -> None:
    """Show your limits, and what you have used of them, as JSON."""
    with open_api() as api:
        click.echo(json.dumps(api.usage(days=days).as_document(), indent=2))


def _event(change: Change) -> dict[str, Any]:
    """Return a change as an object: `event` is its name, as in the stream of the API."""
    match change:
        case JobChanged(job=job):
            document = job.as_document()
            return {"event": "job", **document, "done": _done(document)}
        case JobGone(job_id=job_id):
            return {"event": "deleted", "job_id": job_id, "status": "deleted"}
        case LoadAgain(reason=reason):
            return {"event": "reset", "reason": reason}


def row(job: dict[str, Any]) -> dict[str, Any]:
    """Return a job as a line of a table. A receipt, for a key without the scope `read`, is a line already."""
    if "progress" not in job:
        return job
    return {**job, "filename": job["source"]["filename"], "done": _done(job)}


def _done(job: dict[str, Any]) -> str:
    """Return how many results there are, of how many variants: `3/4`."""
    return f"{job['progress']['done']}/{job['progress']['total']}"
