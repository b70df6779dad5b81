"""Tests of `/keys`: API keys that users list, make and revoke."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from darkroom import clock
from darkroom.accounts.api_keys import ApiKey, digest_of
from darkroom.accounts.users import User
from darkroom.tables.api_key_table import KeyTable
from darkroom.tables.user_table import UserTable
from darkroom_local.installation import Installation
from darkroom_upload.keys import key_writes
from darkroom_upload.keys.manage_keys import OF_OWNER
from darkroom_upload.sessions.session import PASSWORD_PERIOD
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tests.upload.browser import Browser, browser
from tests.upload.service import RunningService, put_key, running_service, settings_for
from tests.upload.users import somebody
from tools.testbed import images


class Watch:
    """A clock that a test can set forward."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return clock.now() + self.ahead


@pytest_asyncio.fixture(scope="module")
async def installation(cloud: Cloud) -> AsyncIterator[Installation]:
    """Resources for this module alone, whose tests count the keys of owners."""
    async with cloud.installation() as found:
        yield found


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def service(installation: Installation, watch: Watch) -> AsyncIterator[RunningService]:
    async with running_service(settings_for(installation), now=watch) as found:
        yield found


@pytest.fixture
def keys(cloud: Cloud, installation: Installation) -> KeyTable:
    return KeyTable(cloud.dynamodb, installation.topology.accounts.name, CIPHER)


@pytest.fixture
async def bob(cloud: Cloud, installation: Installation) -> User:
    """A user of an owner that no other test has."""
    user = somebody()
    user = replace(user, owner=f"owner-of-{user.name}")
    await UserTable(cloud.dynamodb, installation.topology.accounts.name, CIPHER).create(user)
    return user


@pytest.fixture
async def home(service: RunningService, bob: User) -> AsyncIterator[Browser]:
    """A browser in which the user has just logged in."""
    async with browser(service) as found:
        yield await found.at_home(bob.name)


async def make(home: Browser, **wanted: Any) -> dict[str, Any]:
    answer = await home.post("/keys", json={"name": "laptop", **wanted})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def revoke(home: Browser, prefix: str) -> httpx.Response:
    return await home.client.delete(f"/keys/{prefix}", headers={"x-csrf-token": home.csrf_token})


async def by_key(service: RunningService, key: str, path: str = "/usage") -> httpx.Response:
    return await service.client.get(path, headers={"x-api-key": key})


async def listed(home: Browser) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await home.get("/keys")).json()["items"]
    return items


async def test_a_key_is_made_used_listed_and_revoked(
    home: Browser, service: RunningService, bob: User, keys: KeyTable
) -> None:
    answer = await home.post("/keys", json={"name": "laptop", "scopes": ["read"], "expires_in_days": 30})
    made = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert made["key"].startswith(made["prefix"])
    assert (made["made_by"], made["scopes"], made["last_used_at"]) == (bob.name, ["read"], None)
    days = (clock.parse(made["expires_at"]) - clock.parse(made["created_at"])).days
    assert days == 30
    usage = await by_key(service, made["key"])
    assert (usage.json()["owner"], usage.json()["scopes"]) == (bob.owner, ["read"])
    (shown,) = await listed(home)
    assert "key" not in shown
    assert clock.now() - clock.parse(shown["last_used_at"]) < timedelta(minutes=1)
    assert (await revoke(home, made["prefix"])).status_code == 204
    (shown,) = await listed(home)
    assert shown["revoked_at"] is not None
    service.services.authenticate.known.clear()
    assert (await by_key(service, made["key"])).status_code == 401
    assert (await revoke(home, made["prefix"])).status_code == 204, "it may be repeated"
    assert await keys.find(digest_of(made["key"])) is None


async def test_use_is_noted_once_an_hour(home: Browser, service: RunningService, watch: Watch) -> None:
    made = await make(home)
    noted = []
    for minutes in (0, 59, 61):
        watch.ahead = timedelta(minutes=minutes)
        service.services.authenticate.known.clear()
        assert (await by_key(service, made["key"])).status_code == 200
        noted += [key["last_used_at"] for key in await listed(home)]
    assert noted[0] == noted[1] < noted[2]


async def test_an_expired_key_is_refused(home: Browser, service: RunningService, watch: Watch) -> None:
    made = await make(home, expires_in_days=1)
    assert (await by_key(service, made["key"])).status_code == 200
    service.services.authenticate.known.clear()
    watch.ahead = timedelta(days=1, seconds=1)
    answer = await by_key(service, made["key"])
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_making_and_revoking_need_the_password_within_ten_minutes(home: Browser, bob: User, watch: Watch) -> None:
    made = await make(home)
    watch.ahead = PASSWORD_PERIOD
    refused = [await home.post("/keys", json={"name": "later"}), await revoke(home, made["prefix"])]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(403, "password_needed")] * 2
    assert len(await listed(home)) == 1, "listing does not"
    until = clock.parse((await home.get("/auth/me")).json()["password_until"])
    assert until <= watch()
    await home.at_home(bob.name)
    assert (await revoke(home, made["prefix"])).status_code == 204


async def test_an_api_key_makes_no_keys(service: RunningService, home: Browser) -> None:
    made = await make(home, scopes=["admin"])
    with_key = {"x-api-key": made["key"]}
    answers = [
        await service.client.get("/keys", headers=with_key),
        await service.client.post("/keys", headers=with_key, json={"name": "further"}),
        await service.client.delete(f"/keys/{made['prefix']}", headers=with_key),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "forbidden")] * 3
    assert len(await listed(home)) == 1


async def test_keys_of_other_owners_are_neither_seen_nor_revoked(
    home: Browser, cloud: Cloud, installation: Installation, keys: KeyTable
) -> None:
    await put_key(cloud.dynamodb, installation, "dk_others-secret-key", "somebody-else")
    assert await listed(home) == []
    answer = await revoke(home, "dk_others-s")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert await keys.find(digest_of("dk_others-secret-key")) is not None


async def test_keys_of_operators_are_seen_and_revoked(
    home: Browser, bob: User, cloud: Cloud, installation: Installation
) -> None:
    text = f"dk_operator-{bob.name}"
    await put_key(cloud.dynamodb, installation, text, bob.owner)
    (shown,) = await listed(home)
    assert (shown["prefix"], shown["made_by"]) == (text[:11], None)
    assert (await revoke(home, shown["prefix"])).status_code == 204


async def test_keys_of_users_share_the_quota_of_sessions(installation: Installation, bob: User) -> None:
    """Otherwise each key would bring another quota."""
    async with (
        running_service(settings_for(installation, default_jobs_per_day=2)) as service,
        browser(service) as visitor,
    ):
        home = await visitor.at_home(bob.name)
        texts = [(await make(home))["key"] for _ in range(2)]
        cat = images.jpeg(16, 16)
        image = {"content-type": "image/jpeg"}
        sent = [await service.client.post("/uploads", content=cat, headers=image | {"x-api-key": key}) for key in texts]
        sent.append(await home.post("/uploads", content=cat, headers=image))
        assert [answer.status_code for answer in sent] == [202, 202, 429]
        used = [(await by_key(service, key)).json()["jobs"]["used"] for key in texts]
        assert used == [2, 2]


async def test_users_of_an_owner_have_a_limited_number_of_usable_keys(
    home: Browser, watch: Watch, bob: User, keys: KeyTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_writes, "MOST_KEYS", 3)
    await keys.put(ApiKey.of("an operator's", owner=bob.owner, name="", created_at=clock.now()))
    answers = await asyncio.gather(*(home.post("/keys", json={"name": str(number)}) for number in range(8)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(201) <= 3
    assert set(statuses) <= {201, 409, 503}
    while (last := await home.post("/keys", json={"name": "one more"})).status_code != 409:
        assert last.status_code == 201
    assert (last.json()["code"], last.json()["limit"]) == ("conflict", 3)
    usable = [key for key in await keys.of_owner(bob.owner) if key.made_by and key.is_usable(clock.now())]
    assert len(usable) == 3
    assert (await revoke(home, usable[0].prefix)).status_code == 204
    await make(home, expires_in_days=1)
    watch.ahead = timedelta(days=1, seconds=1)
    await home.at_home(bob.name)
    await make(home, name="the expired one has left its place")


async def test_an_owner_gets_a_limited_number_of_keys_a_day(home: Browser, service: RunningService) -> None:
    for _ in range(OF_OWNER.most):
        assert (await revoke(home, (await make(home))["prefix"])).status_code == 204
    answer = await home.post("/keys", json={"name": "one more"})
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert 0 < int(answer.headers["retry-after"]) <= OF_OWNER.window_seconds


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({}, 400),
        ({"name": ""}, 400),
        ({"name": "   "}, 400),
        ({"name": "x" * 81}, 400),
        ({"name": "two\nlines"}, 400),
        ({"name": "a\u202ereversed"}, 400),
        ({"name": "nul\u0000"}, 400),
        ({"name": 1}, 400),
        ({"name": "a", "scopes": []}, 400),
        ({"name": "a", "scopes": ["root"]}, 400),
        ({"name": "a", "scopes": "read"}, 400),
        ({"name": "a", "scopes": ["read"] * 100 + ["nothing"]}, 400),
        ({"name": "a", "expires_in_days": 0}, 400),
        ({"name": "a", "expires_in_days": 3651}, 400),
        ({"name": "a", "expires_in_days": "7"}, 400),
        ({"name": "a", "expires_in_days": 1e400}, 400),
        ({"name": "a", "publish": "yes"}, 400),
        ({"name": "a", "owner": "somebody-else"}, 400),
        ({"name": "a", "made_by": None}, 400),
        ({"name": "a", "limits": {"jobs_per_day": "unlimited"}}, 400),
        ({"name": "a", "key": "dk_chosen"}, 400),
        ({"name": "x" * 10_000}, 413),
    ],
    ids=str,
)
async def test_another_request_makes_no_key(home: Browser, wanted: dict[str, Any], status: int) -> None:
    answer = await home.post("/keys", json=wanted) if 1e400 not in wanted.values() else await _raw(home)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert await listed(home) == []


async def _raw(home: Browser) -> httpx.Response:
    text = '{"name": "a", "expires_in_days": 1e400}'
    return await home.post("/keys", content=text, headers={"content-type": "application/json"})


async def test_another_sites_page_makes_and_revokes_no_key(home: Browser) -> None:
    made = await make(home)
    evil = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await home.post("/keys", json={"name": "a"}, headers=evil)).status_code == 403
    assert (await home.post("/keys", json={"name": "a"}, headers={"x-csrf-token": ""})).status_code == 403
    assert (await home.client.delete(f"/keys/{made['prefix']}")).status_code == 403
    assert [key["revoked_at"] for key in await listed(home)] == [None]


@pytest.mark.parametrize("prefix", ["dk_", "d", "%2e%2e", "dk_%00", "*", "keys%23studio"])
async def test_no_other_prefix_revokes_anything(home: Browser, prefix: str) -> None:
    await make(home)
    assert (await revoke(home, prefix)).status_code == 404
    assert [key["revoked_at"] for key in await listed(home)] == [None]
