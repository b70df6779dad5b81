"""The last attempts to deliver a job's webhooks, kept in its item: the owner reads them there, and they go with it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from darkroom.aws import error_code, translated
from darkroom.clock import iso
from darkroom.job_table import JobTable, delivery_value, key, serialized
from darkroom.jobs import DeliveryAttempt, Job

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

KEPT: Final = 20
"""Two deliveries with all their attempts; about 3 kB of an item."""


class DeliveryLog:
    """Writes the log. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._jobs = JobTable(client, table)

    async def record(self, job_id: str, attempt: DeliveryAttempt, *, gone: bool) -> None:
        """Add an attempt, once; `gone` says that the receiver wants no more. Nothing is left of a deleted job."""
        while job := await self._jobs.get(job_id):
            if attempt in job.deliveries:
                return
            if await self._replace(job, [*job.deliveries, attempt][-KEPT:], gone=gone):
                return

    async def forgive(self, job_id: str) -> None:
        """Forget that the receiver wanted no more."""
        await self._update(job_id, "REMOVE callback_gone_at", "attribute_exists(job_id)")

    async def _replace(self, job: Job, attempts: Sequence[DeliveryAttempt], *, gone: bool) -> bool:
        """Write the log in place of the one that was read. False when that is no longer the log.

            this call    reads [a, b] ──────────── writes [a, b, c]: refused; reads [a, b, d], writes [a, b, d, c]
            another           reads [a, b] ── writes [a, b, d]

        An append, which needs no reading, would add an attempt twice when the client repeats a call whose answer was
        lost, and could not forget the oldest in the same write.
        """
        update = "SET deliveries = :log"
        values: dict[str, Any] = {":log": _values(attempts)}
        if gone:
            update += ", callback_gone_at = :moment"
            values[":moment"] = iso(attempts[-1].at)
        if job.deliveries:
            condition = "deliveries = :seen"
            values[":seen"] = _values(job.deliveries)
        else:
            condition = "attribute_exists(job_id) AND attribute_not_exists(deliveries)"
        return await self._update(job.job_id, update, condition, ExpressionAttributeValues=serialized(values))

    async def _update(self, job_id: str, update: str, condition: str, **more: Any) -> bool:
        try:
            with translated("DynamoDB"):
                await self._client.update_item(
                    TableName=self._table,
                    Key=key(job_id),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    **more,
                )
        except ClientError as error:
            if error_code(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True


def _values(attempts: Sequence[DeliveryAttempt]) -> list[dict[str, Any]]:
    return [delivery_value(attempt) for attempt in attempts]
