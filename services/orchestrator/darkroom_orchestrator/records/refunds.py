"""Giving back what a job was charged that has come to nothing: its caller's quotas count it no more."""

from typing import TYPE_CHECKING

from darkroom.jobs import Job
from darkroom.tables.daily_counter import refund_write
from darkroom.tables.dynamodb import WriteConflict, is_written
from darkroom.tables.job_item import key

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class Refunds:
    """Gives back, once for each job."""

    def __init__(self, client: "DynamoDBClient", *, jobs_table: str, accounts_table: str) -> None:
        self._client = client
        self._jobs_table = jobs_table
        self._accounts_table = accounts_table

    async def give_back(self, job: Job) -> bool:
        """Take the job out of its caller's counter. May be done again. Raises Unavailable.

        False when another transaction is at the counter, and this has to be done again.

        The job forgets its counter in the same transaction, so that nobody gives back a second time. A counter that
        has expired by then has nothing to give.
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
                        refund_write(self._accounts_table, job.charged_to, job.source_bytes or 0),
                    ]
                )
            )
        except WriteConflict:
            return False
        return True
