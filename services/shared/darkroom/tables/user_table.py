"""Users in the accounts table, under `user#<name>`.

Hashes of passwords are encrypted, so that readers of the table cannot guess passwords.
"""

from typing import TYPE_CHECKING

from darkroom import clock
from darkroom.accounts.users import User
from darkroom.runtime.aws import translated
from darkroom.runtime.encryption import TextCipher
from darkroom.tables.dynamodb import Item, is_written, read_item, serialized

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_PREFIX = "user#"


class UserTable:
    """Finds and writes users. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str, cipher: TextCipher) -> None:
        self._client = client
        self._table = accounts_table
        self._cipher = cipher

    async def find(self, name: str) -> User | None:
        """Return the user with this name, also if they are disabled; or None."""
        item = await read_item(self._client, self._table, {"id": {"S": _PREFIX + name}})
        return self._from_item(item) if item else None

    async def all(self) -> list[User]:
        """Return all users, by name. It reads the whole table, so it is for operators only."""
        users: list[User] = []
        with translated("DynamoDB"):
            pages = self._client.get_paginator("scan").paginate(
                TableName=self._table,
                FilterExpression="begins_with(id, :prefix)",
                ExpressionAttributeValues={":prefix": {"S": _PREFIX}},
            )
            async for page in pages:
                users += [self._from_item(item) for item in page["Items"]]
        return sorted(users, key=lambda user: user.name)

    async def create(self, user: User) -> bool:
        """Write a new user. Return False if the name exists already; that user is not changed."""
        return await self._put(user, "attribute_not_exists(id) OR version = :version", {":version": user.version})

    async def change(self, user: User, *, instead_of: User) -> bool:
        """Write a changed user. Return False if `instead_of` is not their current version any more."""
        versions = {":version": user.version, ":before": instead_of.version}
        return await self._put(user, "version IN (:before, :version)", versions)

    async def _put(self, user: User, condition: str, values: dict[str, str]) -> bool:
        """Write a user under a condition, which allows the user's own version: the SDK may repeat a write."""
        return await is_written(
            self._client.put_item(
                TableName=self._table,
                Item=self._to_item(user),
                ConditionExpression=condition,
                ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
            )
        )

    def _to_item(self, user: User) -> Item:
        return serialized(
            {
                "id": _PREFIX + user.name,
                "owner": user.owner,
                "password_hash": self._cipher.encrypt(user.password_hash, place=_PREFIX + user.name),
                "created_at": clock.iso(user.created_at),
                "version": user.version,
                "disabled_at": clock.iso(user.disabled_at) if user.disabled_at else None,
            }
        )

    def _from_item(self, item: Item) -> User:
        return User(
            name=item["id"]["S"].removeprefix(_PREFIX),
            owner=item["owner"]["S"],
            password_hash=self._cipher.decrypt(item["password_hash"]["S"], place=item["id"]["S"]),
            created_at=clock.parse(item["created_at"]["S"]),
            version=item["version"]["S"],
            disabled_at=clock.parse(item["disabled_at"]["S"]) if "disabled_at" in item else None,
        )
