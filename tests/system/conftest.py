"""A whole system and its clients. Tests that stop or kill parts of one start their own."""

import hashlib
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from darkroom_local.bootstrap import DEVELOPMENT_KEY
from darkroom_local.installation import Installation
from darkroom_local.system import System, running_system
from tests.support.api import Api, open_api
from tests.support.emulator import Cloud


@pytest_asyncio.fixture(scope="session")
async def system(cloud: Cloud) -> AsyncIterator[System]:
    """A running system that all tests of this process share."""
    async with cloud.installation() as installation, running_system(installation) as system:
        yield system


@pytest_asyncio.fixture(scope="session")
async def api(system: System) -> AsyncIterator[Api]:
    """The default owner's client."""
    async with open_api(system.url, DEVELOPMENT_KEY) as api:
        yield api


@pytest_asyncio.fixture
async def newcomer(cloud: Cloud, system: System) -> AsyncIterator[Api]:
    """The client of an owner who has no job yet."""
    async with open_api(system.url, await new_key(cloud, system.installation)) as api:
        yield api


@pytest.fixture
def calm(system: System) -> "Calm":
    """Tells what the services have complained about since the test began."""
    return Calm(system)


class Calm:
    """Watches the logs of a system's services for warnings and errors."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._before = self._complaints()

    def complaints(self) -> list[str]:
        """What was logged as a warning or an error since."""
        return self._complaints()[len(self._before) :]

    def _complaints(self) -> list[str]:
        logs = [service.log for service in self._system.services]
        # Besides JSON, a traceback or a warning that reached nobody's log.
        marks = ('"level": "warning"', '"level": "error"', '"level": "critical"', "Traceback", "Warning:")
        return [line for log in logs for mark in marks for line in log.find(mark)]


async def new_key(cloud: Cloud, installation: Installation) -> str:
    """The API key of an owner whom nobody has heard of."""
    name = f"owner-{uuid4().hex}"
    await cloud.dynamodb.put_item(
        TableName=installation.topology.accounts.name,
        Item={"id": {"S": f"key#{hashlib.sha256(name.encode()).hexdigest()}"}, "owner": {"S": name}},
    )
    return name
