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
        """Write a new user. Return False if the name exists already; that user is not changed.

        The condition allows the user's own version, since the SDK may repeat a write.
        """
        return await is_written(
            self._client.put_item(
                TableName=self._table,
                Item=self._to_item(user),
                ConditionExpression="attribute_not_exists(id) OR version = :version",
                ExpressionAttributeValues={":version": {"S": user.version}},
            )
        )

    async def change(self, user: User, *, instead_of: User) -> bool:
        """Write what has changed of a user. Return False if `instead_of` is not their current version any more.

        The upload service may write nothing of a user but the password's hash and the version, so these are all that a
        new password writes.
        """
        changes, removed = {"version": user.version}, ""
        if user.password_hash != instead_of.password_hash:
            changes["password_hash"] = self._cipher.encrypt(user.password_hash, place=_PREFIX + user.name)
        if user.disabled_at and user.disabled_at != instead_of.disabled_at:
            changes["disabled_at"] = clock.iso(user.disabled_at)
        elif instead_of.disabled_at and not user.disabled_at:
            removed = " REMOVE disabled_at"
        return await is_written(
            self._client.update_item(
                TableName=self._table,
                Key={"id": {"S": _PREFIX + user.name}},
                UpdateExpression=f"SET {', '.join(f'{name} = :{name}' for name in changes)}{removed}",
                ConditionExpression="version IN (:before, :version)",
                ExpressionAttributeValues={
                    ":before": {"S": instead_of.version},
                    **{f":{name}": {"S": value} for name, value in changes.items()},
                },
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
