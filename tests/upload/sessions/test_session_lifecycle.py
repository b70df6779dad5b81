"""Tests of sessions."""

import pytest

from darkroom import clock
from darkroom.accounts.api_keys import digest_of
from darkroom.accounts.users import User
from darkroom.tables.user_table import UserTable
from darkroom_local.installation import Installation
from darkroom_upload.sessions import session
from darkroom_upload.sessions.session_lifecycle import FRESH_SECONDS, Sessions
from darkroom_upload.sessions.session_table import SessionTable
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tests.upload.users import somebody


class Watch:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Site:
    """A user, and two tasks that share the table of sessions."""

    def __init__(self, cloud: Cloud, installation: Installation) -> None:
        self.table_name = installation.topology.accounts.name
        self.cloud = cloud
        self.users = UserTable(cloud.dynamodb, self.table_name, CIPHER)
        self.watch = Watch()
        self.here, self.there = (self.task() for _ in range(2))
        self.user = somebody()

    def task(self) -> Sessions:
        table = SessionTable(self.cloud.dynamodb, self.table_name)
        return Sessions(table, self.users, now=clock.now, monotonic=self.watch)


@pytest.fixture
async def site(cloud: Cloud, shared_installation: Installation) -> Site:
    site = Site(cloud, shared_installation)
    await site.users.create(site.user)
    return site


async def test_a_session_is_found_by_its_token_on_every_task(site: Site) -> None:
    begun, token = await site.here.begin(site.user)
    for task in (site.here, site.there):
        found = await task.find(token)
        assert found is not None
        assert (found.user, found.owner, found.csrf_token) == (site.user.name, "studio", begun.csrf_token)


async def test_only_a_hash_of_the_token_is_kept(cloud: Cloud, site: Site) -> None:
    begun, token = await site.here.begin(site.user)
    key = {"id": {"S": f"session#{digest_of(token)}"}}
    item = (await cloud.dynamodb.get_item(TableName=site.table_name, Key=key))["Item"]
    assert token not in str(item)
    assert begun.csrf_token not in str(item)
    assert int(item["expires_at"]["N"]) == pytest.approx(clock.now().timestamp() + 12 * 3600, abs=60)


@pytest.mark.parametrize("token", ["", "guess", "x" * 5000, "\udcff"])
async def test_no_other_token_opens_anything(site: Site, token: str) -> None:
    await site.here.begin(site.user)
    assert await site.here.find(token) is None
    assert len(site.here._known) == 0, "guesses are not remembered"


async def test_each_login_begins_its_own_session(site: Site) -> None:
    tokens = {(await site.here.begin(site.user))[1] for _ in range(3)}
    assert len(tokens) == 3


async def test_an_ended_session_is_over_here_at_once_and_in_other_tasks_soon(site: Site) -> None:
    begun, token = await site.here.begin(site.user)
    assert await site.here.find(token)
    assert await site.there.find(token)
    await site.here.end(begun)
    assert await site.here.find(token) is None
    site.watch.seconds += FRESH_SECONDS
    assert await site.there.find(token) is None


async def test_a_session_read_while_it_ended_is_not_remembered(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, token = await site.here.begin(site.user)
    find = site.users.find

    async def slowly(name: str) -> User | None:
        user = await find(name)
        await site.here.end(begun)
        return user

    monkeypatch.setattr(site.users, "find", slowly)
    assert await site.here.find(token), "it was read before the end"
    monkeypatch.setattr(site.users, "find", find)
    assert await site.here.find(token) is None


async def test_a_login_ends_the_session_that_the_browser_had_and_never_takes_its_token(site: Site) -> None:
    _, old = await site.here.begin(site.user)
    _, new = await site.there.begin(site.user, instead_of=old)
    assert new != old
    assert await site.here.find(old) is None
    assert await site.here.find(new)
    _, third = await site.here.begin(site.user, instead_of="planted by somebody")
    assert await site.here.find("planted by somebody") is None
    assert await site.here.find(third)


async def test_a_found_session_expires_at_the_second_announced_at_its_begin(site: Site) -> None:
    begun, token = await site.here.begin(site.user)
    found = await site.there.find(token)
    assert found == begun


async def test_all_sessions_of_a_user_can_be_ended_and_later_ones_are_valid(site: Site) -> None:
    first, one = await site.here.begin(site.user)
    _, other = await site.there.begin(site.user)
    for task in (site.here, site.there):
        assert await task.find(one)
        assert await task.find(other)
    await site.here.end_all(first)
    assert await site.here.find(one) is None
    assert await site.here.find(other) is None
    _, later = await site.there.begin(site.user)
    assert await site.here.find(later)
    site.watch.seconds += FRESH_SECONDS
    assert await site.there.find(one) is None
    assert await site.there.find(other) is None
    assert await site.there.find(later)


async def test_a_new_password_ends_all_sessions(site: Site) -> None:
    _, token = await site.here.begin(site.user)
    await site.users.change(site.user.with_password("y" * 15), instead_of=site.user)
    assert await site.here.find(token) is None


async def test_a_disabled_user_is_logged_out(site: Site) -> None:
    _, token = await site.here.begin(site.user)
    assert await site.here.find(token)
    await site.users.change(site.user.disabled(clock.now()), instead_of=site.user)
    site.watch.seconds += FRESH_SECONDS
    assert await site.here.find(token) is None


async def test_an_expired_session_is_over_although_its_item_remains(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "LIFETIME", session.LIFETIME * 0)
    _, token = await site.here.begin(site.user)
    assert await site.there.find(token) is None
