"""Tests of `PUT /auth/password`."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from darkroom import clock
from darkroom.accounts.users import User
from darkroom.tables.user_table import UserTable
from darkroom_local.bootstrap import DEVELOPMENT_PASSWORD
from darkroom_local.installation import Installation
from darkroom_upload.sessions.login import OF_USER_AND_ADDRESS
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tests.upload.browser import Browser, browser
from tests.upload.service import RunningService, running_service, settings_for
from tests.upload.users import PASSWORD, somebody

NEW = "another horse battery"


@pytest_asyncio.fixture(scope="module")
async def installation(cloud: Cloud) -> AsyncIterator[Installation]:
    """Resources for this module alone: all tests share one address, and so its count of attempts."""
    async with cloud.installation() as found:
        yield found


@pytest_asyncio.fixture(scope="module")
async def service(installation: Installation) -> AsyncIterator[RunningService]:
    """A service whose clock stands still, so that no window of time begins between two attempts."""
    moment = clock.now()
    async with running_service(settings_for(installation), now=lambda: moment) as found:
        yield found


@pytest.fixture
def users(cloud: Cloud, installation: Installation) -> UserTable:
    return UserTable(cloud.dynamodb, installation.topology.accounts.name, CIPHER)


@pytest.fixture
async def user(users: UserTable) -> User:
    found = somebody()
    await users.create(found)
    return found


@pytest.fixture
async def ann(service: RunningService, user: User) -> AsyncIterator[Browser]:
    async with browser(service) as found:
        yield await found.at_home(user.name)


async def change(home: Browser, current: str = PASSWORD, new: str = NEW, **headers: str) -> httpx.Response:
    wanted = {"current": current, "new": new}
    return await home.client.put("/auth/password", json=wanted, headers={"x-csrf-token": home.csrf_token, **headers})


async def test_a_new_password_counts_and_ends_all_other_sessions(
    ann: Browser, service: RunningService, user: User, users: UserTable
) -> None:
    old = ann.token
    async with browser(service) as phone, browser(service, cookie=f"darkroom-session={old}") as thief:
        await phone.at_home(user.name)
        answer = await change(ann)
        assert answer.status_code == 200, answer.text
        for other in (phone, thief):
            assert (await other.get("/auth/me")).status_code == 401
        assert ann.token != old
        assert answer.json()["csrf_token"] != ann.csrf_token
        assert (await ann.get("/auth/me")).json() == answer.json(), "this browser goes on, with a new session"
        assert (await phone.log_in(user.name)).status_code == 401
        assert (await phone.log_in(user.name, NEW)).status_code == 200
    stored = await users.find(user.name)
    assert stored
    assert (stored.owner, stored.created_at, stored.disabled_at) == (user.owner, user.created_at, None)


async def test_the_present_password_is_needed(ann: Browser, user: User, service: RunningService) -> None:
    for current in ("wrong", "", NEW):
        answer = await change(ann, current)
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_password")
    assert (await ann.get("/auth/me")).status_code == 200, "the session goes on"
    async with browser(service) as phone:
        assert (await phone.log_in(user.name)).status_code == 200


async def test_wrong_passwords_are_held_back_as_at_the_login(ann: Browser, user: User, service: RunningService) -> None:
    most = OF_USER_AND_ADDRESS.most
    statuses = [(await change(ann, "wrong")).status_code for _ in range(most)]
    held_back = await change(ann)
    assert statuses == [403] * most
    assert (held_back.status_code, held_back.json()["code"]) == (429, "rate_limited")
    assert 0 < int(held_back.headers["retry-after"]) <= OF_USER_AND_ADDRESS.window_seconds
    async with browser(service) as thief:
        assert (await thief.log_in(user.name)).status_code == 429, "both count the same attempts"


async def test_a_password_of_a_disabled_user_cannot_be_changed(ann: Browser, user: User, users: UserTable) -> None:
    await users.change(user.disabled(clock.now()), instead_of=user)
    answer = await change(ann)
    assert answer.status_code in {401, 403}
    stored = await users.find(user.name)
    assert stored
    assert stored.disabled_at is not None


async def test_a_change_of_the_user_at_the_same_moment_is_not_lost(
    ann: Browser, user: User, users: UserTable, service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = service.services.change_password.users
    change_user = table.change

    async def later(changed: User, *, instead_of: User) -> bool:
        await users.change(user.disabled(clock.now()), instead_of=user)
        return await change_user(changed, instead_of=instead_of)

    monkeypatch.setattr(table, "change", later)
    answer = await change(ann)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    stored = await users.find(user.name)
    assert stored
    assert stored.disabled_at is not None
    assert stored.password_hash == user.password_hash


async def test_the_development_password_cannot_be_chosen_in_production(service: RunningService, ann: Browser) -> None:
    """It would be refused at the next login."""
    session = await service.services.sessions.find(ann.token)
    assert session
    log_in = replace(service.services.log_in, development=False)
    change_password = replace(service.services.change_password, log_in=log_in)
    with pytest.raises(Exception, match="published with the source code"):
        await change_password(session, PASSWORD, DEVELOPMENT_PASSWORD, device=session.device)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"json": {"new": NEW}}, 400),
        ({"json": {"current": PASSWORD}}, 400),
        ({"json": {"current": PASSWORD, "new": "x" * 14}}, 400),
        ({"json": {"current": PASSWORD, "new": "x" * 257}}, 400),
        ({"json": {"current": PASSWORD, "new": ["x" * 20]}}, 400),
        ({"json": {"current": PASSWORD, "new": NEW, "user": "somebody"}}, 400),
        ({"json": {"current": PASSWORD, "new": NEW}, "params": {"user": "somebody"}}, 400),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ({"json": {"current": PASSWORD, "new": "x" * 10_000}}, 413),
        ({"data": {"current": PASSWORD, "new": NEW}}, 415),
        ({}, 415),
    ],
    ids=str,
)
async def test_another_request_changes_nothing(
    ann: Browser, users: UserTable, user: User, body: dict[str, Any], status: int
) -> None:
    headers = {"x-csrf-token": ann.csrf_token, **body.pop("headers", {})}
    answer = await ann.client.put("/auth/password", headers=headers, **body)
    assert answer.status_code == status, answer.text
    assert "horse" not in answer.text
    assert "xxx" not in answer.text
    assert await users.find(user.name) == user


async def test_another_sites_page_changes_no_password(ann: Browser, users: UserTable, user: User) -> None:
    evil = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await change(ann, **evil)).status_code == 403
    assert (await change(ann, **{"x-csrf-token": ""})).status_code == 403
    assert await users.find(user.name) == user


async def test_a_key_changes_no_password(service: RunningService) -> None:
    answer = await service.client.put("/auth/password", json={"current": PASSWORD, "new": NEW})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
