"""API keys."""

import hashlib

import pytest

from darkroom.errors import Unauthenticated, Unavailable
from darkroom_upload import auth
from darkroom_upload.auth import Authenticate


class KeyTable:
    """The accounts as they are, and how often they were asked."""

    def __init__(self, owners: dict[str, str]) -> None:
        self.owners = {hashlib.sha256(key.encode()).hexdigest(): owner for key, owner in owners.items()}
        self.asked = 0

    async def owner_of(self, digest: str) -> str | None:
        self.asked += 1
        return self.owners.get(digest)


class Clock:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


async def test_a_known_key_has_an_owner() -> None:
    table = KeyTable({"secret": "ann"})
    assert await Authenticate(table.owner_of, development=False)("secret") == "ann"


@pytest.mark.parametrize("key", [None, "", "wrong", "x" * 10_000, "ÿ", "\udcff"])
async def test_any_other_key_is_refused(key: str | None) -> None:
    with pytest.raises(Unauthenticated):
        await Authenticate(KeyTable({"secret": "ann"}).owner_of, development=False)(key)


async def test_the_development_key_is_refused_elsewhere_even_if_it_is_in_the_table() -> None:
    table = KeyTable({"local-dev-key": "demo"})
    assert await Authenticate(table.owner_of, development=True)("local-dev-key") == "demo"
    with pytest.raises(Unauthenticated):
        await Authenticate(table.owner_of, development=False)("local-dev-key")


async def test_a_key_is_looked_up_again_after_half_a_minute() -> None:
    table, clock = KeyTable({"secret": "ann"}), Clock()
    authenticate = Authenticate(table.owner_of, development=False, clock=clock)
    for _ in range(3):
        await authenticate("secret")
    assert table.asked == 1
    clock.seconds += 30
    table.owners.clear()
    with pytest.raises(Unauthenticated):
        await authenticate("secret")


async def test_guessed_keys_are_not_remembered() -> None:
    table = KeyTable({"secret": "ann"})
    authenticate = Authenticate(table.owner_of, development=False)
    await authenticate("secret")
    for number in range(50):
        with pytest.raises(Unauthenticated):
            await authenticate(f"guess {number}")
    assert len(authenticate._known) == 1


async def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "_REMEMBERED", 2)
    authenticate = Authenticate(KeyTable({"a": "ann", "b": "bob", "c": "cem"}).owner_of, development=False)
    for key in "abcabc":
        await authenticate(key)
        assert len(authenticate._known) <= 2


async def test_a_table_that_is_away_is_no_reason_to_call_a_key_wrong() -> None:
    async def away(_: str) -> str | None:
        raise Unavailable("DynamoDB cannot be reached.")

    with pytest.raises(Unavailable):
        await Authenticate(away, development=False)("secret")
