"""Writing a job's item under a condition: the calls to DynamoDB behind `Change` and `Condition`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from darkroom.aws import error_code, translated
from darkroom.job_table import from_item, key, serialized
from darkroom.jobs import Job
from darkroom_orchestrator.adapters.changes import Change
from darkroom_orchestrator.adapters.conditions import Condition

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class _Lost(Exception):
    """The item was not as the condition wanted it."""


class ConditionalWrites:
    """Single conditional writes to one table. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def update(self, job_id: str, change: Change, condition: Condition) -> Job | None:
        """The job after the change, or None when the condition was lost; it is for a job that is not there."""
        try:
            with _conditional():
                answer = await self._client.update_item(
                    TableName=self._table,
                    Key=key(job_id),
                    UpdateExpression=change.text,
                    ConditionExpression=condition.text,
                    ExpressionAttributeNames={
                        **_names(change.text, condition.text),
                        **{f"#{placeholder}": name for placeholder, name in change.names.items()},
                    },
                    ExpressionAttributeValues=serialized(
                        {f":{name}": value for name, value in {**change.all_values, **condition.values}.items()}
                    ),
                    ReturnValues="ALL_NEW",
                )
        except _Lost:
            return None
        return from_item(answer["Attributes"])

    async def delete(self, job_id: str, condition: Condition) -> bool:
        """Whether the job was deleted; not so when the condition was lost. The condition has no values."""
        try:
            with _conditional():
                await self._client.delete_item(
                    TableName=self._table,
                    Key=key(job_id),
                    ConditionExpression=condition.text,
                    ExpressionAttributeNames=_names(condition.text),
                )
        except _Lost:
            return False
        return True


@contextmanager
def _conditional() -> Iterator[None]:
    """Turn DynamoDB's way to say that the condition was not met into `_Lost`."""
    try:
        with translated("DynamoDB"):
            yield
    except ClientError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            raise _Lost from error
        raise


def _names(*texts: str) -> dict[str, str]:
    """Every `#name` of the texts, for the attribute of that name."""
    return {f"#{name}": name for text in texts for name in re.findall(r"#(\w+)", text)}
