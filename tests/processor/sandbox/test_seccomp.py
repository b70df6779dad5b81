"""The filter of system calls, where it cannot be laid. What it does where it can: see `test_confinement`."""

import platform

import pytest

from darkroom_processor.sandbox import seccomp

pytestmark = pytest.mark.slow


def test_a_machine_whose_calls_are_not_known_here_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert not seccomp.Filter().install()
