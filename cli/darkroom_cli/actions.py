"""The command that changes many jobs."""

import json
import time
from typing import Any, Final

import click

from darkroom_cli.api import open_api
from darkroom_cli.output import as_json, show_rows
from darkroom_client import Action, ActionKind

_POLL_SECONDS: Final = 1.0
_COLUMNS: Final = ("job_id", "ok", "code", "detail")


@click.command()
@click.argument("action", type=click.Choice([kind.value for kind in ActionKind]))
@click.argument("job_ids", metavar="[JOB]...", nargs=-1)
@click.option("--status", "statuses", multiple=True, help="All jobs of this status; may be repeated.")
@click.option("--preset", help="All jobs with this preset.")
@click.option("--filename", help="All jobs whose file's name begins with this text.")
@click.option("--created-after", help="All jobs since this moment, such as 2026-11-30T00:00:00Z.")
@click.option("--created-before", help="All jobs before this moment.")
@as_json
def act(action: str, job_ids: tuple[str, ...], *, json_wanted: bool, **conditions: Any) -> None:
    """Retry, delete, publish or unpublish the named jobs, or all jobs that meet the conditions.

    Named jobs have a line each. With conditions, the command waits until all jobs have been examined.
    """
    conditions["status"] = list(conditions.pop("statuses"))
    wanted = {name: value for name, value in conditions.items() if value}
    if bool(job_ids) == bool(wanted):
        raise click.UsageError("Name jobs, or give at least one condition.")
    with open_api() as api:
        if job_ids:
            outcomes = [outcome.as_document() for outcome in api.act(action, job_ids)]
            show_rows(outcomes, columns=_COLUMNS, json_wanted=json_wanted)
            return
        running = api.start_action(action, wanted)
        while not running.is_done:
            time.sleep(_POLL_SECONDS)
            running = api.action(running)
    click.echo(json.dumps(running.as_document()) if json_wanted else _sentence(running))


def _sentence(action: Action) -> str:
    counts = action.counts
    failures = ", ".join(f"{count} {code}" for code, count in counts.failures.items())
    return f"{counts.examined} examined, {counts.done} done, {counts.failed} failed" + (
        f": {failures}" if failures else ""
    )
