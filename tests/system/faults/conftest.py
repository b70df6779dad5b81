"""Rigs for tests of faults. Several run their cases at the same time on one emulator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Final

import pytest
import pytest_asyncio

from darkroom.accounts.allowances import KeyLimits
from tests.support.emulator import Cloud
from tests.system.faults.killing import CleanRun, clean_run
from tests.system.faults.rig import Rig, running_rig

RIGS = 2
"""Number of rigs. A case mostly waits: for processes to start and for messages to come back."""
QUOTAS: Final = KeyLimits(jobs_per_day=1_000_000, bytes_per_day=1_000_000_000)
"""Jobs are charged to callers that have quotas. No test reaches these."""


@pytest_asyncio.fixture(scope="module")
async def rigs(cloud: Cloud) -> AsyncIterator[list[Rig]]:
    """Run several rigs, each with its own installation."""
    async with AsyncExitStack() as stack:
        opening = [
            asyncio.create_task(stack.enter_async_context(running_rig(cloud, limits=QUOTAS))) for _ in range(RIGS)
        ]
        rigs = list(await asyncio.gather(*opening))
        yield rigs
        # Killed, since stopping would drain one service after the other.
        await asyncio.gather(*(service.kill() for rig in rigs for service in rig.system.services))


@pytest_asyncio.fixture(scope="package")
async def shared_rig(cloud: Cloud) -> AsyncIterator[Rig]:
    async with running_rig(cloud) as rig:
        yield rig


@pytest_asyncio.fixture(scope="package")
async def shared_clean_run(shared_rig: Rig) -> CleanRun:
    return await clean_run(shared_rig)


@pytest_asyncio.fixture
async def rig(shared_rig: Rig) -> Rig:
    """Return a rig whose services run and have no work when the test begins."""
    await shared_rig.mend()
    await shared_rig.quiet()
    return shared_rig


@pytest.fixture
def clean(shared_clean_run: CleanRun) -> CleanRun:
    """Return the evidence and the calls of a run without faults."""
    return shared_clean_run
