"""Refunds a job that expired: its caller's quotas no longer count it."""

from typing import TYPE_CHECKING

from darkroom.jobs import Job
from darkroom.tables.daily_counter import refund_write
from darkroom.tables.dynamodb import WriteConflict, is_written
from darkroom.tables.job_item import key

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class Refunds:
    """Refunds each job once."""

    def __init__(self, client: "DynamoDBClient", *, jobs_table: str, accounts_table: str) -> None:
        self._client = client
        self._jobs_table = jobs_table
        self._accounts_table = accounts_table

    async def give_back(self, job: Job) -> bool:
        """Subtract the job from its caller's counter. May be repeated. Raises Unavailable.

        Returns False if another transaction holds the counter; then this must be repeated.

        The same transaction removes the counter's key from the job, so that no job is refunded twice. If the counter
        has expired, nothing is refunded.
        """
        if job.charged_to is None:
            return True
        try:
            await is_written(
                self._client.transact_write_items(
                    TransactItems=[
                        {
                            "Update": {
                                "TableName": self._jobs_table,
                                "Key": key(job.job_id),
                                "UpdateExpression": "REMOVE charged_to",
                                "ConditionExpression": "charged_to = :counter",
                                "ExpressionAttributeValues": {":counter": {"S": job.charged_to}},
                            }
                        },
                        refund_write(self._accounts_table, job.charged_to, job.original_bytes or 0),
                    ]
                )
            )
        except WriteConflict:
            return False
        return True
