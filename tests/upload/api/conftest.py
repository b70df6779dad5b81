"""Fixtures of users and of the browser of one, and of a service whose orchestrator has a fixed answer."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio

from darkroom.accounts.users import User
from darkroom.jobs import new_job_id
from darkroom.tables.user_table import UserTable
from darkroom_local.installation import Installation
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tests.upload.api.fake_orchestrator import FakeOrchestrator
from tests.upload.browser import Browser, browser
from tests.upload.service import RunningService, put_key, running_service, settings_for
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


@pytest_asyncio.fixture(scope="module")
async def running(shared_installation: Installation) -> AsyncIterator[tuple[RunningService, FakeOrchestrator]]:
    """A service with that orchestrator."""
    orchestrator = FakeOrchestrator()
    async with running_service(settings_for(shared_installation), orchestrator) as service:
        yield service, orchestrator


@pytest.fixture
def orchestrator(running: tuple[RunningService, FakeOrchestrator]) -> FakeOrchestrator:
    """The orchestrator, without recorded requests."""
    running[1].asked.clear()
    running[1].answer = httpx.Response(202)
    return running[1]


@pytest_asyncio.fixture
async def service(
    cloud: Cloud, shared_installation: Installation, running: tuple[RunningService, FakeOrchestrator]
) -> AsyncIterator[RunningService]:
    """The service with a client of a new owner; see `owner_of`."""
    key = f"key-{new_job_id()}"
    await put_key(cloud.dynamodb, shared_installation, key, f"owner-{key}")
    async with httpx.AsyncClient(base_url=running[0].url, headers={"x-api-key": key}, trust_env=False) as client:
        yield replace(running[0], client=client)
