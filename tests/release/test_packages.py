"""Packages as they are published, built from a small repository and from this one."""

import re
import subprocess
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tools.release.packages import build, pin, published
from tools.release.version import ROOT, version

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return build(ROOT, "HEAD", tmp_path_factory.mktemp("dist"))


def names(built: list[Path], suffix: str) -> set[str]:
    return {path.name.partition("-")[0] for path in built if path.name.endswith(suffix)}


def test_every_published_package_has_a_wheel_and_a_source_archive(built: list[Path]) -> None:
    assert names(built, ".whl") == names(built, ".tar.gz")
    assert {"darkroom", "darkroom_cli", "darkroom_upload", "darkroom_orchestrator", "darkroom_processor"} <= names(
        built, ".whl"
    )
    assert not {"darkroom_local", "darkroom_cdk"} & names(built, ".whl")


def test_a_published_package_needs_its_siblings_in_the_same_version(built: list[Path]) -> None:
    for wheel in (path for path in built if path.suffix == ".whl"):
        with zipfile.ZipFile(wheel) as archive:
            (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
            metadata = Parser().parsestr(archive.read(name).decode())
        siblings = [need for need in metadata.get_all("Requires-Dist", []) if need.startswith("darkroom")]
        assert metadata["Version"] == version()
        assert [need for need in siblings if f"=={version()}" not in need] == []


def test_a_wheel_holds_the_files_of_its_package_and_nothing_else(built: list[Path]) -> None:
    (wheel,) = [path for path in built if path.name.startswith("darkroom_upload-") and path.suffix == ".whl"]
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    command = ["git", "ls-tree", "-r", "--name-only", "HEAD", "darkroom_upload"]
    listed = subprocess.run(command, cwd=ROOT / "services/upload", check=True, capture_output=True, text=True).stdout
    assert held == set(listed.split())


def test_a_source_archive_can_be_built_outside_of_the_workspace(built: list[Path], tmp_path: Path) -> None:
    (archive,) = [path for path in built if path.name.startswith("darkroom_cli-") and path.name.endswith(".tar.gz")]
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    python = ROOT / ".venv/bin/python"
    ran = subprocess.run(
        [python, "-m", "hatchling", "build", "-t", "wheel"], cwd=folder, check=True, capture_output=True
    )
    assert f"darkroom_cli-{version()}" in ran.stdout.decode() + ran.stderr.decode()


def test_only_dependencies_are_pinned(tmp_path: Path) -> None:
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text(
        '[project]\nname = "darkroom"\ndependencies = ["darkroom-cli[operator]", "pydantic"]\n'
        'extra = [\n    "darkroom",\n]\n[build-system]\nonly-include = ["darkroom"]\n'
    )
    pin(pyproject, ["darkroom", "darkroom-cli"], "1.2.3")
    assert re.findall(r"\S*==1\.2\.3", pyproject.read_text()) == ['["darkroom-cli[operator]==1.2.3', '"darkroom==1.2.3']


def test_private_packages_are_not_published() -> None:
    assert {folder.name for folder in published(ROOT)}.isdisjoint({"local", "cdk"})
