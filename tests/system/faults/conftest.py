"""Arenas, several of which go through their cases at the same time on one emulator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from tests.support.emulator import Cloud
from tests.system.faults.arena import Arena, running_arena
from tests.system.faults.killing import CleanRun, clean_run

ARENAS = 2
"""A case waits more than it works: for processes to start and for messages to come back."""


@pytest_asyncio.fixture(scope="module")
async def arenas(cloud: Cloud) -> AsyncIterator[list[Arena]]:
    """Several systems, each with an installation of its own."""
    async with AsyncExitStack() as stack:
        opening = [asyncio.create_task(stack.enter_async_context(running_arena(cloud))) for _ in range(ARENAS)]
        arenas = list(await asyncio.gather(*opening))
        yield arenas
        # Nobody needs them to drain, one after the other.
        await asyncio.gather(*(service.kill() for arena in arenas for service in arena.system.services))


@pytest_asyncio.fixture(scope="package")
async def shared_arena(cloud: Cloud) -> AsyncIterator[Arena]:
    async with running_arena(cloud) as arena:
        yield arena


@pytest_asyncio.fixture(scope="package")
async def shared_clean_run(shared_arena: Arena) -> CleanRun:
    return await clean_run(shared_arena)


@pytest_asyncio.fixture
async def arena(shared_arena: Arena) -> Arena:
    """A system that is whole and has nothing to do when the test begins."""
    await shared_arena.mend()
    await shared_arena.quiet()
    return shared_arena


@pytest.fixture
def clean(shared_clean_run: CleanRun) -> CleanRun:
    """What a job leaves and what it takes when nothing goes wrong."""
    return shared_clean_run
