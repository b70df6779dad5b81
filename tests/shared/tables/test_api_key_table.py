"""API keys, and their table."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from darkroom import clock
from darkroom.accounts import api_keys
from darkroom.accounts.allowances import UNLIMITED, KeyLimits, Rate
from darkroom.accounts.api_keys import ALL_SCOPES, ApiKey, Scope
from darkroom.errors import Unavailable
from darkroom.tables.api_key_table import KeyTable, to_item
from darkroom_local.installation import Installation
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud

NOW = clock.parse("2026-11-25T05:00:00.000Z")


@pytest.fixture
async def keys(cloud: Cloud, installation: Installation) -> KeyTable:
    return KeyTable(cloud.dynamodb, installation.topology.accounts.name, CIPHER)


def test_keys_differ_and_have_256_bits() -> None:
    made = {api_keys.generate() for _ in range(100)}
    assert len(made) == 100
    assert all(key.startswith("dk_") and len(key) == len("dk_") + 43 for key in made)


def test_only_the_hash_and_the_beginning_of_a_key_are_stored() -> None:
    key = api_keys.generate()
    kept = json.dumps(to_item(ApiKey.of(key, owner="ann", name="laptop", created_at=NOW)))
    assert key[:11] in kept
    assert key[:12] not in kept


@pytest.mark.parametrize(
    "key",
    [
        ApiKey.of("a", owner="ann", name="", created_at=NOW),
        ApiKey.of(
            "b",
            owner="ann",
            name="laptop",
            created_at=NOW,
            scopes=frozenset({Scope.READ}),
            limits=KeyLimits(rate=Rate.of(0.1, 3), jobs_per_day=10, bytes_per_day=10**12, stored_bytes=10**13),
            callback_url="https://example.com/darkroom",
        ),
        ApiKey.of(
            "d",
            owner="ann",
            name="free",
            created_at=NOW,
            limits=KeyLimits(rate=UNLIMITED, jobs_per_day=UNLIMITED, bytes_per_day=UNLIMITED, stored_bytes=UNLIMITED),
        ),
        ApiKey.of("c", owner="ann", name="nothing", created_at=NOW, scopes=frozenset()),
    ],
    ids=["plain", "full", "unlimited", "without scopes"],
)
async def test_a_key_is_found_as_it_was_written(keys: KeyTable, key: ApiKey) -> None:
    await keys.put(key)
    assert await keys.find(key.digest) == key


async def test_an_unknown_key_is_not_found(keys: KeyTable) -> None:
    assert await keys.find(api_keys.digest_of("guess")) is None
    assert not await keys.revoke(api_keys.digest_of("guess"), NOW)


async def test_a_revoked_key_is_not_found_and_keeps_its_moment(keys: KeyTable) -> None:
    key = ApiKey.of("a", owner="ann", name="", created_at=NOW)
    await keys.put(key)
    for seconds in range(2):
        assert await keys.revoke(key.digest, NOW + timedelta(seconds=seconds))
    assert await keys.find(key.digest) is None
    assert await keys.of_owner("ann") == [replace(key, revoked_at=NOW)]


async def test_only_the_owners_keys_are_listed_by_age(keys: KeyTable) -> None:
    for number, owner in enumerate(["ann", "bob", "ann"]):
        created = NOW - timedelta(days=number)
        await keys.put(ApiKey.of(f"key {number}", owner=owner, name=str(number), created_at=created))
    assert [key.name for key in await keys.of_owner("ann")] == ["2", "0"]
    assert await keys.of_owner("nobody") == []
    assert {scope for key in await keys.of_owner("bob") for scope in key.scopes} == ALL_SCOPES


async def test_many_keys_are_found_at_once_without_revoked_and_unknown_ones(keys: KeyTable) -> None:
    a, b, gone = (
        ApiKey.of(text, owner="ann", name="", created_at=NOW, callback_url="https://example.com/darkroom")
        for text in ("many-a", "many-b", "many-gone")
    )
    for key in (a, b, gone):
        await keys.put(key)
    await keys.revoke(gone.digest, NOW)
    others = [f"unknown-{number}" for number in range(100)]
    assert await keys.find_many([a.digest, *others, b.digest, gone.digest]) == {a.digest: a, b.digest: b}


async def test_a_key_that_cannot_be_decrypted_is_an_error_of_its_own(keys: KeyTable, cloud: Cloud) -> None:
    a, b = (
        ApiKey.of(text, owner="ann", name="", created_at=NOW, callback_url="https://example.com/darkroom")
        for text in ("foreign-a", "foreign-b")
    )
    await keys.put(a)
    await cloud.dynamodb.put_item(TableName=keys._table, Item=to_item(replace(b, callback_url="1.unknown.text")))
    found = await keys.find_many([a.digest, b.digest])
    assert found[a.digest] == a
    assert isinstance(found[b.digest], Unavailable)
