"""The command line as `pip install darkroom-cli` installs it, without its extras.

It runs in a process of its own, in which every library is hidden that the package does not require.
"""

import json
import subprocess
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from darkroom_local.ports import LOOPBACK, free_ports

pytestmark = pytest.mark.slow

_RUN = """
import json, sys
hidden, sys.argv[1:] = json.loads(sys.argv[1]), sys.argv[2:]
sys.modules.update(dict.fromkeys(hidden))
from darkroom_cli.main import main
main()
"""
"""A module that `sys.modules` has as None cannot be imported."""


def required_by(distribution: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """All distributions that come with this one, itself included."""
    found: set[tuple[str, frozenset[str]]] = set()
    left = [(canonicalize_name(distribution), extras)]
    while left:
        name, wanted = left.pop()
        if (name, wanted) in found:
            continue
        found.add((name, wanted))
        for requirement in map(Requirement, requires(name) or ()):
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in wanted | {""}):
                left.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    return {name for name, _ in found}


def hidden_modules() -> set[str]:
    """Installed modules that the command line does not require."""
    installed = required_by("darkroom-cli")
    return {
        module
        for module, distributions in packages_distributions().items()
        if installed.isdisjoint(map(canonicalize_name, distributions))
    }


def darkroom(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command without the extra."""
    arguments = [sys.executable, "-c", _RUN, json.dumps(sorted(hidden_modules())), *words]
    return subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_line_requires_no_library_of_the_services() -> None:
    services = {"aioboto3", "argon2", "boto3", "cryptography", "fastapi", "opentelemetry", "structlog", "uvicorn"}
    assert services <= hidden_modules()
    assert required_by("darkroom-cli") < required_by("darkroom-cli", frozenset({"operator"}))


def test_the_help_lists_all_commands() -> None:
    shown = darkroom("--help")
    assert shown.returncode == 0, shown.stderr
    assert {"upload", "download", "plan", "preview", "keys", "users", "data-keys", "dlq"} <= set(shown.stdout.split())


def test_try_names_the_extra_that_it_needs(tmp_path: Path) -> None:
    refused = darkroom("try", "web", __file__, "--output", str(tmp_path))
    assert refused.returncode == 2
    assert refused.stderr == "Error: `darkroom try` needs the extra `try`: pip install 'darkroom-cli[try]'\n"


def test_a_command_for_clients_works() -> None:
    (unused,) = free_ports(1)
    asked = darkroom("usage", DARKROOM_URL=f"http://{LOOPBACK}:{unused}", DARKROOM_API_KEY="any")
    assert asked.returncode == 4, asked.stderr
    assert "cannot be reached" in asked.stderr


@pytest.mark.parametrize(
    "words", [("keys", "list", "demo"), ("users", "list"), ("data-keys", "renew"), ("dlq", "list"), ("keys", "--help")]
)
def test_an_operators_command_names_the_extra_that_it_needs(words: tuple[str, ...]) -> None:
    refused = darkroom(*words)
    assert refused.returncode == 2
    assert refused.stderr == (
        f"Error: `darkroom {words[0]}` needs the extra `operator`: pip install 'darkroom-cli[operator]'\n"
    )
