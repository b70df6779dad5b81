"""Tests of logging in."""

import asyncio
from datetime import UTC, datetime

import pytest

from darkroom import clock
from darkroom.errors import RateLimited, Unauthenticated, Unavailable
from darkroom.tables.user_table import UserTable
from darkroom_local.bootstrap import DEVELOPMENT_PASSWORD
from darkroom_local.installation import DEFAULT_OWNER, Installation
from darkroom_upload.sessions import login
from darkroom_upload.sessions.login import OF_ADDRESS, OF_USER, OF_USER_AND_ADDRESS, LogIn
from darkroom_upload.sessions.login_attempts import LoginAttempts
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tests.upload.users import PASSWORD, somebody

HOME = "198.51.100.1"


class Watch:
    seconds = 4_000_000_000.0
    """A moment in 2096, because an emulator deletes expired items."""

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)


class Door:
    """A stored user, and the use case that logs them in."""

    def __init__(self, cloud: Cloud, installation: Installation) -> None:
        table = installation.topology.accounts.name
        self.users = UserTable(cloud.dynamodb, table, CIPHER)
        self.watch = Watch()
        self.attempts = LoginAttempts(cloud.dynamodb, table, now=self.watch)
        self.log_in = LogIn(users=self.users, attempts=self.attempts, development=False)
        self.user = somebody()

    async def guess(self, address: str = HOME, name: str | None = None) -> float:
        """Try a wrong password. Return the seconds to wait; 0 if the password was checked."""
        try:
            await self.log_in(name or self.user.name, "wrong", address=address)
        except RateLimited as error:
            return error.retry_after_seconds or 0
        except Unauthenticated:
            return 0
        raise AssertionError("let in")


@pytest.fixture
async def door(cloud: Cloud, shared_installation: Installation) -> Door:
    door = Door(cloud, shared_installation)
    await door.users.create(door.user)
    return door


@pytest.fixture
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the check of passwords take no time."""
    monkeypatch.setattr(login, "is_password", lambda password, _: password == PASSWORD)


async def test_a_user_logs_in_with_the_name_in_any_case(door: Door) -> None:
    assert await door.log_in(door.user.name.upper(), PASSWORD, address=HOME) == door.user


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), "x" * 1024, "\udcff"])
async def test_any_other_password_is_refused(door: Door, password: str) -> None:
    with pytest.raises(Unauthenticated):
        await door.log_in(door.user.name, password, address=HOME)


async def test_unknown_disabled_and_wrong_logins_get_the_same_answer_after_the_same_work(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []

    def is_password(password: str, password_hash: str) -> bool:
        verified.append(password_hash.rpartition("$")[0].rpartition("$")[0])
        return password == PASSWORD

    monkeypatch.setattr(login, "is_password", is_password)
    gone = somebody()
    await door.users.create(gone.disabled(clock.now()))
    answers = []
    for name, password in [("nobody", PASSWORD), (gone.name, PASSWORD), (door.user.name, "wrong"), ("\udcff#", "x")]:
        with pytest.raises(Unauthenticated) as caught:
            await door.log_in(name, password, address=f"of {name}")
        answers.append(caught.value.message)
    assert len(set(answers)) == 1
    assert verified == ["$argon2id$v=19$m=19456,t=2,p=1"] * 4


async def test_the_development_password_is_refused_in_production(door: Door) -> None:
    in_development = LogIn(users=door.users, attempts=door.attempts, development=True)
    for spelling in (DEVELOPMENT_PASSWORD, "\uff44\uff45\uff4d\uff4f-password"):
        assert (await in_development(DEFAULT_OWNER, spelling, address=HOME)).name == DEFAULT_OWNER
        with pytest.raises(Unauthenticated):
            await door.log_in(DEFAULT_OWNER, spelling, address=HOME)


async def test_too_many_guesses_at_a_user_block_even_the_right_password(door: Door, easy: None) -> None:
    assert [await door.guess() for _ in range(OF_USER_AND_ADDRESS.most)] == [0] * OF_USER_AND_ADDRESS.most
    assert 0 < await door.guess() <= OF_USER_AND_ADDRESS.window_seconds
    with pytest.raises(RateLimited):
        await door.log_in(door.user.name, PASSWORD, address=HOME)
    door.watch.seconds += OF_USER_AND_ADDRESS.window_seconds
    assert await door.log_in(door.user.name, PASSWORD, address=HOME) == door.user


async def test_guesses_at_the_same_moment_are_all_counted(door: Door, easy: None) -> None:
    waits = await asyncio.gather(*(door.guess() for _ in range(12)))
    assert sum(wait == 0 for wait in waits) == OF_USER_AND_ADDRESS.most


async def test_a_success_resets_the_count(door: Door, easy: None) -> None:
    for _ in range(3):
        for _ in range(OF_USER_AND_ADDRESS.most - 1):
            assert await door.guess() == 0
        await door.log_in(door.user.name, PASSWORD, address=HOME)


async def test_one_address_that_guesses_at_many_users_is_limited(door: Door, easy: None) -> None:
    waits = [await door.guess("203.0.113.66", f"user-{number}") for number in range(OF_ADDRESS.most + 1)]
    assert waits[:-1] == [0] * OF_ADDRESS.most
    assert waits[-1] > 0


async def test_many_addresses_that_guess_at_one_user_are_limited_and_do_not_lock_the_user_out(
    door: Door, easy: None
) -> None:
    await door.log_in(door.user.name, PASSWORD, address=HOME)
    # The first login counts too: its address was unknown then.
    waits = [await door.guess(f"203.0.113.{number}") for number in range(OF_USER.most)]
    assert waits[:-1] == [0] * (OF_USER.most - 1)
    assert 0 < waits[-1] <= OF_USER.window_seconds
    with pytest.raises(RateLimited):
        await door.log_in(door.user.name, PASSWORD, address="192.0.2.1")
    assert await door.log_in(door.user.name, PASSWORD, address=HOME) == door.user, (
        "the user can still log in from a known address"
    )


async def test_an_address_is_known_for_thirty_days(door: Door) -> None:
    await door.attempts.remember_address("ann", HOME)
    assert await door.attempts.is_known_address("ann", HOME)
    assert not await door.attempts.is_known_address("bob", HOME)
    assert not await door.attempts.is_known_address("ann", "192.0.2.1")
    door.watch.seconds += 30 * 24 * 60 * 60
    assert not await door.attempts.is_known_address("ann", HOME)


async def test_passwords_are_checked_in_two_threads_and_a_flood_is_refused(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way = most = 0
    go_on = asyncio.Event()

    async def slowly(*_: object) -> bool:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await go_on.wait()
        under_way -= 1
        return False

    monkeypatch.setattr(asyncio, "to_thread", slowly)
    flood = [asyncio.create_task(door.guess(f"of {number}", f"user-{number}")) for number in range(17)]
    waiting = asyncio.gather(*flood, return_exceptions=True)
    await until(lambda: door.log_in.checks.waiting == 16)
    done, _ = await asyncio.wait(flood, return_when=asyncio.FIRST_COMPLETED)
    assert [type(task.exception()) for task in done] == [Unavailable]
    go_on.set()
    await waiting
    assert most == 2
