"""The secrets that sign webhooks: one for each owner, in the accounts table under `webhook#<owner>`.

A secret is made when the owner first asks for it, or for the first webhook. Both sides sign with it, so it is stored
encrypted, and not as a hash like an API key. For a day after a rotation, messages are signed with both secrets, so that
receivers can be changed one by one.
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
"""Beginning of every secret (Standard Webhooks 1.0, "Signature scheme")."""
OVERLAP: Final = timedelta(days=1)
"""How long both secrets are used after a rotation."""
_BYTES: Final = 32
"""Random bytes of a secret. Standard Webhooks asks for 24 to 64."""


@dataclass(frozen=True, kw_only=True)
class SigningSecret:
    """An owner's secret and, for a day after a rotation, the former one. Its `repr` shows neither."""

    current: str
    created_at: datetime
    previous: str | None = None
    previous_until: datetime | None = None
    version: str = field(default_factory=lambda: secrets.token_hex(8))
    """A random text that changes with each write."""

    def signing(self, moment: datetime) -> list[str]:
        """Return the secrets to sign a message with at this moment, the newest first."""
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
        """Return the owner's secret. Make one if there is none."""
        found = await self._find(owner)
        while found is None:
            # If several find none, one of them writes it, and the others read that one.
            fresh = SigningSecret(current=_new_secret(), created_at=_now())
            found = fresh if await self._put(owner, fresh) else await self._find(owner)
        return found

    async def rotate(self, owner: str) -> SigningSecret:
        """Make a new secret and return it. The former one is used for another day."""
        while True:
            old = await self.of(owner)
            moment = _now()
            fresh = SigningSecret(
                current=_new_secret(), created_at=moment, previous=old.current, previous_until=moment + OVERLAP
            )
            # The write is also refused if the SDK repeats it because the first answer was lost.
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
        """Write a secret in place of none or of this version. Return False if there is another version."""
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
    """Return the current moment in milliseconds, as it is stored."""
    return clock.parse(clock.iso(clock.now()))
