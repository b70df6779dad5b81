"""Tests of which API keys may be used, and of noting that they were."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from darkroom import clock
from darkroom.accounts.api_keys import ApiKey
from darkroom.errors import Unavailable
from darkroom_upload.callers.usable_key import FindUsableKey

NOW: Final = clock.parse("2026-11-30T12:00:00.000Z")
KEY: Final = ApiKey.of("secret", owner="ann", name="laptop", created_at=NOW - timedelta(days=1))


class Table:
    """A table with one key, which keeps the noted uses."""

    def __init__(self, key: ApiKey | None, *, fails: bool = False) -> None:
        self.key = key
        self.fails = fails
        self.noted: list[tuple[str, datetime]] = []

    async def find(self, _: str) -> ApiKey | None:
        return self.key

    async def note_use(self, digest: str, moment: datetime) -> None:
        if self.fails:
            raise Unavailable("DynamoDB cannot be reached.")
        self.noted.append((digest, moment))


async def found(table: Table) -> ApiKey | None:
    return await FindUsableKey(find=table.find, note_use=table.note_use, now=lambda: NOW)(KEY.digest)


async def test_the_first_use_is_noted() -> None:
    table = Table(KEY)
    assert await found(table) == KEY
    assert table.noted == [(KEY.digest, NOW)]


@pytest.mark.parametrize(("minutes", "times"), [(0, 0), (59, 0), (60, 1), (600, 1)])
async def test_a_later_use_is_noted_after_an_hour(minutes: int, times: int) -> None:
    table = Table(replace(KEY, last_used_at=NOW - timedelta(minutes=minutes)))
    assert await found(table)
    assert len(table.noted) == times


async def test_a_use_that_cannot_be_noted_is_allowed() -> None:
    assert await found(Table(KEY, fails=True)) == KEY


@pytest.mark.parametrize(
    "key",
    [
        None,
        replace(KEY, expires_at=NOW),
        replace(KEY, expires_at=NOW - timedelta(days=1)),
        replace(KEY, revoked_at=NOW),
        replace(KEY, revoked_at=NOW, expires_at=NOW + timedelta(days=1)),
    ],
    ids=["unknown", "expires now", "expired", "revoked", "revoked before its end"],
)
async def test_no_other_key_is_found_or_noted(key: ApiKey | None) -> None:
    table = Table(key)
    assert await found(table) is None
    assert table.noted == []
