"""The secrets that webhooks are signed with: one for each owner, in the accounts table under `webhook#<owner>`.

A secret is made when it is first asked for, by the owner or for the first webhook. Both sides compute signatures with
it, so it is kept encrypted, and not as a hash like an API key. After a rotation the old secret signs beside the new one
for a day, so that receivers can be changed one by one.
"""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from darkroom import clock
from darkroom.runtime.encryption import TextCipher
from darkroom.tables.dynamodb import is_written, read_item

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
    version: str = field(default_factory=lambda: secrets.token_hex(8))
    """Changes with each write."""

    def signing(self, moment: datetime) -> list[str]:
        """The secrets that sign a message sent now, the newest first."""
        if self.previous and self.previous_until and moment < self.previous_until:
            return [self.current, self.previous]
        return [self.current]

    def __repr__(self) -> str:
        return f"SigningSecret(created_at={clock.iso(self.created_at)})"


class WebhookSecrets:
    """Reads, makes and rotates secrets. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str, cipher: TextCipher) -> None:
        self._client = client
        self._table = accounts_table
        self._cipher = cipher

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
            if await self._put(owner, fresh, instead_of=old.version) or await self._find(owner) == fresh:
                return fresh

    async def _find(self, owner: str) -> SigningSecret | None:
        item = await read_item(self._client, self._table, {"id": {"S": _id(owner)}})
        if item is None:
            return None
        read = {name: value["S"] for name, value in item.items()}
        place = read["id"]
        return SigningSecret(
            current=self._cipher.decrypt(read["secret"], place=place),
            created_at=clock.parse(read["created_at"]),
            previous=self._cipher.decrypt(read["previous"], place=place) if "previous" in read else None,
            previous_until=clock.parse(read["previous_until"]) if "previous_until" in read else None,
            version=read["version"],
        )

    async def _put(self, owner: str, secret: SigningSecret, *, instead_of: str = "") -> bool:
        """Write a secret where there is none, or in place of that version. False when there is another."""
        place = _id(owner)
        texts = {
            "id": place,
            "secret": self._cipher.encrypt(secret.current, place=place),
            "created_at": clock.iso(secret.created_at),
            "version": secret.version,
        }
        if secret.previous and secret.previous_until:
            texts["previous"] = self._cipher.encrypt(secret.previous, place=place)
            texts["previous_until"] = clock.iso(secret.previous_until)
        return await is_written(
            self._client.put_item(
                TableName=self._table,
                Item={name: {"S": text} for name, text in texts.items()},
                ConditionExpression="attribute_not_exists(id) OR version = :old",
                ExpressionAttributeValues={":old": {"S": instead_of}},
            )
        )


def _id(owner: str) -> str:
    return f"webhook#{owner}"


def _new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def _now() -> datetime:
    """To the millisecond, as it is stored."""
    return clock.parse(clock.iso(clock.now()))
