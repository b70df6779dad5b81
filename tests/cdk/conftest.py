"""One synthesis for all tests of a run, however many processes run them."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cdk.assembly import Assembly
from tests.cdk.installations import CONTEXTS

_ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The directory of the assemblies. The first process that asks writes them, the others wait."""
    base = tmp_path_factory.getbasetemp()
    directory = (base if worker_id == "master" else base.parent) / "assemblies"
    directory.mkdir(exist_ok=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (directory / "done").exists():
            _synthesize(directory)
            (directory / "done").touch()
    return directory


def _synthesize(directory: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "tests.cdk.synthesize", str(directory)],
        cwd=_ROOT,
        env={
            **os.environ,
            # CDK warns of a Node that is past its time, by a banner a run.
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "18,20",
            # CDK's own rules take half of the CPU; `make synth` holds these installations to them. cdk-nag runs here.
            "CDK_VALIDATION": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr


@pytest.fixture(scope="session", params=list(CONTEXTS))
def stage(request: pytest.FixtureRequest, assemblies: Path) -> Assembly:
    """Each installation in turn."""
    return Assembly(assemblies / request.param)


@pytest.fixture(scope="session")
def dev(assemblies: Path) -> Assembly:
    """The stage for trying out, with nothing that is optional."""
    return Assembly(assemblies / "dev")


@pytest.fixture(scope="session")
def abroad(assemblies: Path) -> Assembly:
    """In a region that is not the edge's, with a name and pipelines, and with NAT by an instance."""
    return Assembly(assemblies / "abroad")


@pytest.fixture(scope="session")
def prod(assemblies: Path) -> Assembly:
    """The stage that people rely on, with everything that is optional."""
    return Assembly(assemblies / "prod")
