"""The blocks of docs/clients.md and of the client's README, run beside the running system."""

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Final

import pytest

from darkroom_local.sample import write_sample
from darkroom_local.system import System
from tests.support.emulator import Cloud
from tools.testbed.images import opened

ROOT: Final = Path(__file__).parents[2]
PROGRAMS: Final = ROOT / "tools/clients/.venv/bin"


def blocks(page: str, language: str) -> dict[str, list[str]]:
    """Return the blocks of a language by the heading above them."""
    sections = re.split(r"^## ", (ROOT / page).read_text(), flags=re.MULTILINE)
    fenced = re.compile(rf"^```{language}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    found = {section.partition("\n")[0]: fenced.findall(section) for section in sections}
    return {heading: code for heading, code in found.items() if code}


SHELL: Final = blocks("docs/clients.md", "sh")
PYTHON: Final = blocks("docs/clients.md", "python")
JAVASCRIPT: Final = blocks("docs/clients.md", "js")
README: Final = blocks("clients/python/README.md", "python")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the sample of `make run`."""
    write_sample(tmp_path / "out/sample.png")
    return tmp_path


async def run(folder: Path, system: System, cloud: Cloud, code: str, *command: str) -> str:
    """Run code, with the addresses and buckets of this system, and return what it prints."""
    topology = system.installation.topology
    for shown, here in {
        "http://localhost:8000": system.url,
        "http://localhost:4566": cloud.endpoint_url,
        "darkroom-originals": topology.originals.name,
        "darkroom-results": topology.results.name,
    }.items():
        code = code.replace(shown, here)
    script = folder / "script.mjs"
    script.write_text(code)
    process = await asyncio.create_subprocess_exec(
        *command,
        str(script),
        cwd=folder,
        env={"PATH": f"{PROGRAMS}:{os.environ['PATH']}", "HOME": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        printed, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    return printed.decode()


def size_of(path: Path) -> tuple[int, int]:
    """Return width and height of a result."""
    return opened(path.read_bytes()).size


def test_every_block_is_run_here() -> None:
    fences = re.findall(r"^```(\w+)$", (ROOT / "docs/clients.md").read_text(), re.MULTILINE)
    assert sorted(fences) == ["js", "python", "sh", "sh", "sh"]
    assert (list(SHELL), list(PYTHON), list(JAVASCRIPT)) == (["curl", "HTTPie", "AWS CLI"], ["Python"], ["JavaScript"])


@pytest.mark.parametrize(
    ("heading", "result"), [("curl", "out/curl.webp"), ("HTTPie", "out/httpie.webp")], ids=["curl", "HTTPie"]
)
async def test_result_is_fetched_from_a_shell(
    folder: Path, system: System, cloud: Cloud, heading: str, result: str
) -> None:
    (code,) = SHELL[heading]
    await run(folder, system, cloud, code, "bash", "-eu")
    assert size_of(folder / result) == (256, 256)


async def test_results_are_fetched_by_python(folder: Path, system: System, cloud: Cloud) -> None:
    (code,) = PYTHON["Python"]
    paths = (await run(folder, system, cloud, code, sys.executable)).split()
    assert {size_of(folder / path) for path in paths} == {(side, side) for side in (64, 128, 256, 512)}


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js, which is not installed")
async def test_results_are_fetched_by_javascript(folder: Path, system: System, cloud: Cloud) -> None:
    (code,) = JAVASCRIPT["JavaScript"]
    await run(folder, system, cloud, code, "node")
    sizes = {size_of(path) for path in (folder / "out/javascript").iterdir()}
    assert sizes == {(side, side) for side in (64, 128, 256, 512)}


async def test_dropped_file_becomes_a_job(folder: Path, system: System, cloud: Cloud) -> None:
    (code,) = SHELL["AWS CLI"]
    await run(folder, system, cloud, code, "bash", "-eu")
    (result,) = (folder / "out/aws").rglob("dropped.webp")
    assert size_of(result) == (256, 256)


async def test_examples_of_the_clients_readme_run(folder: Path, system: System, cloud: Cloud) -> None:
    assert list(README) == ["# darkroom-client", "Recipes", "What goes wrong", "Webhooks"]
    for code in (code for section in README.values() for code in section):
        printed = await run(folder, system, cloud, code, sys.executable)
        if "InvalidRecipe" in code:
            assert printed.startswith("invalid_recipe There is no preset")
