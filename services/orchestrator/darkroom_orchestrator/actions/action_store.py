"""Writes the steps of actions. Each is one conditional write of the action's item."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from darkroom.actions import Action, ActionState
from darkroom.clock import Clock
from darkroom.tables.action_item import action_key, progress_values, running_key
from darkroom.tables.action_table import ActionTable
from darkroom.tables.dynamodb import serialized
from darkroom_orchestrator.records.changes import Change, put, remove
from darkroom_orchestrator.records.conditional_writes import ConditionalWrites, OtherWriteRefused
from darkroom_orchestrator.records.conditions import Condition

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef


class ActionStore(ActionTable):
    """The actions, as the orchestrator changes them. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", jobs_table: str, *, now: Clock) -> None:
        super().__init__(client, jobs_table)
        self._writes = ConditionalWrites(client, jobs_table)
        self._now = now

    async def advance(self, action: Action, **changes: Any) -> Action | None:
        """Write the next step and return the action after it, or None if another process was first."""
        after = replace(action, step=action.step + 1, updated_at=self._now(), state=ActionState.RUNNING, **changes)
        item = await self._writes.update(action_key(action.id), _progress(after), step_is(action.step))
        return after if item else None

    async def end(self, action: Action, **changes: Any) -> Action | None:
        """Write the last step, and let the owner begin another action. Returns None if another process was first."""
        after = replace(action, step=action.step + 1, updated_at=self._now(), state=ActionState.DONE, **changes)
        change = _progress(after, keep=("deadline",)) & remove("open_shard", "deadline")
        key, condition = action_key(action.id), step_is(action.step)
        try:
            is_written = await self._writes.update_with(key, change, condition, [self._release(action)])
        except OtherWriteRefused:
            # The mark had expired, and another action of the owner has put its own.
            is_written = await self._writes.update(key, change, condition) is not None
        return after if is_written else None

    def _release(self, action: Action) -> "TransactWriteItemTypeDef":
        return {
            "Delete": {
                "TableName": self._table,
                "Key": running_key(action.owner),
                "ConditionExpression": "attribute_not_exists(job_id) OR action_id = :action",
                "ExpressionAttributeValues": serialized({":action": action.id}),
            }
        }


def step_is(step: int) -> Condition:
    """The action has made no step since it was read.

    process A   reads step 3 ── changes the jobs of the page ── writes step 4
    process B      reads step 3 ── finds them changed ────────────── writes step 4: refused; reads 4, goes on from there
    """
    return Condition(text="#step = :seen_step", values={"seen_step": step})


def _progress(action: Action, keep: tuple[str, ...] = ()) -> Change:
    values = {name: value for name, value in progress_values(action).items() if name not in keep}
    absent = tuple(name for name, value in values.items() if value is None)
    return put(**values) & remove(*absent)
