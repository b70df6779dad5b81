"""Tests of `/auth/sessions`: where a user is logged in, and how to end that."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from darkroom import clock
from darkroom.accounts.users import User
from darkroom.tables.user_table import UserTable
from tests.upload.browser import Browser, browser
from tests.upload.service import RunningService
from tests.upload.users import somebody


@pytest.fixture
async def phone(upload: RunningService, user: User) -> AsyncIterator[Browser]:
    """A second browser in which Ann is logged in."""
    async with browser(upload, user_agent="Phone/1.0 (\x7f)") as found:
        yield await found.at_home(user.name)


async def listed(home: Browser) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await home.get("/auth/sessions")).json()["items"]
    return items


async def end(home: Browser, session_id: str = "", **headers: str) -> httpx.Response:
    path = "/auth/sessions" + (f"/{session_id}" if session_id else "")
    return await home.client.delete(path, headers={"x-csrf-token": home.csrf_token, **headers})


async def test_a_user_sees_their_sessions_with_browser_and_address(ann: Browser, phone: Browser) -> None:
    sessions = await listed(ann)
    assert [session["is_current"] for session in sessions].count(True) == 1
    assert {session["address"] for session in sessions} == {"127.0.0.1"}
    (other,) = [session for session in sessions if not session["is_current"]]
    assert other["browser"] == "Phone/1.0 ()", "only what can be shown"
    assert (clock.parse(other["expires_at"]) - clock.parse(other["begun_at"])).total_seconds() == 12 * 3600
    for secret in (phone.token, ann.token, phone.csrf_token):
        assert secret not in str(sessions)


async def test_a_long_name_of_a_browser_is_cut(upload: RunningService, user: User) -> None:
    async with browser(upload, user_agent="x" * 5000) as visitor:
        await visitor.at_home(user.name)
        (session,) = await listed(visitor)
    assert session["browser"] == "x" * 200


async def test_a_user_ends_one_other_session(ann: Browser, phone: Browser) -> None:
    (other,) = [session for session in await listed(ann) if not session["is_current"]]
    assert (await end(ann, other["id"])).status_code == 204
    assert (await phone.get("/auth/me")).status_code == 401
    assert (await ann.get("/auth/me")).status_code == 200
    assert [session["is_current"] for session in await listed(ann)] == [True]
    assert (await end(ann, other["id"])).status_code == 404


async def test_a_user_who_ends_their_own_session_loses_its_cookie(ann: Browser) -> None:
    (own,) = await listed(ann)
    assert (await end(ann, own["id"])).status_code == 204
    assert "darkroom-session" not in ann.client.cookies
    assert (await ann.get("/auth/me")).status_code == 401


async def test_a_user_ends_all_other_sessions_and_goes_on(ann: Browser, phone: Browser) -> None:
    before = (await ann.get("/auth/me")).json()
    assert (await end(ann)).status_code == 204
    assert (await phone.get("/auth/me")).status_code == 401
    assert (await ann.get("/auth/me")).json() == before, "neither the token nor the end of the session has changed"
    assert [session["is_current"] for session in await listed(ann)] == [True]
    assert (await end(ann)).status_code == 204, "it may be repeated"


async def test_an_ended_session_does_not_come_back_by_ending_the_others(
    ann: Browser, phone: Browser, upload: RunningService
) -> None:
    """A session that is ended while it ends the others stays ended."""
    session = await upload.services.sessions.find(phone.token)
    assert session
    await upload.services.sessions.end(session)
    with pytest.raises(Exception, match="The session is over"):
        await upload.services.sessions.end_others(session)
    assert (await phone.get("/auth/me")).status_code == 401
    assert (await ann.get("/auth/me")).status_code == 200


async def test_sessions_of_another_user_of_the_same_owner_are_neither_seen_nor_ended(
    ann: Browser, upload: RunningService, users: UserTable
) -> None:
    colleague = somebody()
    await users.create(colleague)
    async with browser(upload) as other:
        await other.at_home(colleague.name)
        (theirs,) = await listed(other)
        assert theirs["id"] not in str(await listed(ann))
        answer = await end(ann, theirs["id"])
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert (await end(ann)).status_code == 204
        assert (await other.get("/auth/me")).status_code == 200


async def test_sessions_that_a_logout_everywhere_has_ended_are_not_listed(
    ann: Browser, phone: Browser, user: User
) -> None:
    assert (await ann.post("/auth/logout", json={"everywhere": True})).status_code == 204
    await ann.at_home(user.name)
    assert [session["is_current"] for session in await listed(ann)] == [True]


@pytest.mark.parametrize("session_id", ["0", "%00", "%2e%2e", "session%23", "f" * 64, "'"])
async def test_no_other_id_ends_a_session(ann: Browser, session_id: str) -> None:
    answer = await end(ann, session_id)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert len(await listed(ann)) == 1


async def test_another_sites_page_ends_no_session(ann: Browser, phone: Browser) -> None:
    evil = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await end(ann, **evil)).status_code == 403
    assert (await ann.client.delete("/auth/sessions")).status_code == 403
    assert (await phone.get("/auth/me")).status_code == 200


async def test_a_key_has_no_sessions(upload: RunningService) -> None:
    for method in ("GET", "DELETE"):
        answer = await upload.client.request(method, "/auth/sessions")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
