"""Tests of `/auth`: logging in and out, and what a session may do."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from darkroom import clock
from darkroom.accounts.users import User
from darkroom.runtime.encryption import DEVELOPMENT_KEY, TextCipher
from darkroom.tables.secret_renewal import renew_secrets
from darkroom.tables.user_table import UserTable
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.upload.browser import Browser, browser
from tests.upload.service import PRODUCTION_DATA_KEY, STRANGER_KEY, RunningService, running_service, settings_for
from tests.upload.users import somebody
from tools.testbed import images

CAT = images.jpeg(16, 16)
IMAGE = {"content-type": "image/jpeg"}


@pytest_asyncio.fixture(scope="module")
async def production(cloud: Cloud) -> AsyncIterator[RunningService]:
    """A service in production with its own tables, whose secrets are encrypted with its own key."""
    async with cloud.installation() as installation:
        tables = {
            "accounts_table": installation.topology.accounts.name,
            "jobs_table": installation.topology.jobs.name,
        }
        await renew_secrets(cloud.dynamodb, TextCipher([PRODUCTION_DATA_KEY, DEVELOPMENT_KEY]), **tables)
        async with running_service(settings_for(installation, environment="production")) as service:
            yield service


def attributes(answer: httpx.Response) -> tuple[str, set[str]]:
    """Return the name and attributes of the one cookie that a response sets."""
    (line,) = answer.headers.get_list("set-cookie")
    cookie, *rest = line.split("; ")
    return cookie.partition("=")[0], {each.lower() for each in rest}


async def test_a_user_logs_in_uploads_follows_and_logs_out(ann: Browser, user: User) -> None:
    me = (await ann.get("/auth/me")).json()
    assert (me["user"], me["owner"], me["csrf_token"]) == (user.name, "studio", ann.csrf_token)
    assert 11.9 * 3600 < (clock.parse(me["expires_at"]) - clock.now()).total_seconds() <= 12 * 3600
    sent = await ann.post("/uploads", content=CAT, headers=IMAGE)
    assert sent.status_code == 202, sent.text
    assert (await ann.get(sent.headers["location"])).json()["job_id"] == sent.json()["job_id"]
    assert [job["job_id"] for job in (await ann.get("/jobs?limit=1")).json()["items"]] == [sent.json()["job_id"]]
    gone = await ann.post("/auth/logout")
    assert (gone.status_code, gone.content) == (204, b"")
    assert attributes(gone) == (
        "darkroom-session",
        {"httponly", "max-age=0", "path=/", "samesite=lax"},
    )
    assert "darkroom-session" not in ann.client.cookies
    for path in ("/auth/me", "/jobs"):
        answer = await ann.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_login_answers_the_same_as_me_and_no_cache_keeps_it(upload: RunningService, user: User) -> None:
    async with browser(upload) as visitor:
        answer = await visitor.log_in(user.name.upper())
        me = await visitor.get("/auth/me")
    assert answer.json() == me.json()
    assert {each.headers["cache-control"] for each in (answer, me)} == {"no-store"}
    assert visitor.token not in answer.text


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    cloud: Cloud, upload: RunningService, production: RunningService, user: User
) -> None:
    table = production.settings.accounts_table
    assert await UserTable(cloud.dynamodb, table, TextCipher([PRODUCTION_DATA_KEY])).create(user)
    everywhere = {"httponly", "max-age=43200", "path=/", "samesite=lax"}
    async with browser(upload) as visitor:
        assert attributes(await visitor.log_in(user.name)) == ("darkroom-session", everywhere)
    async with browser(production, origin=production.url.replace("http:", "https:")) as visitor:
        answer = await visitor.log_in(user.name)
        assert attributes(answer) == ("__Host-darkroom-session", everywhere | {"secure"})
        token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
        for name, status in (("__Host-darkroom-session", 200), ("darkroom-session", 401)):
            assert (await visitor.get("/auth/me", cookie=f"{name}={token}")).status_code == status


async def test_the_development_user_exists_in_development_only(
    upload: RunningService, production: RunningService
) -> None:
    for service, status in ((upload, 200), (production, 401)):
        async with browser(service) as visitor:
            assert (await visitor.log_in("demo", "demo-password")).status_code == status


async def test_a_planted_token_is_not_a_session_before_or_after_the_login(upload: RunningService, user: User) -> None:
    async with browser(upload) as victim:
        victim.client.cookies.set("darkroom-session", "planted", domain="127.0.0.1")
        await victim.at_home(user.name)
        assert victim.token != "planted"
    async with browser(upload, cookie="darkroom-session=planted") as attacker:
        assert (await attacker.get("/auth/me")).status_code == 401


async def test_a_second_login_ends_the_first_session(ann: Browser, user: User, upload: RunningService) -> None:
    old = ann.token
    await ann.at_home(user.name)
    assert ann.token != old
    async with browser(upload, cookie=f"darkroom-session={old}") as other:
        assert (await other.get("/auth/me")).status_code == 401


async def test_another_owners_jobs_are_not_found(ann: Browser, upload: RunningService, users: UserTable) -> None:
    job_id = (await ann.post("/uploads", content=CAT, headers=IMAGE)).json()["job_id"]
    stranger = somebody(owner="stranger")
    await users.create(stranger)
    async with browser(upload) as other:
        await other.at_home(stranger.name)
        for path in (f"/status/{job_id}", f"/jobs/{job_id}/archive"):
            assert (await other.get(path)).status_code == 404
        assert job_id not in (await other.get("/jobs")).text
        own = (await other.post("/uploads", content=CAT, headers=IMAGE)).json()["job_id"]
    by_key = await upload.client.get(f"/status/{own}", headers={"x-api-key": STRANGER_KEY})
    assert by_key.status_code == 200, "the owner's keys see the same jobs"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 202),
        ({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://127.0.0.1:1", "sec-fetch-site": "same-site"}, 403),
        ({"x-csrf-token": ""}, 403),
        ({"x-csrf-token": "guess"}, 403),
    ],
)
async def test_another_sites_page_changes_nothing(ann: Browser, headers: dict[str, str], status: int) -> None:
    answer = await ann.post("/uploads", content=CAT, headers={**IMAGE, **headers})
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "forbidden"


async def test_another_sites_page_logs_nobody_in_nor_out(ann: Browser, user: User) -> None:
    evil = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await ann.log_in(user.name, **evil)).status_code == 403
    assert (await ann.post("/auth/logout", headers=evil)).status_code == 403
    assert (await ann.post("/auth/logout", headers={"x-csrf-token": ""})).status_code == 403
    assert (await ann.get("/auth/me")).status_code == 200


async def test_a_program_needs_the_token_and_no_origin(upload: RunningService, user: User) -> None:
    async with httpx.AsyncClient(base_url=upload.url, trust_env=False) as program:
        home = await Browser(program).at_home(user.name)
        assert (await home.post("/uploads", content=CAT, headers=IMAGE)).status_code == 202
        assert (await program.post("/uploads", content=CAT, headers=IMAGE)).status_code == 403


async def test_a_key_counts_and_a_cookie_beside_it_does_not(ann: Browser) -> None:
    assert (await ann.get("/usage")).json()["owner"] == "studio"
    assert (await ann.get("/usage", x_api_key=STRANGER_KEY)).json()["owner"] == "stranger"
    for key in ("wrong", ""):
        for path in ("/usage", "/auth/me"):
            assert (await ann.get(path, x_api_key=key)).status_code == 401, (path, key)


async def test_a_key_has_no_session(upload: RunningService) -> None:
    for method, path in (("GET", "/auth/me"), ("POST", "/auth/logout")):
        answer = await upload.client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_sessions_of_an_owner_share_a_rate_and_a_logout_needs_none(
    user: User, users: UserTable, shared_installation: Installation
) -> None:
    slow: dict[str, Any] = {"default_requests_per_second": 0.01, "default_burst": 2}
    colleague = somebody()
    await users.create(colleague)
    async with (
        running_service(settings_for(shared_installation, **slow)) as service,
        browser(service) as one,
        browser(service) as other,
    ):
        await one.at_home(user.name)
        await other.at_home(colleague.name)
        answers = [await each.get("/recipes/web") for each in (one, other, one, other)]
        assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
        assert (await one.get("/auth/me")).status_code == 200
        assert (await one.post("/auth/logout", json={"everywhere": True})).status_code == 204
