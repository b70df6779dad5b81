"""Tests are marked by what they need, which `make unit` goes by."""

import socket
from pathlib import Path

import pytest
from pytest_socket import SocketBlockedError

MAKEFILE = Path(__file__).parents[1] / "Makefile"


def test_no_unit_test_uses_the_emulator_or_the_stacks(request: pytest.FixtureRequest) -> None:
    unit = [item for item in request.session.items if item.get_closest_marker("unit")]
    fixtures = {name for item in unit if isinstance(item, pytest.Function) for name in item.fixturenames}
    assert request.node in unit
    assert not fixtures & {"cloud", "assemblies"}


def test_make_unit_blocks_sockets() -> None:
    (command,) = [line for line in MAKEFILE.read_text().splitlines() if "-m unit" in line]
    assert "--disable-socket" in command


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_a_test_without_sockets_cannot_open_one(socket_disabled: None) -> None:
    with pytest.raises(SocketBlockedError):
        socket.socket()
