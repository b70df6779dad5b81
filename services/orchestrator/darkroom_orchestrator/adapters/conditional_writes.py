"""Writing a job's item under a condition: the calls to DynamoDB behind `Change` and `Condition`."""

import re
from typing import TYPE_CHECKING
from uuid import uuid4

from botocore.exceptions import ClientError

from darkroom.aws import error_code, translated
from darkroom.job_table import Item, from_item, key, serialized
from darkroom.jobs import Job
from darkroom_orchestrator.adapters.changes import Change, put
from darkroom_orchestrator.adapters.conditions import Condition

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class ConditionalWrites:
    """Single conditional writes to one table. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def update(self, job_id: str, change: Change, condition: Condition) -> Job | None:
        """The job after the change, or None when the condition was lost; it is for a job that is not there.

        The SDK repeats a call whose answer it did not get. Each call therefore leaves a token of its own:

            this call        writes token 7f… ── the answer is lost
            the SDK, again                        writes: refused, for the job has token 7f…, so this call has won
        """
        token = uuid4().hex
        change &= put(write_token=token)
        try:
            with translated("DynamoDB"):
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
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            found = _found_instead(error)
            return from_item(found) if found.get("write_token") == {"S": token} else None
        return from_item(answer["Attributes"])

    async def delete(self, job_id: str, condition: Condition) -> bool:
        """Whether the job was deleted; not so when the condition was lost. The condition has no values."""
        try:
            with translated("DynamoDB"):
                await self._client.delete_item(
                    TableName=self._table,
                    Key=key(job_id),
                    ConditionExpression=condition.text,
                    ExpressionAttributeNames=_names(condition.text),
                )
        except ClientError as error:
            _found_instead(error)
            return False
        return True


def _found_instead(error: ClientError) -> Item:
    """The item that did not meet the condition, as far as it is told. Any other error is raised."""
    if error_code(error) != "ConditionalCheckFailedException":
        raise error
    found: Item = error.response.get("Item", {})  # type: ignore[assignment]  # botocore's stub knows no modeled errors
    return found


def _names(*texts: str) -> dict[str, str]:
    """Every `#name` of the texts, for the attribute of that name."""
    return {f"#{name}": name for text in texts for name in re.findall(r"#(\w+)", text)}
