"""`darkroom dlq`: the dead-letter queues, by the orchestrator's internal API."""

from typing import Any

import click

from darkroom.runtime.settings import load_settings
from darkroom_cli.api import open_internal_api
from darkroom_cli.operators.settings import QueueSettings
from darkroom_cli.output import as_json, show_rows

_QUEUES = ("uploads", "imports", "tasks", "reports", "notifications")


@click.group()
def dlq() -> None:
    """Dead-letter queues; for operators with access to the orchestrator."""


@dlq.command("list")
@as_json
def list_queues(*, json_wanted: bool) -> None:
    """List all queues, with their messages and dead letters."""
    with open_internal_api(str(load_settings(QueueSettings).orchestrator_url)) as api:
        queues: list[dict[str, Any]] = api.ask("GET", "/api/queues")["queues"]
    rows = [{**queue, "dead": queue["dlq"]["visible"]} for queue in queues]
    show_rows(rows, columns=("name", "visible", "in_flight", "dead"), json_wanted=json_wanted)


@dlq.command()
@click.argument("queue", type=click.Choice(_QUEUES))
def redrive(queue: str) -> None:
    """Move the dead letters of QUEUE back into it. Repair their cause first."""
    with open_internal_api(str(load_settings(QueueSettings).orchestrator_url)) as api:
        moved = api.ask("POST", f"/api/dlq/{queue}/redrive")["moved"]
    click.echo(f"{moved} message(s) moved back into {queue}.")
