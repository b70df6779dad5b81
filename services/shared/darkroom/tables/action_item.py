"""An action on many jobs as an item of the jobs table, and the mark that keeps an owner to one running action.

    <id>#action        the action; until it is done it is in the index of open jobs, where the sweeper finds it
    <owner>#running    the id of the owner's running action

Both expire by DynamoDB's TTL.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from darkroom import clock
from darkroom.actions import Action, ActionCounts, ActionKind, ActionState, Charging, JobFilter, PlannedJob, Position
from darkroom.tables.dynamodb import Item, deserialized, epoch, serialized
from darkroom.tables.job_item import open_shard

KEPT: Final = timedelta(days=30)
"""How long an action can be looked up."""
RUNNING_KEPT: Final = timedelta(days=1)
"""How long an action can keep its owner from beginning another one."""
STEP_PERIOD: Final = timedelta(minutes=5)
"""How long an action may be without progress before the sweeper sends its message again."""

_ACTION: Final = "#action"
_RUNNING: Final = "#running"
_PLANNED: Final = TypeAdapter(tuple[PlannedJob, ...])


def action_key(action_id: str) -> Item:
    """Return the primary key of an action."""
    return {"job_id": {"S": action_id + _ACTION}}


def running_key(owner: str) -> Item:
    """Return the primary key of the mark of an owner's running action."""
    return {"job_id": {"S": owner + _RUNNING}}


def read_action_id(primary_key: str) -> str | None:
    """Return the id of the action that has this primary key, or None if it belongs to something else."""
    return primary_key.removesuffix(_ACTION) if primary_key.endswith(_ACTION) else None


def progress_values(action: Action) -> dict[str, Any]:
    """Return the attributes that each step of an action writes."""
    return {
        "state": action.state.value,
        "step": action.step,
        "shard": action.position.shard if action.position else None,
        "after": action.position.after if action.position else None,
        "planned": _PLANNED.dump_json(action.planned).decode(),
        "counts": action.counts.model_dump_json(),
        "updated_at": clock.iso(action.updated_at),
        "deadline": epoch(action.updated_at + STEP_PERIOD),
    }


def action_item(action: Action) -> Item:
    """Return a new action as an item."""
    return action_key(action.id) | serialized(
        {
            "owner": action.owner,
            "kind": action.kind.value,
            "filter": action.filter.model_dump_json(exclude_unset=True),
            "charging": action.charging.model_dump_json() if action.charging else None,
            "created_at": clock.iso(action.created_at),
            "open_shard": open_shard(action.id),
            "expires_at": epoch(action.created_at + KEPT),
            **progress_values(action),
        }
    )


def running_item(action: Action, moment: datetime) -> Item:
    """Return the mark that the owner's action is running."""
    return running_key(action.owner) | serialized({"action_id": action.id, "expires_at": epoch(moment + RUNNING_KEPT)})


def action_of(item: Mapping[str, Any]) -> Action:
    """Return the action that an item holds."""
    read = deserialized(item)
    return Action(
        id=read["job_id"].removesuffix(_ACTION),
        owner=read["owner"],
        kind=ActionKind(read["kind"]),
        filter=JobFilter.model_validate_json(read["filter"]),
        charging=Charging.model_validate_json(read["charging"]) if "charging" in read else None,
        created_at=clock.parse(read["created_at"]),
        updated_at=clock.parse(read["updated_at"]),
        state=ActionState(read["state"]),
        step=int(read["step"]),
        position=Position(shard=int(read["shard"]), after=read.get("after")) if "shard" in read else None,
        planned=_PLANNED.validate_json(read["planned"]),
        counts=ActionCounts.model_validate_json(read["counts"]),
    )
