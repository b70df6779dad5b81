"""A running system, and both shells of the client."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from darkroom_client import AsyncClient
from darkroom_local.system import System, running_system
from tests.client.shells import Shell, opened
from tests.support.emulator import Cloud
from tests.system.conftest import new_key


@pytest_asyncio.fixture(scope="package")
async def system(cloud: Cloud) -> AsyncIterator[System]:
    """A running system that all tests of this folder share."""
    async with cloud.installation() as installation, running_system(installation) as system:
        yield system


@pytest.fixture(params=list(Shell))
def shell(request: pytest.FixtureRequest) -> Shell:
    """Each of the two clients in turn."""
    shell: Shell = request.param
    return shell


@pytest_asyncio.fixture
async def key(cloud: Cloud, system: System) -> str:
    """The API key of an owner who has no job yet."""
    return await new_key(cloud, system.installation)


@pytest_asyncio.fixture
async def darkroom(shell: Shell, system: System, key: str) -> AsyncIterator[AsyncClient]:
    """A client of that owner."""
    async with opened(shell, system.url, key) as client:
        yield client
