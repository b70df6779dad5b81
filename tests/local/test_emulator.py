"""The emulator as a child process."""

import socket
import tempfile
from pathlib import Path

import pytest

from darkroom_local import emulator as module
from darkroom_local.emulator import EmulatorFailed, running_emulator
from darkroom_local.log import Log
from darkroom_local.ports import LOOPBACK, free_ports, is_free
from tools.testbed.processes import running

pytestmark = pytest.mark.emulator


def contents(folder: Path) -> list[Path]:
    """List the files and folders in a folder."""
    return list(folder.rglob("*"))


async def test_it_listens_on_the_loopback_address_only_and_is_gone_afterwards() -> None:
    (port,) = free_ports(1)
    async with running_emulator(port=port, sink=Log().append) as emulator:
        assert emulator.endpoint_url == f"http://{LOOPBACK}:{port}"
        # Were it bound to all addresses, another loopback address would be taken, too.
        with socket.create_server(("127.0.0.2", port)):
            pid = emulator.child.pid
    assert not running({pid})
    assert is_free(port)


async def test_it_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    async with running_emulator(sink=Log().append):
        assert contents(tmp_path)
    assert not contents(tmp_path)


async def test_an_emulator_that_does_not_start_is_an_error() -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        log = Log()
        with pytest.raises(EmulatorFailed, match="ended with status 1 while starting"):
            async with running_emulator(port=other.getsockname()[1], sink=log.append):
                pytest.fail("It cannot have started.")
    assert log.find("already in use")


async def test_an_emulator_that_is_not_installed_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "EXECUTABLE", tmp_path / "ministack")
    with pytest.raises(EmulatorFailed, match="uv sync --project tools/emulator --frozen"):
        async with running_emulator(sink=Log().append):
            pytest.fail("It cannot have started.")
