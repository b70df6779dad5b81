"""Builds the packages of a commit as they are published."""

import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tools.release.version import version

PRIVATE: Final = "Private :: Do Not Upload"
"""The classifier of packages that are not published. PyPI refuses it, too."""


def build(repository: Path, commit: str, target: Path) -> list[Path]:
    """Build the published packages of a commit into a folder: a source archive and a wheel each.

    What is not committed is not in them. Returns the files.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name)
        _export(repository, commit, tree)
        folders = list(published(tree))
        names = [_project(folder)["name"] for folder in folders]
        for folder in folders:
            pin(folder / "pyproject.toml", names, version(tree))
            command = [sys.executable, "-m", "hatchling", "build", "-d", str(target.resolve())]
            subprocess.run(command, cwd=folder, check=True)  # noqa: S603 - the locked build tool, no shell
    return sorted(target.iterdir())


def published(root: Path) -> Iterator[Path]:
    """Yield the folders of the workspace's packages that are published."""
    workspace = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["uv"]["workspace"]
    for pattern in workspace["members"]:
        for folder in sorted(root.glob(pattern)):
            if PRIVATE not in _project(folder).get("classifiers", []):
                yield folder


def pin(pyproject: Path, names: list[str], exact: str) -> None:
    """Let a package depend on just this version of its siblings, which promise each other nothing across versions."""
    project, build_system, rest = pyproject.read_text().partition("[build-system]")
    sibling = re.compile(rf'(?<!name = )"((?:{"|".join(names)})(?:\[[a-z,-]+\])?)"')
    pyproject.write_text(sibling.sub(rf'"\1=={exact}"', project) + build_system + rest)


def _project(folder: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return project


def _export(repository: Path, commit: str, target: Path) -> None:
    """Write the files of a commit into a folder."""
    archive = target / ".git-archive.tar"
    command = ["git", "archive", "--format=tar", f"--output={archive}", commit]
    subprocess.run(command, cwd=repository, check=True)  # noqa: S603 - git, no shell
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    archive.unlink()
