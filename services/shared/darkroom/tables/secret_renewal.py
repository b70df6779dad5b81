"""Renewal of the secrets in the tables: encrypts them again with the current data key."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from darkroom.runtime.aws import translated
from darkroom.runtime.encryption import TextCipher
from darkroom.tables.dynamodb import Item, is_written

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_OF_ACCOUNTS: Final = ("secret", "previous", "password_hash", "callback_url")
"""Attributes of the accounts table with secrets: of webhook secrets, users and API keys."""
_OF_JOBS: Final = ("callback_url", "import_url")
"""Attributes of the jobs table with secrets."""


async def renew_secrets(client: "DynamoDBClient", cipher: TextCipher, *, accounts_table: str, jobs_table: str) -> int:
    """Encrypt all secrets of former keys again, and return their number. Raises Unavailable.

    It reads both tables completely, so it is for operators only. A secret that a service writes at the same time is not
    changed: the service encrypts it with the current key.
    """
    with translated("DynamoDB"):
        accounts = await _renew_table(client, cipher, accounts_table, "id", _OF_ACCOUNTS)
        return accounts + await _renew_table(client, cipher, jobs_table, "job_id", _OF_JOBS)


async def _renew_table(
    client: "DynamoDBClient", cipher: TextCipher, table: str, key: str, attributes: Sequence[str]
) -> int:
    renewed = 0
    async for page in client.get_paginator("scan").paginate(
        TableName=table,
        ProjectionExpression="#key, " + ", ".join(f"#{attribute}" for attribute in attributes),
        ExpressionAttributeNames={"#key": key} | {f"#{attribute}": attribute for attribute in attributes},
    ):
        for item in page["Items"]:
            for attribute in attributes:
                old = item.get(attribute, {}).get("S")
                if old and not cipher.is_current(old):
                    renewed += await _renew(client, cipher, table, {key: item[key]}, attribute, old)
    return renewed


async def _renew(client: "DynamoDBClient", cipher: TextCipher, table: str, key: Item, attribute: str, old: str) -> bool:
    (place,) = (value["S"] for value in key.values())
    return await is_written(
        client.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="SET #attribute = :new",
            ConditionExpression="#attribute = :old",
            ExpressionAttributeNames={"#attribute": attribute},
            ExpressionAttributeValues={
                ":new": {"S": cipher.encrypt(cipher.decrypt(old, place=place), place=place)},
                ":old": {"S": old},
            },
        )
    )
