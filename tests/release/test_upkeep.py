"""What keeps dependencies new: the update bot's configuration names each kind of them."""

import re

from tools.release.version import ROOT

RENOVATE = (ROOT / ".github/renovate.json5").read_text()
MANAGERS = {
    "uv.lock": "pep621",
    "package-lock.json": "npm",
    "Dockerfile": "dockerfile",
    "docker-compose.yml": "docker-compose",
    "uv.txt": "pip_requirements",
}


def test_every_kind_of_dependency_has_a_group() -> None:
    grouped = set(re.findall(r'"([\w-]+)"', "".join(re.findall(r"matchManagers: \[(.*?)\]", RENOVATE))))
    assert grouped == {*MANAGERS.values(), "github-actions"}


def test_updates_come_weekly_and_lock_files_are_kept() -> None:
    assert '"schedule:weekly"' in RENOVATE
    assert "lockFileMaintenance: { enabled: true }" in RENOVATE


def test_base_images_are_named_by_digest() -> None:
    dockerfiles = [*ROOT.glob("services/*/Dockerfile"), *ROOT.glob("tools/local/Dockerfile")]
    assert len(dockerfiles) == 4
    for dockerfile in dockerfiles:
        assert re.search(r"^ARG PYTHON_IMAGE=python:[\w.-]+@sha256:[0-9a-f]{64}$", dockerfile.read_text(), re.MULTILINE)
