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


@pytest_asyncio.fixture(scope="session")
async def arena_of_session(cloud: Cloud) -> AsyncIterator[Arena]:
    async with running_arena(cloud) as arena:
        yield arena


@pytest_asyncio.fixture(scope="session")
async def clean_run_of_session(arena_of_session: Arena) -> CleanRun:
    return await clean_run(arena_of_session)


@pytest_asyncio.fixture
async def arena(arena_of_session: Arena) -> Arena:
    """A system that is whole and has nothing to do when the test begins."""
    await arena_of_session.mend()
    await arena_of_session.quiet()
    return arena_of_session


@pytest.fixture
def clean(clean_run_of_session: CleanRun) -> CleanRun:
    """What a job leaves and what it takes when nothing goes wrong."""
    return clean_run_of_session
