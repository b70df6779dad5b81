"""Reads the version, which the workspace's pyproject.toml says for all packages and images."""

import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


def version(root: Path = ROOT) -> str:
    """Return the version, such as `0.1.0`."""
    read: str = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    return read
