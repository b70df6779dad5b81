"""API keys in the accounts table, under `key#<digest>`. A callback URL can have a token, so it is encrypted.

DynamoDB removes a key 30 days after it was revoked or has expired. Until then people can see that there was one.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from darkroom import clock
from darkroom.accounts.allowances import UNLIMITED, KeyLimits, Rate, Unlimited
from darkroom.accounts.api_keys import ApiKey, Scope
from darkroom.errors import Unavailable
from darkroom.runtime.aws import translated
from darkroom.runtime.encryption import TextCipher
from darkroom.tables.dynamodb import (
    MOST_ITEMS,
    Item,
    deserialized,
    epoch,
    is_written,
    read_item,
    read_items,
    serialized,
)
from darkroom.topology import KEYS_BY_OWNER

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_KEPT: Final = timedelta(days=30)
"""How long a key stays in the table after it was revoked or has expired."""


class KeyTable:
    """Finds, writes and revokes keys. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str, cipher: TextCipher) -> None:
        self._client = client
        self._table = accounts_table
        self._cipher = cipher

    async def find(self, digest: str) -> ApiKey | None:
        """Return the key with this digest, or None if it is unknown or revoked."""
        key = await self._get(digest)
        return key if key and key.revoked_at is None else None

    async def find_many(self, digests: Sequence[str]) -> dict[str, ApiKey | Unavailable]:
        """Return those keys with these digests that exist and are not revoked, by their digests.

        In place of a key whose callback URL cannot be decrypted now is the error: it concerns no other key.
        """
        found: dict[str, ApiKey | Unavailable] = {}
        for key in await self._read(digests):
            if key.revoked_at is None:
                try:
                    found[key.digest] = self._decrypted(key)
                except Unavailable as error:
                    found[key.digest] = error
        return found

    async def put(self, key: ApiKey) -> None:
        """Write a key. It replaces one with the same digest, so the write may be repeated."""
        with translated("DynamoDB"):
            await self._client.put_item(TableName=self._table, Item=self.encrypted_item(key))

    def encrypted_item(self, key: ApiKey) -> Item:
        """Return the item of a key as it is stored."""
        encrypted = key.callback_url and self._cipher.encrypt(key.callback_url, place=_place(key.digest))
        return to_item(replace(key, callback_url=encrypted))

    async def of_owner(self, owner: str) -> list[ApiKey]:
        """Return all keys of an owner, also revoked ones, the oldest first. The index is a moment behind the table."""
        digests: list[str] = []
        with translated("DynamoDB"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                IndexName=KEYS_BY_OWNER.name,
                KeyConditionExpression="key_owner = :owner",
                ExpressionAttributeValues={":owner": {"S": owner}},
            )
            async for page in pages:
                digests += [entry["id"]["S"].removeprefix("key#") for entry in page["Items"]]
        found = [self._decrypted(key) for key in await self._read(digests)]
        return sorted(found, key=lambda key: key.created_at)

    async def note_use(self, digest: str, moment: datetime) -> None:
        """Note that a key was used. The time never goes back."""
        await is_written(
            self._client.update_item(
                TableName=self._table,
                Key=_id(digest),
                UpdateExpression="SET last_used_at = :moment",
                ConditionExpression="attribute_exists(id) AND (attribute_not_exists(last_used_at) "
                "OR last_used_at < :moment)",
                ExpressionAttributeValues={":moment": {"S": clock.iso(moment)}},
            )
        )

    async def revoke(self, digest: str, moment: datetime) -> bool:
        """Revoke a key, and return whether it exists. A key that was revoked before keeps its moment."""
        return await is_written(
            self._client.update_item(
                TableName=self._table,
                Key=_id(digest),
                UpdateExpression="SET revoked_at = if_not_exists(revoked_at, :moment), expires_at = :gone",
                ConditionExpression="attribute_exists(id)",
                ExpressionAttributeValues={
                    ":moment": {"S": clock.iso(moment)},
                    ":gone": {"N": str(epoch(moment + _KEPT))},
                },
            )
        )

    async def _get(self, digest: str) -> ApiKey | None:
        item = await read_item(self._client, self._table, _id(digest))
        return self._decrypted(from_item(item)) if item else None

    async def _read(self, digests: Sequence[str]) -> list[ApiKey]:
        """Return those keys that exist, also revoked ones, in no order. Their callback URLs are still encrypted."""
        items: list[Item] = []
        for start in range(0, len(digests), MOST_ITEMS):
            ids = [_id(digest) for digest in digests[start : start + MOST_ITEMS]]
            items += await read_items(self._client, self._table, ids)
        return [from_item(item) for item in items]

    def _decrypted(self, key: ApiKey) -> ApiKey:
        url = key.callback_url and self._cipher.decrypt(key.callback_url, place=_place(key.digest))
        return replace(key, callback_url=url)


def to_item(key: ApiKey) -> Item:
    """Return a key as an item. It does not encrypt the callback URL."""
    rate = key.limits.rate
    return _id(key.digest) | serialized(
        {
            "prefix": key.prefix,
            "key_owner": key.owner,
            "name": key.name,
            # DynamoDB has no empty sets.
            "scopes": {scope.value for scope in key.scopes} or None,
            # It is a text because DynamoDB's numbers are decimal.
            "requests_per_second": repr(rate.per_second) if isinstance(rate, Rate) else rate,
            "burst": rate.burst if isinstance(rate, Rate) else None,
            "jobs_per_day": key.limits.jobs_per_day,
            "bytes_per_day": key.limits.bytes_per_day,
            "stored_bytes": key.limits.stored_bytes,
            "callback_url": key.callback_url,
            "keep_original": key.keep_original or None,
            "publish": key.publish or None,
            "made_by": key.made_by,
            "created_at": clock.iso(key.created_at),
            # `expires_at` is the table's own attribute: DynamoDB removes the item then.
            "valid_until": _iso(key.expires_at),
            "last_used_at": _iso(key.last_used_at),
            "revoked_at": _iso(key.revoked_at),
            "expires_at": _removal(key),
        }
    )


def from_item(item: Item) -> ApiKey:
    """Return the key that `to_item` wrote."""
    read = deserialized(item)
    return ApiKey(
        digest=read["id"].removeprefix("key#"),
        prefix=read["prefix"],
        owner=read["key_owner"],
        name=read["name"],
        scopes=frozenset(Scope(scope) for scope in read.get("scopes", ())),
        limits=KeyLimits(
            rate=_rate(read),
            **{quota: _quota(read, quota) for quota in ("jobs_per_day", "bytes_per_day", "stored_bytes")},
        ),
        callback_url=read.get("callback_url"),
        keep_original=read.get("keep_original", False),
        publish=read.get("publish", False),
        made_by=read.get("made_by"),
        created_at=clock.parse(read["created_at"]),
        expires_at=_moment(read, "valid_until"),
        last_used_at=_moment(read, "last_used_at"),
        revoked_at=_moment(read, "revoked_at"),
    )


def _id(digest: str) -> Item:
    return {"id": {"S": _place(digest)}}


def _place(digest: str) -> str:
    return f"key#{digest}"


def _iso(moment: datetime | None) -> str | None:
    return clock.iso(moment) if moment else None


def _moment(read: dict[str, Any], name: str) -> datetime | None:
    return clock.parse(read[name]) if name in read else None


def _removal(key: ApiKey) -> int | None:
    """Return when DynamoDB removes a key, in seconds since 1970; None for a key that is good without end."""
    end = key.revoked_at or key.expires_at
    return epoch(end + _KEPT) if end else None


def _rate(read: dict[str, Any]) -> Rate | Unlimited | None:
    per_second = read.get("requests_per_second")
    if per_second is None or per_second == UNLIMITED:
        return per_second
    return Rate(per_second=float(per_second), burst=int(read["burst"]))


def _quota(read: dict[str, Any], name: str) -> int | Unlimited | None:
    quota = read.get(name)
    return quota if quota is None or quota == UNLIMITED else int(quota)
