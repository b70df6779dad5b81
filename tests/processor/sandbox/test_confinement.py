"""A child can only compute and answer."""

import re
import sys
from pathlib import Path

import pytest
import structlog

from darkroom_processor.sandbox.pool import ChildPool, Unsealed
from tests.processor.sandbox.misbehaving import UNCONFINED, answer, misbehaving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers all of the confinement"),
]


async def test_no_way_out_of_the_sandbox_is_open() -> None:
    async with misbehaving() as pool:
        outcomes = await answer(pool, "escapes")
        inside = Path(f"/proc/{await answer(pool, 'pid')}")
        attributes = dict(re.findall(r"^(\w+):\s+(\S+)$", (inside / "status").read_text(), re.MULTILINE))
        limits = dict(re.findall(r"^Max (.+?) {2,}(\S+)", (inside / "limits").read_text(), re.MULTILINE))
    # getaddrinfo reports its own kind of OSError when it cannot make a socket.
    assert outcomes.pop("resolve a name") == "gaierror"
    assert set(outcomes.values()) == {"PermissionError"}, outcomes
    # What the kernel reports: no new privileges, and a filter of system calls.
    assert (attributes["NoNewPrivs"], attributes["Seccomp"]) == ("1", "2")
    assert limits["address space"] == str(1024**3)
    assert (limits["file size"], limits["core file size"], limits["open files"]) == ("0", "0", "32")


async def test_a_child_has_no_credentials_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials")
    async with misbehaving() as pool:
        variables = await answer(pool, "environment")
    assert set(variables) <= {"LANG", "LC_CTYPE", "MALLOC_ARENA_MAX"}


async def test_a_child_inherits_no_open_file() -> None:
    with open("/dev/null", "rb"), open(__file__, "rb") as inherited:  # noqa: ASYNC230, PTH123 - opened, never read
        assert inherited.fileno() > 2
        async with misbehaving() as pool:
            kinds = await answer(pool, "open_files")
    # Standard input and outputs, all /dev/null; the connection to the service; the child's own memory statistics.
    assert kinds == ["file", "file", "file", "connection", "file"]


async def test_output_of_libraries_is_discarded(capfd: pytest.CaptureFixture[str]) -> None:
    async with misbehaving() as pool:
        assert await answer(pool, "chatter") == "said"
        assert await answer(pool, "chatter") == "said"
    assert "noise" not in "".join(capfd.readouterr())


async def test_a_missing_confinement_is_logged_outside_production() -> None:
    with structlog.testing.capture_logs() as logs:
        async with ChildPool(2, command=UNCONFINED):
            pass
    missing = ("seccomp of the template", "seccomp")
    assert logs == [{"event": "sandbox_incomplete", "missing": missing, "log_level": "warning"}]


async def test_a_sealed_pool_does_not_start_if_a_child_cannot_be_sealed() -> None:
    with pytest.raises(Unsealed) as raised:
        async with ChildPool(1, command=UNCONFINED, sealed_only=True):
            pytest.fail("entered")
    assert raised.value.missing == ("seccomp of the template", "seccomp")


async def test_children_are_sealed_on_this_machine() -> None:
    async with ChildPool(1, sealed_only=True):
        pass
