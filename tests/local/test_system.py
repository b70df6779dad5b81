"""The services of one installation: start, kill and stop."""

import signal

import httpx
import pytest

from darkroom_local.installation import Installation
from darkroom_local.ports import is_free
from darkroom_local.service import Service, ServiceFailed
from darkroom_local.system import System, running_system
from tools.testbed.processes import running


async def test_a_system_is_ready_inside_the_block_and_gone_after_it(installation: Installation) -> None:
    async with running_system(installation, processors=2) as system, httpx.AsyncClient() as client:
        assert [service.name for service in system.services] == ["upload", "orchestrator", "processor", "processor-2"]
        for service in system.services:
            assert (await client.get(f"{service.url}/readyz")).json() == {"status": "ready"}
        await check_restart(system.orchestrator)
        pids = {service.pid for service in system.services}
        assert running(pids) == pids
    assert not running(pids)
    assert all(is_free(service.port) for service in system.services)
    assert [await service.wait() for service in system.services] == [0, 0, 0, 0]


async def check_restart(service: Service) -> None:
    """Kill the service, and check that it can be started again."""
    first = service.pid
    assert await service.kill() == -signal.SIGKILL
    assert not service.is_running
    await service.start()
    await service.ready()
    assert service.pid != first


async def test_a_service_that_cannot_start_says_why(installation: Installation) -> None:
    system = System(installation, environment={"DARKROOM_MAX_UPLOAD_BYTES": "many"})
    await system.upload.start()
    with pytest.raises(ServiceFailed, match=r"(?s)upload ended with status 2.*DARKROOM_MAX_UPLOAD_BYTES"):
        await system.upload.ready()
