"""Pages whose commands a test pastes into a shell, and compares with what the page says that they print."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SEPARATOR: Final = "---- next block ----"


@dataclass(frozen=True, kw_only=True)
class Block:
    """Commands of a page, and what they print. Empty if the page shows nothing."""

    commands: str
    printed: str


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of commands in a page, each with the block of output that follows it."""
    found = re.findall(r"^```sh\n(.*?)^```\n(?:\n```\n(.*?)^```$)?", page.read_text(), re.DOTALL | re.MULTILINE)
    return [Block(commands=commands, printed=printed) for commands, printed in found]


def run_blocks(
    blocks: list[Block], folder: Path, *, url: str, environment: Mapping[str, str] | None = None
) -> list[str]:
    """Run the blocks in one shell in `folder`, against the API at `url`. Return what each has printed.

    Raises AssertionError with the errors of the first command that fails.
    """
    (folder / ".venv").mkdir()
    (folder / ".venv/bin").symlink_to(Path(sys.executable).parent)
    script = f"echo '{_SEPARATOR}'\n".join(block.commands for block in blocks)
    run = subprocess.run(
        ["/bin/bash", "-c", "set -eu\n" + script.replace("http://localhost:8000", url)],
        check=False,
        cwd=folder,
        env={**os.environ, "DARKROOM_URL": url, **(environment or {})},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout.split(f"{_SEPARATOR}\n")


def without_what_varies(printed: str, *, url: str = "http://localhost:8000") -> str:
    """Return the text without ids of jobs, sizes of results and the address of the API.

    The sizes depend on the versions of the encoders.
    """
    port = url.rpartition(":")[2]
    told = re.sub(rf"http://(localhost|127\.0\.0\.1):{port}\b", "http://localhost:8000", printed)
    told = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", told)
    return re.sub(r"\b\d+ bytes", "N bytes", re.sub(r"(?m)(\d+ +\d+ +)\d+ *$", r"\1N", told))
