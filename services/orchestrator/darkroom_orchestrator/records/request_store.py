"""Changes of requested images, each a single conditional write of the image's item."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from darkroom.clock import Clock
from darkroom.messages import ImageMade
from darkroom.requested_images import RequestedImage, RequestId, RequestState
from darkroom.tables.dynamodb import epoch, is_written, serialized
from darkroom.tables.request_item import outcome_values, request_key, request_values
from darkroom.tables.request_table import RequestTable
from darkroom_orchestrator.records.changes import put, remove
from darkroom_orchestrator.records.conditional_writes import ConditionalWrites
from darkroom_orchestrator.records.conditions import Condition

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef


class RequestStore(RequestTable):
    """Writes requested images. Only the orchestrator does so. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", table: str, *, now: Clock) -> None:
        super().__init__(client, table)
        self._writes = ConditionalWrites(client, table)
        self._now = now

    async def open(self, image: RequestedImage, *, other_writes: "Sequence[TransactWriteItemTypeDef]" = ()) -> bool:
        """Begin to wait for an image. False if others wait for it already, or have got it a moment ago.

        Raises OtherWriteRefused.
        """
        change = put(**request_values(image)) & remove("result", "fault", "cost")
        key, condition = request_key(image.id), _no_try_at(self._now())
        if other_writes:
            return await self._writes.update_with(key, change, condition, other_writes)
        return await self._writes.update(key, change, condition) is not None

    async def settle(self, made: ImageMade, request_id: RequestId) -> bool:
        """Record how the making of an image ended. False if its item is gone, has an end, or is of another try."""
        change = put(**outcome_values(made.outcome.result, made.outcome.fault, made.cost))
        return await self._writes.update(request_key(request_id), change, _waits_for(made.token)) is not None

    async def remove(self, image: RequestedImage) -> None:
        """Remove the item of this try. May be repeated, and leaves that of a later try."""
        await is_written(
            self._client.delete_item(
                TableName=self._table,
                Key=request_key(image.id),
                ConditionExpression="#token = :token",
                ExpressionAttributeNames={"#token": "token"},
                ExpressionAttributeValues=serialized({":token": image.token}),
            )
        )


def _no_try_at(now: datetime) -> Condition:
    """Nobody waits for the image, or its last try is over.

    client A   asks: writes the item, sends the task ── waits ── gets the image
    client B        asks: refused ──────────────────── waits ── gets the same image

    If the task is lost, the deadline passes, and the next client begins another try. No lock is held meanwhile that a
    dying process could leave behind.
    """
    return Condition(text="(attribute_not_exists(#job_id) OR #deadline <= :now)", values={"now": epoch(now)})


def _waits_for(token: str) -> Condition:
    """The item waits for the image of this try.

    try 1     is slow ─────────────────────────────── reports a fault: refused
    try 2               begins after the deadline of 1 ── waits …
    """
    return Condition(
        text="#state = :waiting AND #token = :seen_token",
        values={"waiting": RequestState.WAITING.value, "seen_token": token},
    )
