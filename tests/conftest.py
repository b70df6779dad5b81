"""Fixtures for all tests."""

import gc
import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import structlog
from hypothesis import settings

from darkroom_local.clients import aws_environment
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud, running_cloud

# The same examples each time, so that a run tells of the change at hand; and no deadline, since machines are busy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

# Plain tracebacks: the pretty ones that are structlog's default take up to a second of CPU each.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


def pytest_collection_finish() -> None:
    """Thousands of tests stay to the end: the garbage collector need not look through them again and again."""
    gc.freeze()


@pytest_asyncio.fixture(scope="session")
async def cloud() -> AsyncIterator[Cloud]:
    """One emulator for all tests of this process, which the AWS variables of the process name meanwhile."""
    async with running_cloud() as cloud:
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                patch.delenv(name)
            for name, value in aws_environment(cloud.endpoint_url).items():
                patch.setenv(name, value)
            yield cloud


@pytest_asyncio.fixture
async def installation(cloud: Cloud) -> AsyncIterator[Installation]:
    """Fresh resources for one test."""
    async with cloud.installation() as installation:
        yield installation
