"""Users and their passwords."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest
import pytest_asyncio

from darkroom import clock
from darkroom.accounts.passwords import LONGEST, NOBODYS, SHORTEST, hashed, is_password
from darkroom.accounts.users import User, read_name
from darkroom.tables.user_table import UserTable
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud

PASSWORD = "a password of four words"
NOW = clock.parse("2026-11-25T05:15:26.310Z")


def user(name: str = "ann", password: str = PASSWORD) -> User:
    return User.of(name, owner="studio", password=password, created_at=NOW)


def test_only_the_same_password_is_accepted() -> None:
    password_hash = hashed(PASSWORD)
    assert password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_password(PASSWORD, password_hash)
    assert [is_password(other, password_hash) for other in ("", PASSWORD.upper(), PASSWORD + " ", "x" * 9999)] == [
        False
    ] * 4


def test_a_password_is_the_same_however_a_keyboard_composes_it() -> None:
    assert is_password("caf\u00e9 au lait, please", hashed("cafe\u0301 au lait, please"))


def test_verifying_takes_as_long_for_an_unknown_user() -> None:
    parameters = hashed(PASSWORD).split("$")[1:4]
    assert NOBODYS.split("$")[1:4] == parameters
    assert not is_password(PASSWORD, NOBODYS)


@pytest.mark.parametrize("name", ["", " ", "-ann", "ann#", "a" * 65, "ann\n", "an n", "änn", "user#ann"])
def test_an_ambiguous_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="1 to 64"):
        read_name(name)


def test_capitals_do_not_distinguish_users() -> None:
    assert user("Ann@Example.com").name == "ann@example.com"


@pytest.mark.parametrize("length", [0, SHORTEST - 1, LONGEST + 1])
def test_a_short_or_a_very_long_password_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="15 to 256"):
        user(password="x" * length)


def test_the_hash_is_not_in_the_repr_of_a_user() -> None:
    assert "argon2" not in repr(user())


@pytest_asyncio.fixture(scope="module")
async def table(cloud: Cloud) -> AsyncIterator[UserTable]:
    async with cloud.installation() as installation:
        yield UserTable(cloud.dynamodb, installation.topology.accounts.name, CIPHER)


async def test_a_user_is_found_as_they_were_written(table: UserTable) -> None:
    ann = user(f"ann-{uuid4().hex}")
    assert await table.create(ann)
    assert await table.find(ann.name) == ann
    assert ann in await table.all()


async def test_a_second_user_with_the_same_name_is_refused(table: UserTable) -> None:
    ann = user(f"ann-{uuid4().hex}")
    assert await table.create(ann)
    assert await table.create(ann), "the same write once more"
    assert not await table.create(user(ann.name))
    assert await table.find(ann.name) == ann


async def test_a_change_of_an_old_version_is_refused(table: UserTable) -> None:
    ann = user(f"ann-{uuid4().hex}")
    await table.create(ann)
    disabled = ann.disabled(NOW)
    assert await table.change(disabled, instead_of=ann)
    assert await table.change(disabled, instead_of=ann), "the same write once more"
    assert not await table.change(ann.with_password(PASSWORD), instead_of=ann)
    assert await table.find(ann.name) == disabled


def test_each_change_of_a_user_changes_the_version_and_nothing_else() -> None:
    ann = user()
    gone = ann.disabled(NOW)
    assert gone.disabled_at == gone.disabled(clock.now()).disabled_at == NOW, "since when stays"
    back, out, new = gone.enabled(), ann.logged_out(), gone.with_password("another password")
    assert back.disabled_at is None
    assert new.disabled_at == NOW
    assert is_password("another password", new.password_hash)
    assert len({each.version for each in (ann, gone, back, out, new)}) == 5
    assert replace(back, version="") == replace(out, version="") == replace(ann, version="")
