"""Fixtures for all tests."""

import gc
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
import structlog
from hypothesis import settings

from darkroom_local.clients import aws_environment
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud, running_cloud

# The same examples each time, so that a failure comes from the change at hand. No deadline, since machines are busy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("quick", derandomize=True, deadline=None, max_examples=10)  # `make unit` takes it.
settings.load_profile("repeatable")

# Plain tracebacks: structlog's default ones take up to a second of CPU each.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


_NEEDS_OF_FIXTURES: Final = {"cloud": "emulator", "assemblies": "stacks"}
_NEEDS: Final = {"containers", "emulator", "exhaustive", "slow", "sockets", "stacks"}
"""Markers of pyproject.toml that say what a test needs."""


_OF_WHOLE_MODULE: Final = re.compile(rf"^pytestmark = pytest\.mark\.({'|'.join(sorted(_NEEDS))})$", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out, for `-m unit`, modules that are marked as a whole: some take seconds to import."""
    if config.option.markexpr != "unit" or collection_path.suffix != ".py":
        return None
    return bool(_OF_WHOLE_MODULE.search(collection_path.read_text())) or None


@pytest.hookimpl(tryfirst=True)  # Before `-m` selects by the markers.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what their fixtures need, and those that need nothing as `unit`."""
    for item in items:
        fixtures = item.fixturenames if isinstance(item, pytest.Function) else []
        for need in {_NEEDS_OF_FIXTURES[name] for name in fixtures if name in _NEEDS_OF_FIXTURES}:
            item.add_marker(need)
        if item.get_closest_marker("slow"):
            item.add_marker("no_cover")  # With the tracer they would take minutes more.
        if not any(item.get_closest_marker(need) for need in _NEEDS):
            item.add_marker("unit")


def pytest_collection_finish() -> None:
    """Thousands of tests live until the end: let the garbage collector ignore them."""
    gc.freeze()


@pytest_asyncio.fixture(scope="session")
async def cloud() -> AsyncIterator[Cloud]:
    """Run one emulator for all tests of this process, and let the process's AWS variables name it."""
    async with running_cloud() as cloud:
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                patch.delenv(name)
            for name, value in aws_environment(cloud.endpoint_url).items():
                patch.setenv(name, value)
            yield cloud


@pytest_asyncio.fixture
async def installation(cloud: Cloud) -> AsyncIterator[Installation]:
    """Create new resources for one test."""
    async with cloud.installation() as installation:
        yield installation
