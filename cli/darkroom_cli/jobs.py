"""Looking at jobs, recipes and one's limits."""

import json
from typing import Any

import click

from darkroom_cli.api import open_api
from darkroom_cli.output import as_json, show_rows
from darkroom_cli.pictures import COLUMNS, done, row

_VARIANT_COLUMNS = ("name", "status", "content_type", "width", "height", "bytes", "error")


@click.command()
@click.argument("job_id", metavar="JOB")
@as_json
def status(job_id: str, *, json_wanted: bool) -> None:
    """How a job stands, and each of its pictures."""
    with open_api() as api:
        job = api.ask("GET", f"/status/{job_id}")
    if json_wanted:
        click.echo(json.dumps(job))
        return
    show_rows([row(job)], columns=COLUMNS, json_wanted=False)
    click.echo()
    variants = [{**each, "error": (each["error"] or {}).get("message")} for each in job["variants"]]
    show_rows(variants, columns=_VARIANT_COLUMNS, json_wanted=False)


@click.command()
@click.option("--status", "wanted", help="Only jobs of this status.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1), help="How many at most.")
@as_json
def jobs(wanted: str | None, limit: int, *, json_wanted: bool) -> None:
    """Your jobs, newest first."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"status": wanted} if wanted else {}
    with open_api() as api:
        while True:
            page = api.ask("GET", "/jobs", params={**query, "limit": min(100, limit - len(found))})
            found += page["items"]
            query["cursor"] = page["next_cursor"]
            if query["cursor"] is None or len(found) >= limit:
                break
    rows = found if json_wanted else [{**job, "done": done(job)} for job in found]
    show_rows(rows, columns=("created_at", *COLUMNS), json_wanted=json_wanted)


@click.command()
@click.argument("name", required=False)
def recipes(name: str | None) -> None:
    """The names of all presets, or one of them as JSON."""
    with open_api() as api:
        found = api.ask("GET", f"/recipes/{name}" if name else "/recipes")
    click.echo(json.dumps(found, indent=2) if name else "\n".join(found))


@click.command()
def usage() -> None:
    """Your limits, and what you have used of them, as JSON."""
    with open_api() as api:
        click.echo(json.dumps(api.ask("GET", "/usage"), indent=2))
