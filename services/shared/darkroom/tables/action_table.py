"""Reads and creates actions on many jobs, in the jobs table."""

from datetime import datetime
from typing import TYPE_CHECKING

from darkroom.actions import Action
from darkroom.errors import Conflict
from darkroom.tables.action_item import action_item, action_key, action_of, running_item
from darkroom.tables.dynamodb import ConditionFailed, epoch, read_item, writing

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import PutTypeDef


class ActionTable:
    """The actions. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", jobs_table: str) -> None:
        self._client = client
        self._table = jobs_table

    async def get(self, action_id: str) -> Action | None:
        """Return the action as it is now (a consistent read), or None."""
        item = await read_item(self._client, self._table, action_key(action_id))
        return action_of(item) if item else None

    async def create(self, action: Action, moment: datetime) -> None:
        """Write a new action. Raises Conflict while another action of its owner is running."""
        put: PutTypeDef = {
            "TableName": self._table,
            "Item": action_item(action),
            "ConditionExpression": "attribute_not_exists(job_id)",
        }
        mark: PutTypeDef = {
            "TableName": self._table,
            "Item": running_item(action, moment),
            # TTL deletes an item up to two days late.
            "ConditionExpression": "attribute_not_exists(job_id) OR expires_at < :now",
            "ExpressionAttributeValues": {":now": {"N": str(epoch(moment))}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        try:
            with writing():
                # If the SDK repeats the call, it sends the same token, so the call does not meet its own writes.
                await self._client.transact_write_items(TransactItems=[{"Put": put}, {"Put": mark}])
        except ConditionFailed as error:
            running = error.found.get(1, {}).get("action_id", {}).get("S", "")
            raise Conflict(f"Your action {running} is still running. Wait until it is done.") from error
