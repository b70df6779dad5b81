"""Tests of looking up many keys by one call."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from darkroom import clock
from darkroom.accounts.api_keys import ApiKey
from darkroom.errors import Unavailable
from darkroom_upload.callers.key_batches import KeyBatches


class Keys:
    """Stored keys, and the batches that were read."""

    def __init__(self, *texts: str) -> None:
        keys = [ApiKey.of(text, owner=text, name="test", created_at=clock.now()) for text in texts]
        self.digests = [key.digest for key in keys]
        self.stored: dict[str, ApiKey | Unavailable] = {key.digest: key for key in keys}
        self.batches: list[list[str]] = []
        self.begun = asyncio.Semaphore(0)
        self.is_down = False
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def find_many(self, digests: Sequence[str]) -> Mapping[str, ApiKey | Unavailable]:
        self.batches.append(list(digests))
        self.begun.release()
        await self.go_on.wait()
        if self.is_down:
            raise Unavailable("DynamoDB cannot be reached. Try again.")
        return {digest: self.stored[digest] for digest in digests if digest in self.stored}


async def test_keys_that_are_asked_for_together_are_read_together_each_once() -> None:
    keys = Keys("a", "b")
    a, b = keys.digests
    find = KeyBatches(keys.find_many)
    assert await asyncio.gather(*map(find, [a, b, a, "unknown"])) == [
        keys.stored[a],
        keys.stored[b],
        keys.stored[a],
        None,
    ]
    assert keys.batches == [[a, b, "unknown"]]


async def test_a_key_that_is_asked_for_during_a_read_is_read_again() -> None:
    keys = Keys("a")
    (a,) = keys.digests
    find = KeyBatches(keys.find_many)
    keys.go_on.clear()
    first = asyncio.create_task(find(a))
    await keys.begun.acquire()
    second = asyncio.create_task(find(a))
    await keys.begun.acquire()
    keys.go_on.set()
    assert await first == await second == keys.stored[a]


async def test_an_unreadable_key_fails_alone() -> None:
    keys = Keys("a", "b")
    a, b = keys.digests
    keys.stored[a] = Unavailable("The callback URL cannot be read.")
    unreadable, found = await asyncio.gather(*map(KeyBatches(keys.find_many), [a, b]), return_exceptions=True)
    assert isinstance(unreadable, Unavailable)
    assert found == keys.stored[b]


async def test_an_outage_reaches_everybody_and_the_next_lookup_reads_again() -> None:
    keys = Keys("a")
    (a,) = keys.digests
    find = KeyBatches(keys.find_many)
    keys.is_down = True
    errors = await asyncio.gather(find(a), find(a), return_exceptions=True)
    assert [type(error) for error in errors] == [Unavailable, Unavailable]
    keys.is_down = False
    assert await find(a) == keys.stored[a]


async def test_a_lookup_that_is_cancelled_leaves_the_others_their_answer() -> None:
    keys = Keys("a")
    (a,) = keys.digests
    find = KeyBatches(keys.find_many)
    keys.go_on.clear()
    first, second = asyncio.create_task(find(a)), asyncio.create_task(find(a))
    await keys.begun.acquire()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    keys.go_on.set()
    assert await second == keys.stored[a]
