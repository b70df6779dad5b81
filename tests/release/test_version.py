"""The workspace says the version, and nothing else does."""

import re
import tomllib
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import pytest

from tools.release.version import ROOT, version

MEMBERS = sorted(
    folder / "pyproject.toml"
    for pattern in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["workspace"]["members"]
    for folder in ROOT.glob(pattern)
)


def project(path: Path) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads(path.read_text())["project"]
    return table


@pytest.mark.parametrize("member", MEMBERS, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_every_package_takes_its_version_from_the_workspace(member: Path) -> None:
    assert "version" not in project(member)
    assert installed(project(member)["name"]) == version()


@pytest.mark.parametrize("package", ["services", "cli", "cdk", "tools/local"])
def test_no_code_says_the_version(package: str) -> None:
    said = re.compile(rf"(?<![\d.]){re.escape(version())}(?![\d.])")
    files = [path for path in (ROOT / package).rglob("*.py") if ".venv" not in path.parts]
    assert [str(path) for path in files if "node_modules" not in path.parts and said.search(path.read_text())] == []
