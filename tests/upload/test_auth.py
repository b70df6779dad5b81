"""API keys."""

from typing import Any, cast

import pytest

from darkroom import clock
from darkroom.api_keys import ALL_SCOPES, ApiKey, Scope, digest_of
from darkroom.errors import Forbidden, Unauthenticated, Unavailable
from darkroom_upload import auth
from darkroom_upload.adapters.rates import Rates
from darkroom_upload.auth import Authenticate
from darkroom_upload.principal import Principal
from darkroom_upload.throttle import Throttle


class Keys:
    """The keys as they are, and how often they were asked for."""

    def __init__(self, owners: dict[str, str], scopes: frozenset[Scope] = ALL_SCOPES) -> None:
        self.keys = {
            key.digest: key
            for text, owner in owners.items()
            for key in [ApiKey.of(text, owner=owner, name="test", created_at=clock.now(), scopes=scopes)]
        }
        self.asked = 0

    async def find(self, digest: str) -> ApiKey | None:
        self.asked += 1
        return self.keys.get(digest)


def gate(find: auth.FindKey, **more: Any) -> Authenticate:
    """For keys without a rate."""
    return Authenticate(find, throttle=Throttle(cast("Rates", None)), **more)


class Watch:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


async def test_a_known_key_has_an_owner() -> None:
    table = Keys({"secret": "ann"})
    principal = await gate(table.find, development=False)("secret")
    assert principal == Principal(owner="ann", key_id=digest_of("secret"))


@pytest.mark.parametrize("scopes", [{Scope.READ}, {Scope.UPLOAD}, {Scope.READ, Scope.UPLOAD}, {Scope.ADMIN}, set()])
async def test_a_key_opens_what_its_scopes_say(scopes: set[Scope]) -> None:
    principal = await gate(Keys({"secret": "ann"}, frozenset(scopes)).find, development=False)("secret")
    for scope in Scope:
        if scope in scopes or Scope.ADMIN in scopes:
            principal.require(scope)
        else:
            with pytest.raises(Forbidden, match=f"the scope {scope}"):
                principal.require(scope)


@pytest.mark.parametrize("key", [None, "", "wrong", "x" * 10_000, "ÿ", "\udcff"])
async def test_any_other_key_is_refused(key: str | None) -> None:
    with pytest.raises(Unauthenticated):
        await gate(Keys({"secret": "ann"}).find, development=False)(key)


async def test_the_development_key_is_refused_elsewhere_even_if_it_is_in_the_table() -> None:
    table = Keys({"local-dev-key": "demo"})
    assert (await gate(table.find, development=True)("local-dev-key")).owner == "demo"
    with pytest.raises(Unauthenticated):
        await gate(table.find, development=False)("local-dev-key")


async def test_a_key_is_looked_up_again_after_half_a_minute() -> None:
    table, watch = Keys({"secret": "ann"}), Watch()
    authenticate = gate(table.find, development=False, clock=watch)
    for _ in range(3):
        await authenticate("secret")
    assert table.asked == 1
    watch.seconds += 30
    table.keys.clear()
    with pytest.raises(Unauthenticated):
        await authenticate("secret")


async def test_guessed_keys_are_not_remembered() -> None:
    table = Keys({"secret": "ann"})
    authenticate = gate(table.find, development=False)
    await authenticate("secret")
    for number in range(50):
        with pytest.raises(Unauthenticated):
            await authenticate(f"guess {number}")
    assert len(authenticate._known) == 1


async def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "_REMEMBERED", 2)
    authenticate = gate(Keys({"a": "ann", "b": "bob", "c": "cem"}).find, development=False)
    for key in "abcabc":
        await authenticate(key)
        assert len(authenticate._known) <= 2


async def test_a_table_that_is_away_is_no_reason_to_call_a_key_wrong() -> None:
    async def away(_: str) -> ApiKey | None:
        raise Unavailable("DynamoDB cannot be reached.")

    with pytest.raises(Unavailable):
        await gate(away, development=False)("secret")
