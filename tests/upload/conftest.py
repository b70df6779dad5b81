"""Fixtures of the upload service."""

from collections.abc import AsyncIterator

import pytest_asyncio

from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.upload.service import STRANGER_KEY, RunningService, put_key, running_service, settings_for


@pytest_asyncio.fixture(scope="package")
async def shared_installation(cloud: Cloud) -> AsyncIterator[Installation]:
    """Resources for all tests that do not depend on their contents. A stranger has a key too."""
    async with cloud.installation() as installation:
        await put_key(cloud.dynamodb, installation, STRANGER_KEY, "stranger")
        yield installation


@pytest_asyncio.fixture(scope="package")
async def upload(shared_installation: Installation) -> AsyncIterator[RunningService]:
    """A running upload service, shared."""
    async with running_service(settings_for(shared_installation)) as service:
        yield service
