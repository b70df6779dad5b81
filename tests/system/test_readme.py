"""The commands of the README, pasted into a shell beside the running system."""

import os
import re
import subprocess
import sys
from pathlib import Path

from darkroom_local.sample import write_sample
from darkroom_local.system import System

README = (Path(__file__).parents[2] / "README.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```\n\n```\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
"""Commands, and what they print."""


def test_readme_shows_what_its_commands_print(system: System, tmp_path: Path) -> None:
    write_sample(tmp_path / "out/sample.png")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/bin").symlink_to(Path(sys.executable).parent)
    environment = {**os.environ, "DARKROOM_URL": system.url}
    assert len(BLOCKS) == README.count("```sh") == 2
    for block, printed in BLOCKS:
        script = "set -eu\n" + block.replace("http://localhost:8000", system.url)
        run = subprocess.run(
            ["/bin/bash", "-c", script], check=False, cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert run.returncode == 0, run.stderr
        assert without_what_varies(run.stdout) == without_what_varies(printed)
    assert {path.stem for path in tmp_path.glob("out/*/*.jpg")} >= {"resized", "90-degree"}


def without_what_varies(printed: str) -> str:
    """Return the text without ids of jobs and sizes of results, which depend on the versions of the encoders."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", re.sub(r"\d+ bytes", "N bytes", printed))
