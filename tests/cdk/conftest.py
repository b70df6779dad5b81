"""Fixtures: one synthesis for all tests of a run, shared by its processes."""

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
    """Return the directory of the assemblies. The first process synthesizes them, the others wait."""
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
            # Otherwise the CDK warns about an old version of Node in every run.
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "18,20",
            # The CDK's own rules take half of the CPU time. `make synth` checks them; cdk-nag runs here.
            "CDK_VALIDATION": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr


@pytest.fixture(scope="session", params=list(CONTEXTS))
def stage(request: pytest.FixtureRequest, assemblies: Path) -> Assembly:
    """Return each installation in turn."""
    return Assembly(assemblies / request.param)


@pytest.fixture(scope="session")
def dev(assemblies: Path) -> Assembly:
    """Return the development stage with no optional settings."""
    return Assembly(assemblies / "dev")


@pytest.fixture(scope="session")
def abroad(assemblies: Path) -> Assembly:
    """Return an installation outside us-east-1, with a domain, pipelines and a NAT instance."""
    return Assembly(assemblies / "abroad")


@pytest.fixture(scope="session")
def prod(assemblies: Path) -> Assembly:
    """Return the production stage with all optional settings."""
    return Assembly(assemblies / "prod")
