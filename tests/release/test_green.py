"""`.github/green` with a `gh` that answers as GitHub would."""

import os
import subprocess
from pathlib import Path

import pytest

from tools.release.version import ROOT

pytestmark = pytest.mark.slow


def green(tmp_path: Path, *answers: str) -> subprocess.CompletedProcess[str]:
    """Run the script. `gh` gives one answer a call, and the last one from then on."""
    (tmp_path / "answers").write_text("".join(f"{answer}\n" for answer in answers))
    gh = tmp_path / "gh"
    gh.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\nhead -n 1 {tmp_path}/answers\n'
        f'[ "$(wc -l < {tmp_path}/answers)" -gt 1 ] && sed -i 1d {tmp_path}/answers\nexit 0\n'
    )
    gh.chmod(0o755)
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "PAUSE": "0"}
    command = [str(ROOT / ".github/green"), "abc123"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_commit_with_green_checks_passes_at_once(tmp_path: Path) -> None:
    assert green(tmp_path, "completed success").returncode == 0
    (call,) = (tmp_path / "calls").read_text().splitlines()
    assert "--workflow checks.yml --commit abc123 --branch main --event push" in call


def test_checks_that_run_are_waited_for(tmp_path: Path) -> None:
    assert green(tmp_path, "null null", "queued ", "in_progress ", "completed success").returncode == 0
    assert len((tmp_path / "calls").read_text().splitlines()) == 4


@pytest.mark.parametrize("conclusion", ["failure", "cancelled", "timed_out", "skipped"])
def test_a_commit_whose_checks_failed_is_refused(conclusion: str, tmp_path: Path) -> None:
    refused = green(tmp_path, "in_progress ", f"completed {conclusion}")
    assert refused.returncode == 1
    assert f"The checks of abc123 ended as {conclusion}." in refused.stderr


def test_a_commit_without_checks_is_refused_in_the_end(tmp_path: Path) -> None:
    refused = green(tmp_path, "null null")
    assert refused.returncode == 1
    assert "have not ended: null null" in refused.stderr
