"""Tests of `POST /auth/login`: how guesses are limited, and what else is refused."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from darkroom import clock
from darkroom.accounts.users import User
from darkroom.tables.user_table import UserTable
from darkroom_local.installation import Installation
from darkroom_upload.sessions import login
from darkroom_upload.sessions.login import OF_ADDRESS, OF_USER_AND_ADDRESS
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tests.upload.browser import Browser, browser
from tests.upload.service import RunningService, running_service, settings_for
from tests.upload.users import PASSWORD, somebody


@pytest_asyncio.fixture(scope="module")
async def installation(cloud: Cloud) -> AsyncIterator[Installation]:
    """Resources for this module alone: all tests share one address, and so its count of attempts."""
    async with cloud.installation() as found:
        yield found


def at_one_moment() -> Callable[[], datetime]:
    """Return a clock that stands still, so that no window of time begins between two attempts."""
    moment = clock.now()
    return lambda: moment


@pytest_asyncio.fixture(scope="module")
async def direct(installation: Installation) -> AsyncIterator[RunningService]:
    """A service without a proxy."""
    async with running_service(settings_for(installation), now=at_one_moment()) as service:
        yield service


@pytest_asyncio.fixture(scope="module")
async def behind(installation: Installation) -> AsyncIterator[RunningService]:
    """A service behind a proxy."""
    async with running_service(settings_for(installation, trusted_proxies=1), now=at_one_moment()) as service:
        yield service


@pytest.fixture
async def user(cloud: Cloud, installation: Installation) -> User:
    found = somebody()
    await UserTable(cloud.dynamodb, installation.topology.accounts.name, CIPHER).create(found)
    return found


@pytest.fixture
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the check of passwords take no time."""
    monkeypatch.setattr(login, "is_password", lambda password, _: password == PASSWORD)


async def guesses(visitor: Browser, user: User, forwarded: list[str]) -> list[int]:
    """Return the statuses of logins with a wrong password and these X-Forwarded-For."""
    answers = [await visitor.log_in(user.name, "wrong", x_forwarded_for=each) for each in forwarded]
    return [answer.status_code for answer in answers]


async def test_unknown_users_and_wrong_passwords_get_the_same_answer(behind: RunningService, user: User) -> None:
    async with browser(behind, x_forwarded_for="198.51.100.1") as visitor:
        answers = [await visitor.log_in(user.name, "wrong"), await visitor.log_in("nobody"), await visitor.log_in("#")]
    assert len({answer.text for answer in answers}) == 1
    assert (answers[0].status_code, answers[0].json()["code"]) == (401, "unauthenticated")
    assert not any("set-cookie" in answer.headers for answer in answers)


async def test_guesses_are_limited_and_a_forged_address_does_not_help(
    direct: RunningService, user: User, easy: None
) -> None:
    most = OF_USER_AND_ADDRESS.most
    async with browser(direct) as visitor:
        assert await guesses(visitor, user, [f"203.0.113.{number}" for number in range(most + 1)]) == [401] * most + [
            429
        ]
        answer = await visitor.log_in(user.name, x_forwarded_for="192.0.2.1")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert 0 < int(answer.headers["retry-after"]) <= OF_USER_AND_ADDRESS.window_seconds


async def test_a_forged_address_does_not_help_behind_a_proxy_either(
    behind: RunningService, user: User, easy: None
) -> None:
    most = OF_USER_AND_ADDRESS.most
    async with browser(behind) as visitor:
        spoofed = [f"203.0.113.{number}, 198.51.100.2" for number in range(most + 1)]
        assert await guesses(visitor, user, spoofed) == [401] * most + [429]
        assert (await visitor.log_in(user.name, x_forwarded_for="198.51.100.3")).status_code == 200, (
            "another address may log in"
        )


async def test_a_flood_of_one_address_is_limited_for_all_users(
    behind: RunningService, easy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "OF_ADDRESS", replace(OF_ADDRESS, most=3))
    async with browser(behind, x_forwarded_for="198.51.100.4") as visitor:
        statuses = [(await visitor.log_in(f"user-{number}")).status_code for number in range(4)]
    assert statuses == [401, 401, 401, 429]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"json": {"name": "ann"}}, 400),
        ({"json": {"name": "ann", "password": 1}}, 400),
        ({"json": {"name": "ann", "password": "x" * 257}}, 400),
        ({"json": {"name": "ann", "password": "x", "remember": True}}, 400),
        ({"json": ["ann", "x"]}, 400),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ({"content": b'{"name": "ann", "password": "\\udcff"}', "headers": {"content-type": "application/json"}}, 400),
        ({"params": {"name": "ann"}, "json": {"name": "ann", "password": "x"}}, 400),
        ({"json": {"name": "ann", "password": "x" * 10_000}}, 413),
        ({"data": {"name": "ann", "password": "x"}}, 415),
        ({}, 415),
    ],
    ids=str,
)
async def test_an_invalid_login_request_is_not_counted(
    behind: RunningService, body: dict[str, Any], status: int
) -> None:
    async with browser(behind, x_forwarded_for="198.51.100.4") as visitor:
        answer = await visitor.client.post("/auth/login", **body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "xxx" not in answer.text
