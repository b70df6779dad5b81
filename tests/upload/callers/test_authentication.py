"""Tests of authentication by an API key or a session."""

from typing import Any, Final

import pytest
from fastapi import Request

from darkroom import clock
from darkroom.accounts.allowances import Allowance
from darkroom.accounts.api_keys import ALL_SCOPES, ApiKey, Scope, digest_of
from darkroom.errors import Forbidden, Unauthenticated, Unavailable
from darkroom_upload import expiring_cache
from darkroom_upload.callers.authentication import Authenticate, FindKey, known_callers
from darkroom_upload.callers.caller import Caller
from darkroom_upload.sessions.session import Session, csrf_token_of

TOKEN: Final = "a token"
SESSION: Final = Session(
    id=digest_of(TOKEN),
    user="ann",
    owner="studio",
    user_version="1",
    last_logout="",
    expires_at=clock.parse("2026-11-25T05:15:26.310Z"),
    csrf_token=csrf_token_of(TOKEN),
)


class Keys:
    """Stored keys, and how often they were read."""

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


async def find_session(token: str, *, fresh: bool = False) -> Session | None:
    return SESSION if token == TOKEN else None


def gate(find: FindKey, **more: Any) -> Authenticate:
    """Return the authentication in production, unless told otherwise."""
    return Authenticate(find_key=find, find_session=find_session, **{"development": False, **more})


def request(
    *, key: str | None = None, token: str | None = None, cookie: str = "__Host-darkroom-session", method: str = "GET"
) -> Request:
    """Return a request of a program, with a key or a session's token."""
    headers = {} if key is None else {"x-api-key": key.encode("utf-8", "surrogatepass")}
    headers |= {} if token is None else {"cookie": f"{cookie}={token}".encode()}
    raw = [(name.encode(), value) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "path": "/", "headers": raw})


class Watch:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


async def test_a_known_key_has_an_owner() -> None:
    table = Keys({"secret": "ann"})
    caller = await gate(table.find)(request(key="secret"))
    assert caller == Caller(owner="ann", key_id=digest_of("secret"), key_prefix="secret")


async def test_a_session_has_all_scopes_and_all_sessions_of_an_owner_count_as_one_caller() -> None:
    default = Allowance(jobs_per_day=7)
    caller = await gate(Keys({}).find, allowance=default)(request(token=TOKEN))
    assert caller == Caller(owner="studio", session=SESSION, allowance=default)
    assert caller.scopes == ALL_SCOPES
    assert caller.counted_as == "owner#studio"


@pytest.mark.parametrize("scopes", [{Scope.READ}, {Scope.UPLOAD}, {Scope.READ, Scope.UPLOAD}, {Scope.ADMIN}, set()])
async def test_a_key_has_its_scopes_and_no_others(scopes: set[Scope]) -> None:
    caller = await gate(Keys({"secret": "ann"}, frozenset(scopes)).find)(request(key="secret"))
    for scope in Scope:
        if scope in scopes or Scope.ADMIN in scopes:
            caller.require(scope)
        else:
            with pytest.raises(Forbidden, match=f"lacks the `{scope}` scope"):
                caller.require(scope)


@pytest.mark.parametrize("token", [None, "", TOKEN])
@pytest.mark.parametrize("key", ["", "wrong", "x" * 10_000, "ÿ", "\udcff"])
async def test_an_unknown_key_is_refused_even_beside_a_session(key: str, token: str | None) -> None:
    with pytest.raises(Unauthenticated, match="key is not known"):
        await gate(Keys({"secret": "ann"}).find)(request(key=key, token=token))


@pytest.mark.parametrize("token", ["wrong", TOKEN])
async def test_a_key_counts_and_a_session_beside_it_does_not(token: str) -> None:
    caller = await gate(Keys({"secret": "bob"}).find)(request(key="secret", token=token, method="POST"))
    assert (caller.owner, caller.session) == ("bob", None)


@pytest.mark.parametrize("token", [None, "", "wrong"])
async def test_a_request_without_key_and_session_is_refused(token: str | None) -> None:
    with pytest.raises(Unauthenticated):
        await gate(Keys({}).find)(request(token=token))


async def test_the_cookies_of_development_and_production_do_not_mix() -> None:
    production, development = gate(Keys({}).find), gate(Keys({}).find, development=True)
    assert (await development(request(token=TOKEN, cookie="darkroom-session"))).session == SESSION
    for caller, cookie in ((production, "darkroom-session"), (development, "__Host-darkroom-session")):
        with pytest.raises(Unauthenticated):
            await caller(request(token=TOKEN, cookie=cookie))


async def test_a_session_changes_nothing_without_its_csrf_token() -> None:
    with pytest.raises(Forbidden):
        await gate(Keys({}).find)(request(token=TOKEN, method="POST"))


async def test_the_development_key_is_refused_in_production_even_if_it_is_stored() -> None:
    table = Keys({"local-dev-key": "demo"})
    assert (await gate(table.find, development=True)(request(key="local-dev-key"))).owner == "demo"
    with pytest.raises(Unauthenticated):
        await gate(table.find)(request(key="local-dev-key"))


async def test_a_key_is_looked_up_again_after_half_a_minute() -> None:
    table, watch = Keys({"secret": "ann"}), Watch()
    authenticate = gate(table.find, known=known_callers(monotonic=watch))
    for _ in range(3):
        await authenticate(request(key="secret"))
    assert table.asked == 1
    watch.seconds += 30
    table.keys.clear()
    with pytest.raises(Unauthenticated):
        await authenticate(request(key="secret"))


async def test_guessed_keys_are_not_remembered() -> None:
    authenticate = gate(Keys({"secret": "ann"}).find)
    await authenticate(request(key="secret"))
    for number in range(50):
        with pytest.raises(Unauthenticated):
            await authenticate(request(key=f"guess {number}"))
    assert len(authenticate.known) == 1


async def test_few_callers_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiring_cache, "MOST", 2)
    authenticate = gate(Keys({"a": "ann", "b": "bob", "c": "cem"}).find)
    for key in "abcabc":
        await authenticate(request(key=key))
        assert len(authenticate.known) <= 2


async def test_an_unavailable_table_does_not_make_a_key_wrong() -> None:
    async def away(_: str) -> ApiKey | None:
        raise Unavailable("DynamoDB cannot be reached.")

    with pytest.raises(Unavailable):
        await gate(away)(request(key="secret"))
