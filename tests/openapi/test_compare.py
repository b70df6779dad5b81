"""`python -m tools.openapi compare`, in a repository with one release."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools.openapi import __main__ as command

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose last release is 0.1.0, with the descriptions of today."""
    (tmp_path / "docs").mkdir()
    for name in ("openapi.json", "recipe.schema.json"):
        (tmp_path / "docs" / name).write_text((DOCS / name).read_text())
    write(tmp_path, info={"version": "0.1.0"})
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    for words in (
        ("init", "--quiet"),
        ("add", "."),
        (*identity, "commit", "--quiet", "-m", "First"),
        ("tag", "v0.1.0"),
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)  # noqa: S607
    monkeypatch.setattr(command, "_ROOT", tmp_path)
    return tmp_path


def write(root: Path, **changes: Any) -> None:
    """Change members of the description of the API."""
    path = root / "docs/openapi.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def without_usage(root: Path) -> dict[str, Any]:
    """Return the routes of the description, one of them left out."""
    paths = json.loads((root / "docs/openapi.json").read_text())["paths"]
    return {path: operations for path, operations in paths.items() if path != "/usage"}


def test_same_api_passes(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["compare"]) == 0
    assert capsys.readouterr().out == ""


def test_break_in_the_same_minor_version_fails_and_is_named(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(released, paths=without_usage(released), info={"version": "0.1.1"})
    assert command.main(["compare"]) == 1
    assert capsys.readouterr().out == "Since v0.1.0: GET /usage is gone\n"


def test_break_in_a_new_minor_version_before_1_passes_and_is_named(
    released: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(released, paths=without_usage(released), info={"version": "0.2.0"})
    assert command.main(["compare"]) == 0
    assert "GET /usage is gone" in capsys.readouterr().out


def test_without_committed_descriptions_there_is_nothing_to_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "_ROOT", tmp_path)
    assert command.main(["compare"]) == 0
    assert "nothing to compare with" in capsys.readouterr().out
