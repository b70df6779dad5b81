"""The filter of system calls on an unknown machine. `test_confinement` tests what the filter does."""

import platform

import pytest

from darkroom_processor.sandbox import seccomp

pytestmark = pytest.mark.slow


def test_no_filter_is_installed_on_an_unknown_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert not seccomp.Filter().install()
