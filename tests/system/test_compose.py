"""Tests the system in containers, if there is a container engine."""

import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from darkroom_local.bootstrap import DEVELOPMENT_KEY
from darkroom_local.ports import free_ports
from tests.support.api import Api, open_api
from tools.testbed.images import jpeg

ROOT = Path(__file__).parents[2]
_BUILD_SECONDS = 1200


def has_engine() -> bool:
    """Whether a docker engine answers."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    try:
        return subprocess.run([docker, "info"], capture_output=True, check=False, timeout=10).returncode == 0
    except subprocess.TimeoutExpired:
        return False


pytestmark = [
    pytest.mark.containers,
    pytest.mark.skipif(not has_engine(), reason="no docker engine answers `docker info`"),
]


@pytest.fixture(scope="module")
def upload_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run the system in containers and return the port of its API."""
    ports = dict(zip(("upload", "orchestrator", "processor", "ministack"), free_ports(4), strict=True))
    override = tmp_path_factory.mktemp("compose") / "ports.yml"
    override.write_text(other_ports(**ports))
    compose = ["docker", "compose", "-p", f"darkroom-{uuid4().hex[:8]}"]
    compose += ["-f", str(ROOT / "docker-compose.yml"), "-f", str(override), "--project-directory", str(ROOT)]
    try:
        subprocess.run([*compose, "up", "--build", "--detach", "--wait"], check=True, timeout=_BUILD_SECONDS)
        yield ports["upload"]
    finally:
        # The exit status is not checked: an engine that builds elsewhere may fail to name an image that it has removed.
        subprocess.run([*compose, "down", "--volumes", "--remove-orphans", "--rmi", "local"], check=False)


def other_ports(*, upload: int, orchestrator: int, processor: int, ministack: int) -> str:
    """Write an override that moves all ports, so that another running system does not conflict."""
    links = {"environment": {"DARKROOM_PUBLIC_S3_ENDPOINT_URL": f"http://localhost:{ministack}"}}
    services = {
        "upload": (upload, 8000, links),
        "orchestrator": (orchestrator, 8001, links),
        "processor": (processor, 8002, links),
        "ministack": (ministack, 4566, {}),
    }
    lines = ["services:"]
    for name, (outside, inside, more) in services.items():
        lines += [f"  {name}:", f'    ports: !override ["127.0.0.1:{outside}:{inside}"]']
        lines += [f"    {key}: {json.dumps(value)}" for key, value in more.items()]
    return "\n".join(lines)


@pytest_asyncio.fixture
async def api(upload_port: int) -> AsyncIterator[Api]:
    async with open_api(f"http://localhost:{upload_port}", DEVELOPMENT_KEY) as api:
        yield api


async def test_system_in_containers_makes_results(api: Api) -> None:
    job = await api.made(jpeg(400, 300), "augment")
    assert job["status"] == "completed"
    assert {picture.size for picture in (await api.pictures(job)).values()} == {(256, 256)}
