"""What the workflows promise: nothing is deployed or released before the checks of its commit are green."""

from typing import Any

import pytest
import yaml

from tools.release.version import ROOT

WORKFLOWS = ROOT / ".github/workflows"
Workflow = dict[str, Any]


def workflow(name: str) -> Workflow:
    read: Workflow = yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text())
    return read


def needed(jobs: dict[str, Any], name: str) -> set[str]:
    """Name the jobs that a job waits for, directly or through another."""
    needs = jobs[name].get("needs", [])
    direct = {needs} if isinstance(needs, str) else set(needs)
    return direct.union(*(needed(jobs, other) for other in direct))


def changes_what_runs(job: dict[str, Any]) -> bool:
    """Whether the job may write somewhere. Pages are left out: documents of main are published as they are."""
    return "write" in job.get("permissions", {}).values() and "github-pages" not in str(job.get("environment"))


@pytest.mark.parametrize("name", sorted(path.stem for path in WORKFLOWS.glob("*.yml")))
def test_a_job_that_changes_what_runs_waits_for_green_checks(name: str) -> None:
    jobs = workflow(name)["jobs"]
    changing = {job for job, content in jobs.items() if changes_what_runs(content)}
    reading = {"diff"} if name == "infrastructure" else set()  # Its role reads templates only.
    assert [job for job in changing - reading if "green" not in needed(jobs, job)] == []


@pytest.mark.parametrize("name", ["application", "infrastructure", "release"])
def test_green_looks_at_the_checks_of_this_commit(name: str) -> None:
    job = workflow(name)["jobs"]["green"]
    assert job["steps"][-1]["run"] == '.github/green "$GITHUB_SHA"'
    assert job["permissions"] == {"contents": "read", "actions": "read"}


def test_checks_of_main_are_never_cancelled() -> None:
    """A cancelled run would never become green, and what waits for it would never be deployed."""
    group = workflow("checks")["concurrency"]["group"]
    assert group == "checks-${{ github.ref == 'refs/heads/main' && github.sha || github.ref }}"


def test_a_release_builds_each_service_for_both_architectures() -> None:
    images = workflow("release")["jobs"]["images"]
    (build,) = [step["with"] for step in images["steps"] if "build-push-action" in step.get("uses", "")]
    assert images["strategy"]["matrix"]["service"] == ["upload", "orchestrator", "processor"]
    assert build["platforms"] == "linux/amd64,linux/arm64"
    assert (build["sbom"], build["provenance"]) == (True, "mode=max")
    assert "org.opencontainers.image.version=${{ needs.green.outputs.version }}" in build["labels"]


def test_a_release_publishes_packages_without_a_stored_token() -> None:
    job = workflow("release")["jobs"]["pypi"]
    assert job["permissions"] == {"id-token": "write"}
    assert all("password" not in step.get("with", {}) for step in job["steps"])


def test_a_release_runs_what_a_person_can_run() -> None:
    steps = [step.get("run", "") for job in workflow("release")["jobs"].values() for step in job["steps"]]
    makefile = (ROOT / "Makefile").read_text()
    assert {"make dist", 'make notes TAG="$TAG"', "make --silent notes > notes.md"} <= set(steps)
    assert "\ndist:" in makefile
    assert "\nnotes:" in makefile
