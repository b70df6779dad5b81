"""Tests of the pipelines: what their steps run, and in which order runs wait for each other."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

_GITHUB: Final = Path(__file__).parents[2] / ".github"

Workflow = dict[str, Any]


@pytest.fixture
def application() -> Workflow:
    return _workflow("application")


@pytest.fixture
def infrastructure() -> Workflow:
    return _workflow("infrastructure")


def _workflow(name: str) -> Workflow:
    read: Workflow = yaml.safe_load((_GITHUB / "workflows" / f"{name}.yml").read_text())
    return read


def step(workflow: Workflow, job: str, name: str) -> dict[str, Any]:
    (found,) = [each for each in workflow["jobs"][job]["steps"] if name in (each.get("name"), each.get("id"))]
    return dict(found)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout in which `cdk` prints its arguments, and `aws` answers each parameter with its name."""
    (tmp_path / ".github").mkdir()
    shutil.copy(_GITHUB / "stacks", tmp_path / ".github")
    _program(tmp_path / "cdk/node_modules/.bin/cdk", 'printf "%s\\n" "$@"')
    _program(tmp_path / "bin/aws", 'printf "%s" "$4"')
    return tmp_path


def _program(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def stacks(checkout: Path, *arguments: str, **variables: str) -> list[str]:
    """Return the arguments that `.github/stacks` passes to the CDK."""
    path = f"{checkout / 'bin'}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        [checkout / ".github" / "stacks", *arguments],
        env={"PATH": path, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.splitlines()


@pytest.mark.parametrize(
    ("stage", "installation", "prefix"),
    [
        ("prod", "", "darkroom"),
        ("dev", "", "darkroom-dev"),
        ("prod", '{"alarm_email": "operators@example.org"}', "darkroom"),
        ("prod", '{"prefix": "darkroom-west", "recovers": "darkroom"}', "darkroom-west"),
    ],
)
def test_infrastructure_deploys_the_images_that_were_last_deployed(
    stage: str, installation: str, prefix: str, checkout: Path
) -> None:
    assert f"image_digests=/{prefix}/images" in stacks(checkout, stage, "deploy", "--all", INSTALLATION=installation)


def run(tmp_path: Path, command: str, **variables: str) -> str:
    """Run a step's command as GitHub does. Return what it writes to `GITHUB_OUTPUT`."""
    output = tmp_path / "output"
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        ["/bin/bash", "-e", "-c", command], env={"PATH": path, "GITHUB_OUTPUT": str(output), **variables}, check=True
    )
    return output.read_text()


@pytest.mark.parametrize(("aws", "digest"), [("echo sha256:1", "sha256:1"), ("exit 254", "")])
def test_an_image_that_was_pushed_is_not_built_again(
    aws: str, digest: str, application: Workflow, tmp_path: Path
) -> None:
    """Otherwise a run that failed after its push could not be repeated, since tags are immutable."""
    _program(tmp_path / "bin/aws", aws)
    looked = step(application, "build", "pushed")["run"]
    assert run(tmp_path, looked, REPOSITORY="darkroom/upload", GITHUB_SHA="abc") == f"digest={digest}\n"
    build = step(application, "build", "built")
    assert build["with"]["push"] is True
    assert build["if"] == "steps.pushed.outputs.digest == ''"


@pytest.mark.parametrize(("verify", "signed"), [("exit 0", ""), ("exit 1", "upload@sha256:1\n")])
def test_an_image_is_signed_once(verify: str, signed: str, application: Workflow, tmp_path: Path) -> None:
    _program(tmp_path / "bin/cosign", f'[ "$1" = sign ] && echo "$3" > "$GITHUB_OUTPUT" && exit; {verify}')
    (tmp_path / "output").touch()
    command = step(application, "build", "Sign")["run"]
    assert run(tmp_path, command, IMAGE="upload", DIGEST="sha256:1", IDENTITY="me") == signed


def test_no_deployment_is_cancelled_by_another(application: Workflow, infrastructure: Workflow) -> None:
    """GitHub's default keeps one waiting run and cancels it for the next. No linter knows the word `queue`."""
    turns = {"group": "deploy-prod", "queue": "max", "cancel-in-progress": False}
    assert application["concurrency"] == turns
    assert infrastructure["jobs"]["deploy"]["concurrency"] == turns


@pytest.mark.parametrize("name", ["application", "infrastructure"])
def test_every_pipeline_reads_the_prefix_from_the_configuration(name: str) -> None:
    text = (_GITHUB / "workflows" / f"{name}.yml").read_text()
    named = [line.strip() for line in text.splitlines() if "darkroom/" in line and "services/shared" not in line]
    assert named == []


def test_a_variable_can_add_a_value_to_the_installation(checkout: Path) -> None:
    given = ("Edge", "--exclusively", "-c", "origin_secret_version=1")
    passed = stacks(checkout, "prod", "deploy", *given, IMAGE_DIGESTS="{}")
    assert passed[: 1 + len(given)] == ["deploy", *given]
    assert "image_digests={}" in passed


@pytest.mark.parametrize("name", ["application", "infrastructure"])
def test_a_step_with_a_pipe_fails_with_any_of_its_commands(name: str) -> None:
    """GitHub sets `pipefail` only if the step names its shell."""
    steps = [each for job in _workflow(name)["jobs"].values() for each in job["steps"]]
    piped = [each for each in steps if " | " in each.get("run", "")]
    assert piped
    assert [each["name"] for each in piped if each.get("shell") != "bash"] == []
