"""API keys in the accounts table, under `key#<digest>`."""

from typing import TYPE_CHECKING

from darkroom import clock
from darkroom.api_keys import ApiKey, Scope
from darkroom.aws import translated
from darkroom.job_table import serialized

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef


class KeyTable:
    """Finds and writes keys. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str) -> None:
        self._client = client
        self._table = accounts_table

    async def find(self, digest: str) -> ApiKey | None:
        """The key of that digest, unless it is unknown or revoked."""
        with translated("DynamoDB"):
            answer = await self._client.get_item(TableName=self._table, Key={"id": {"S": _id(digest)}})
        found = _from_item(answer["Item"]) if "Item" in answer else None
        return found if found and found.revoked_at is None else None

    async def put(self, key: ApiKey) -> None:
        """Write a key, in place of one with the same digest."""
        with translated("DynamoDB"):
            await self._client.put_item(TableName=self._table, Item=_to_item(key))


def _to_item(key: ApiKey) -> "dict[str, AttributeValueTypeDef]":
    return serialized(
        {
            "id": _id(key.digest),
            "prefix": key.prefix,
            "owner": key.owner,
            "name": key.name,
            "scopes": {scope.value for scope in key.scopes},
            "created_at": clock.iso(key.created_at),
            "revoked_at": clock.iso(key.revoked_at) if key.revoked_at else None,
        }
    )


def _from_item(item: "dict[str, AttributeValueTypeDef]") -> ApiKey:
    return ApiKey(
        digest=item["id"]["S"].removeprefix("key#"),
        prefix=item["prefix"]["S"],
        owner=item["owner"]["S"],
        name=item["name"]["S"],
        scopes=frozenset(Scope(scope) for scope in item["scopes"]["SS"]),
        created_at=clock.parse(item["created_at"]["S"]),
        revoked_at=clock.parse(item["revoked_at"]["S"]) if "revoked_at" in item else None,
    )


def _id(digest: str) -> str:
    return f"key#{digest}"
