"""Renewal of the secrets in the accounts table: they are encrypted again with the key that is current."""

from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from darkroom.aws import error_code, translated
from darkroom.encryption import TextCipher

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_ENCRYPTED: Final = ("secret", "previous", "password_hash", "callback_url")
"""Attributes that hold a secret: of webhook secrets, users and API keys."""


async def renew_secrets(client: "DynamoDBClient", accounts_table: str, cipher: TextCipher) -> int:
    """Encrypt what another key has encrypted, and return how many texts that were. Raises Unavailable.

    Reads the whole table: for operators only. A secret that somebody writes at the same time stays as they write it,
    which is with the current key.
    """
    renewed = 0
    with translated("DynamoDB"):
        async for page in client.get_paginator("scan").paginate(TableName=accounts_table):
            for item in page["Items"]:
                for attribute in _ENCRYPTED:
                    old = item.get(attribute, {}).get("S")
                    if old and not cipher.is_current(old):
                        renewed += await _renew(client, accounts_table, cipher, item["id"]["S"], attribute, old)
    return renewed


async def _renew(
    client: "DynamoDBClient", accounts_table: str, cipher: TextCipher, place: str, attribute: str, old: str
) -> bool:
    try:
        await client.update_item(
            TableName=accounts_table,
            Key={"id": {"S": place}},
            UpdateExpression="SET #attribute = :new",
            ConditionExpression="#attribute = :old",
            ExpressionAttributeNames={"#attribute": attribute},
            ExpressionAttributeValues={
                ":new": {"S": cipher.encrypt(cipher.decrypt(old, place=place), place=place)},
                ":old": {"S": old},
            },
        )
    except ClientError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            return False
        raise
    return True
