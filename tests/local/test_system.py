"""The services of one installation, started, killed and stopped."""

import signal
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from darkroom_local.installation import Installation
from darkroom_local.ports import is_free
from darkroom_local.service import ServiceFailed
from darkroom_local.system import System, running_system
from tests.support.processes import running


@pytest_asyncio.fixture
async def system(installation: Installation) -> AsyncIterator[System]:
    """Services none of which runs yet; those that a test starts are stopped after it."""
    system = System(installation)
    yield system
    await system.stop()


async def test_a_system_is_ready_inside_the_block_and_gone_after_it(installation: Installation) -> None:
    async with running_system(installation, processors=2) as system, httpx.AsyncClient() as client:
        assert [service.name for service in system.services] == ["upload", "orchestrator", "processor", "processor-2"]
        for service in system.services:
            assert (await client.get(f"{service.url}/readyz")).json() == {"status": "ready"}
        pids = {service.pid for service in system.services}
        assert running(pids) == pids
    assert not running(pids)
    assert all(is_free(service.port) for service in system.services)
    assert [await service.wait() for service in system.services] == [0, 0, 0, 0]


async def test_a_killed_service_can_be_started_again(system: System) -> None:
    upload = system.upload
    await upload.start()
    await upload.ready()
    first = upload.pid
    assert await upload.kill() == -signal.SIGKILL
    assert not upload.is_running
    await upload.start()
    await upload.ready()
    assert upload.pid != first


async def test_a_processor_can_be_added(system: System) -> None:
    added = system.add_processor()
    await added.start()
    await added.ready()
    assert added in system.services
    await system.stop()
    assert not added.is_running


async def test_a_service_that_cannot_start_says_why(installation: Installation) -> None:
    system = System(installation, environment={"DARKROOM_MAX_UPLOAD_BYTES": "many"})
    await system.upload.start()
    with pytest.raises(ServiceFailed, match=r"(?s)upload ended with status 2.*DARKROOM_MAX_UPLOAD_BYTES"):
        await system.upload.ready()
