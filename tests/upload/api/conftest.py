"""Fixtures of users, and of the browser of one."""

from collections.abc import AsyncIterator

import pytest

from darkroom.accounts.users import User
from darkroom.tables.user_table import UserTable
from darkroom_local.installation import Installation
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tests.upload.browser import Browser, browser
from tests.upload.service import RunningService
from tests.upload.users import somebody


@pytest.fixture
def users(cloud: Cloud, shared_installation: Installation) -> UserTable:
    return UserTable(cloud.dynamodb, shared_installation.topology.accounts.name, CIPHER)


@pytest.fixture
async def user(users: UserTable) -> User:
    found = somebody()
    await users.create(found)
    return found


@pytest.fixture
async def ann(upload: RunningService, user: User) -> AsyncIterator[Browser]:
    """A browser whose user is logged in."""
    async with browser(upload) as found:
        yield await found.at_home(user.name)
