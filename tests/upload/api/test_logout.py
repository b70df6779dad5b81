"""Tests of how users and operators end one session or all."""

from functools import partial
from typing import Any

import pytest

from darkroom import clock
from darkroom.accounts.users import User
from darkroom.tables.user_table import UserTable
from darkroom_local.installation import Installation
from darkroom_upload import composition
from darkroom_upload.sessions.session_lifecycle import FRESH_SECONDS, Sessions
from tests.upload.browser import Browser, browser
from tests.upload.service import RunningService, running_service, settings_for
from tests.upload.users import somebody


async def test_all_sessions_of_a_user_end_at_once_here_and_within_the_window_elsewhere(
    ann: Browser, user: User, users: UserTable, shared_installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 100.0
    monkeypatch.setattr(composition, "Sessions", partial(Sessions, monotonic=lambda: seconds))
    colleague = somebody()
    await users.create(colleague)
    async with (
        running_service(settings_for(shared_installation)) as other_task,
        browser(other_task) as laptop,
        browser(other_task) as phone,
        browser(other_task) as colleagues,
    ):
        for visitor in (laptop, phone):
            await visitor.at_home(user.name)
        await colleagues.at_home(colleague.name)
        assert (await laptop.get("/auth/me")).status_code == 200
        assert (await ann.post("/auth/logout", json={"everywhere": True})).status_code == 204
        assert (await ann.get("/auth/me")).status_code == 401
        assert (await phone.get("/auth/me")).status_code == 401, "that task does not remember this session"
        assert (await laptop.get("/auth/me")).status_code == 200, "that task remembers this session for a few seconds"
        seconds += FRESH_SECONDS
        assert (await laptop.get("/auth/me")).status_code == 401
        assert (await colleagues.get("/auth/me")).status_code == 200
        assert (await laptop.log_in(user.name)).status_code == 200


@pytest.mark.parametrize("body", [{}, {"json": {}}, {"json": {"everywhere": False}}], ids=str)
async def test_a_logout_ends_one_session_by_default(
    body: dict[str, Any], ann: Browser, user: User, upload: RunningService
) -> None:
    async with browser(upload) as phone:
        await phone.at_home(user.name)
        assert (await phone.post("/auth/logout", **body)).status_code == 204
        assert (await phone.get("/auth/me")).status_code == 401
    assert (await ann.get("/auth/me")).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"json": {"everywhere": "yes"}}, 400),
        ({"json": {"everyone": True}}, 400),
        ({"params": {"everywhere": "true"}}, 400),
        ({"json": {"everywhere": True, "x": "x" * 10_000}}, 413),
        ({"data": {"everywhere": "true"}}, 415),
    ],
    ids=["no boolean", "unknown", "in the query", "too long", "a form"],
)
async def test_an_unreadable_logout_ends_nothing(body: dict[str, Any], status: int, ann: Browser) -> None:
    assert (await ann.post("/auth/logout", **body)).status_code == status
    assert (await ann.get("/auth/me")).status_code == 200


@pytest.mark.parametrize("change", ["disabled", "another password", "logged out"])
async def test_operators_end_the_sessions_of_a_user_they_change(
    change: str, user: User, users: UserTable, upload: RunningService
) -> None:
    changes = {"disabled": user.disabled(clock.now()), "logged out": user.logged_out()}
    async with browser(upload) as visitor:
        await visitor.at_home(user.name)
        await users.change(changes.get(change) or user.with_password("a password of four words"), instead_of=user)
        assert (await visitor.get("/auth/me")).status_code == 401
        expected = {"disabled": 401, "another password": 401, "logged out": 200}[change]
        assert (await visitor.log_in(user.name)).status_code == expected
