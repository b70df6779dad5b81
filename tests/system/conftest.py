"""A running system and its clients. Tests that stop or kill services start their own system."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
import pytest_asyncio

from darkroom import clock
from darkroom.accounts.api_keys import ApiKey
from darkroom.tables.api_key_table import KeyTable
from darkroom_local.bootstrap import DEVELOPMENT_KEY
from darkroom_local.installation import Installation
from darkroom_local.system import System, running_system
from tests.support.api import Api, open_api
from tests.support.cipher import CIPHER
from tests.support.collector import Collector, collecting
from tests.support.emulator import Cloud


@pytest_asyncio.fixture(scope="package")
async def collector() -> AsyncIterator[Collector]:
    """Run the collector that gets the traces of the shared system."""
    async with collecting() as collector:
        yield collector


@pytest_asyncio.fixture(scope="package")
async def system(cloud: Cloud, collector: Collector) -> AsyncIterator[System]:
    """Run the system that the tests of this folder share. It stops after them, since it needs CPU even when idle."""
    traces = {"DARKROOM_TRACES_URL": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    async with cloud.installation() as installation, running_system(installation, environment=traces) as system:
        yield system


@pytest_asyncio.fixture(scope="package")
async def api(system: System) -> AsyncIterator[Api]:
    """Open the client of the default owner."""
    async with open_api(system.url, DEVELOPMENT_KEY) as api:
        yield api


@pytest_asyncio.fixture
async def newcomer(cloud: Cloud, system: System) -> AsyncIterator[Api]:
    """Open the client of an owner without jobs."""
    async with open_api(system.url, await new_key(cloud, system.installation)) as api:
        yield api


@pytest.fixture(autouse=True)
def calm(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check that requests of clients cause no warning in the logs of the shared system."""
    if "system" not in request.fixturenames:
        yield
        return
    system: System = request.getfixturevalue("system")
    before = complaints(system)
    yield
    assert complaints(system)[len(before) :] == []


def complaints(system: System) -> list[str]:
    """Return the warnings and errors that the services have logged so far."""
    # A line that is not JSON is a traceback or a warning outside the log.
    marks = ('"level": "warning"', '"level": "error"', '"level": "critical"', "Traceback", "Warning:")
    return [line for service in system.services for mark in marks for line in service.log.find(mark)]


async def new_key(cloud: Cloud, installation: Installation) -> str:
    """Make an API key of a new owner."""
    name = f"owner-{uuid4().hex}"
    key = ApiKey.of(name, owner=name, name="test", created_at=clock.now())
    await KeyTable(cloud.dynamodb, installation.topology.accounts.name, CIPHER).put(key)
    return name
