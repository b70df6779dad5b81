"""API keys in the accounts table."""

from typing import TYPE_CHECKING

from darkroom.aws import translated

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class Accounts:
    """Knows whose an API key is. Only hashes of keys are stored."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def owner_of(self, key_sha256: str) -> str | None:
        """The owner of the key with that hash (hexadecimal); None when it is unknown or revoked. Raises Unavailable."""
        with translated("DynamoDB"):
            answer = await self._client.get_item(TableName=self._table, Key={"id": {"S": f"key#{key_sha256}"}})
        item = answer.get("Item")
        if item is None or "revoked_at" in item:
            return None
        return item["owner"]["S"]
