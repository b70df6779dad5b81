"""docker-compose.yml and the Dockerfiles agree with the code."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from darkroom.topology import Topology
from darkroom_local.bootstrap import PREFIX, bootstrap
from darkroom_local.clients import open_clients
from tests.support.emulator import Cloud

ROOT: Final = Path(__file__).parents[2]
DOCKERFILES: Final = sorted([*ROOT.glob("services/*/Dockerfile"), ROOT / "tools/local/Dockerfile"])
OF_THE_MACHINE: Final = ("DARKROOM_PUBLIC_S3_ENDPOINT_URL", "DARKROOM_TASKS_PER_OWNER")
"""Settings that depend on ports and cores of the machine."""
SERVICES: Final = ("upload", "orchestrator", "processor")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """Return docker-compose.yml with its anchors resolved."""
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return content


async def test_containers_have_the_settings_that_the_bootstrap_creates(compose: dict[str, Any], cloud: Cloud) -> None:
    async with open_clients(cloud.endpoint_url) as clients:
        installation = await bootstrap(clients, Topology.named(PREFIX), endpoint_url=cloud.endpoint_url)
    created = {
        name: value.replace(cloud.endpoint_url, "http://ministack:4566")
        for name, value in installation.environment().items()
        if name.startswith("DARKROOM_") and name not in OF_THE_MACHINE
    }
    told = compose["services"]["upload"]["environment"]
    assert {name: told.get(name) for name in created} == created


def test_all_services_have_the_same_settings(compose: dict[str, Any]) -> None:
    told = [compose["services"][name]["environment"] for name in SERVICES]
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("name", [*SERVICES, "bootstrap"])
def test_containers_have_no_rights_that_they_do_not_need(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True


def test_every_port_is_published_on_the_loopback_address_only(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert len(ports) == 4
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_emulator_is_the_same_inside_and_outside_of_containers(compose: dict[str, Any]) -> None:
    pinned = re.search(r"ministack==([\d.]+)", (ROOT / "tools/emulator/pyproject.toml").read_text())
    assert pinned
    assert compose["services"]["ministack"]["image"] == f"ministackorg/ministack:{pinned[1]}"


def test_all_images_have_the_same_base_image_by_digest() -> None:
    assert len(DOCKERFILES) == 4
    bases = set()
    for dockerfile in DOCKERFILES:
        text = dockerfile.read_text()
        bases |= set(re.findall(r"^ARG PYTHON_IMAGE=(.+)$", text, re.MULTILINE))
        assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${PYTHON_IMAGE}"}
    (base,) = bases
    assert re.fullmatch(r"python:3\.13-slim@sha256:[0-9a-f]{64}", base)


def test_compose_uses_the_same_base_image_by_tag(compose: dict[str, Any]) -> None:
    (base,) = re.findall(r"^ARG PYTHON_IMAGE=(.+)@", DOCKERFILES[0].read_text(), re.MULTILINE)
    builds = [service["build"] for service in compose["services"].values() if "build" in service]
    assert [build["args"] for build in builds] == [{"PYTHON_IMAGE": base}] * 4


def test_uv_is_installed_by_its_hash_in_the_makefile_and_in_every_image() -> None:
    (requirement,) = re.findall(r"^[^#\s].*?$", (ROOT / "tools/uv.txt").read_text(), re.MULTILINE)
    assert re.fullmatch(r"uv==[\d.]+ \\", requirement)
    assert "--require-hashes -r tools/uv.txt" in (ROOT / "Makefile").read_text()
    for dockerfile in DOCKERFILES:
        text = dockerfile.read_text()
        assert "COPY tools/uv.txt /tmp/uv.txt\n" in text
        assert [line.rpartition("--")[2] for line in re.findall(r"^RUN pip .*$", text, re.MULTILINE)] == [
            "require-hashes -r /tmp/uv.txt"
        ]


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.parent.name)
def test_no_image_runs_as_root(dockerfile: Path) -> None:
    users = re.findall(r"^USER (\d+):(\d+)$", dockerfile.read_text(), re.MULTILINE)
    assert users == [("10001", "10001")]
