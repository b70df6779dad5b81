"""The secrets that webhooks are signed with: one for each owner, in the accounts table under `webhook#<owner>`.

Made when it is first asked for, be it by the owner or for the first webhook. Unlike an API key it is kept as it is,
since both sides compute signatures with it. After a rotation the old secret goes on to sign beside the new one for a
day, so that receivers can be changed one by one.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from darkroom import clock
from darkroom.aws import error_code, translated

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

PREFIX: Final = "whsec_"
"""Standard Webhooks 1.0, "Signature scheme"."""
OVERLAP: Final = timedelta(days=1)
"""How long both secrets sign after a rotation."""
_BYTES: Final = 32
"""Between the 24 and 64 that Standard Webhooks asks for."""


@dataclass(frozen=True, kw_only=True)
class SigningSecret:
    """An owner's secret and, for a while, the one before it. Not shown in logs."""

    current: str
    created_at: datetime
    previous: str | None = None
    previous_until: datetime | None = None

    def signing(self, moment: datetime) -> list[str]:
        """The secrets that sign a message sent now, the newest first."""
        if self.previous and self.previous_until and moment < self.previous_until:
            return [self.current, self.previous]
        return [self.current]

    def __repr__(self) -> str:
        return f"SigningSecret(created_at={clock.iso(self.created_at)})"


class WebhookSecrets:
    """Reads, makes and rotates secrets. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str) -> None:
        self._client = client
        self._table = accounts_table

    async def of(self, owner: str) -> SigningSecret:
        """The owner's secret, which is made if there is none."""
        found = await self._find(owner)
        while found is None:
            # Of several who find none, one makes it; the others read again what that one made.
            fresh = SigningSecret(current=_new_secret(), created_at=_now())
            found = fresh if await self._put(owner, fresh) else await self._find(owner)
        return found

    async def rotate(self, owner: str) -> SigningSecret:
        """A new secret, beside which the one so far signs for another day."""
        while True:
            old = await self.of(owner)
            moment = _now()
            fresh = SigningSecret(
                current=_new_secret(), created_at=moment, previous=old.current, previous_until=moment + OVERLAP
            )
            # A refused write can also be the client's repetition of one that was made and whose answer was lost.
            if await self._put(owner, fresh, instead_of=old.current) or await self._find(owner) == fresh:
                return fresh

    async def _find(self, owner: str) -> SigningSecret | None:
        with translated("DynamoDB"):
            answer = await self._client.get_item(
                TableName=self._table, Key={"id": {"S": _id(owner)}}, ConsistentRead=True
            )
        if "Item" not in answer:
            return None
        read = {name: value["S"] for name, value in answer["Item"].items()}
        return SigningSecret(
            current=read["secret"],
            created_at=clock.parse(read["created_at"]),
            previous=read.get("previous"),
            previous_until=clock.parse(read["previous_until"]) if "previous_until" in read else None,
        )

    async def _put(self, owner: str, secret: SigningSecret, *, instead_of: str = "") -> bool:
        """Write a secret where there is none, or in place of that one. False when there is another."""
        texts = {"id": _id(owner), "secret": secret.current, "created_at": clock.iso(secret.created_at)}
        if secret.previous and secret.previous_until:
            texts |= {"previous": secret.previous, "previous_until": clock.iso(secret.previous_until)}
        try:
            with translated("DynamoDB"):
                await self._client.put_item(
                    TableName=self._table,
                    Item={name: {"S": text} for name, text in texts.items()},
                    ConditionExpression="attribute_not_exists(id) OR secret = :old",
                    ExpressionAttributeValues={":old": {"S": instead_of}},
                )
        except ClientError as error:
            if error_code(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True


def _id(owner: str) -> str:
    return f"webhook#{owner}"


def _new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def _now() -> datetime:
    """To the millisecond, as it is stored."""
    return clock.parse(clock.iso(clock.now()))
