"""API keys in the accounts table, under `key#<digest>`. A callback URL can have a token, so it is encrypted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from darkroom import clock
from darkroom.accounts.allowances import UNLIMITED, KeyLimits, Rate, Unlimited
from darkroom.accounts.api_keys import ApiKey, Scope
from darkroom.errors import Unavailable
from darkroom.runtime.aws import translated
from darkroom.runtime.encryption import TextCipher
from darkroom.tables.dynamodb import MOST_ITEMS, Item, deserialized, is_written, read_item, read_items, serialized
from darkroom.topology import KEYS_BY_OWNER

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


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
        for start in range(0, len(digests), MOST_ITEMS):
            ids = [_id(digest) for digest in digests[start : start + MOST_ITEMS]]
            for item in await read_items(self._client, self._table, ids):
                key = from_item(item)
                if key.revoked_at is None:
                    try:
                        found[key.digest] = self._decrypted(key)
                    except Unavailable as error:
                        found[key.digest] = error
        return found

    async def put(self, key: ApiKey) -> None:
        """Write a key. It replaces one with the same digest, so the write may be repeated."""
        encrypted = key.callback_url and self._cipher.encrypt(key.callback_url, place=_place(key.digest))
        with translated("DynamoDB"):
            await self._client.put_item(TableName=self._table, Item=to_item(replace(key, callback_url=encrypted)))

    async def of_owner(self, owner: str) -> list[ApiKey]:
        """Return all keys of an owner, also revoked ones, the oldest first. The index is a moment behind the table."""
        found: list[ApiKey] = []
        with translated("DynamoDB"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                IndexName=KEYS_BY_OWNER.name,
                KeyConditionExpression="key_owner = :owner",
                ExpressionAttributeValues={":owner": {"S": owner}},
            )
            async for page in pages:
                for entry in page["Items"]:
                    key = await self._get(entry["id"]["S"].removeprefix("key#"))
                    found += [key] if key else []
        return found

    async def revoke(self, digest: str, moment: datetime) -> bool:
        """Revoke a key, and return whether it exists. A key that was revoked before keeps its moment."""
        return await is_written(
            self._client.update_item(
                TableName=self._table,
                Key=_id(digest),
                UpdateExpression="SET revoked_at = if_not_exists(revoked_at, :moment)",
                ConditionExpression="attribute_exists(id)",
                ExpressionAttributeValues={":moment": {"S": clock.iso(moment)}},
            )
        )

    async def _get(self, digest: str) -> ApiKey | None:
        item = await read_item(self._client, self._table, _id(digest))
        return self._decrypted(from_item(item)) if item else None

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
            "created_at": clock.iso(key.created_at),
            "revoked_at": clock.iso(key.revoked_at) if key.revoked_at else None,
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
        created_at=clock.parse(read["created_at"]),
        revoked_at=clock.parse(read["revoked_at"]) if "revoked_at" in read else None,
    )


def _id(digest: str) -> Item:
    return {"id": {"S": _place(digest)}}


def _place(digest: str) -> str:
    return f"key#{digest}"


def _rate(read: dict[str, Any]) -> Rate | Unlimited | None:
    per_second = read.get("requests_per_second")
    if per_second is None or per_second == UNLIMITED:
        return per_second
    return Rate(per_second=float(per_second), burst=int(read["burst"]))


def _quota(read: dict[str, Any], name: str) -> int | Unlimited | None:
    quota = read.get(name)
    return quota if quota is None or quota == UNLIMITED else int(quota)
