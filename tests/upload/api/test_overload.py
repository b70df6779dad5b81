"""Tests of more uploads at the same time than there are slots."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tests.upload.service import KEY, RunningService, running_service, settings_for
from tests.upload.slots import is_full
from tools.testbed.images import jpeg

PICTURE = jpeg(40, 30)
RAW = {"Content-Type": "image/jpeg"}


@pytest_asyncio.fixture
async def narrow(cloud: Cloud, installation: Installation) -> AsyncIterator[RunningService]:
    """A service with one slot for uploads."""
    async with running_service(settings_for(installation, max_concurrent_uploads=1)) as service:
        yield service


async def refusal(service: RunningService) -> bytes:
    """Return the answer to an upload of which no byte has been sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    lines = ("POST /uploads HTTP/1.1", "Host: x", f"x-api-key: {KEY}", "Content-Type: image/jpeg", "Content-Length: 99")
    writer.write("\r\n".join((*lines, "", "")).encode())
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    writer.close()
    await writer.wait_closed()
    return answer


async def test_an_upload_beyond_the_limit_is_refused_before_its_body_is_read(narrow: RunningService) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield PICTURE[:100]
        begun.set()
        await go_on.wait()
        yield PICTURE[100:]

    first = asyncio.create_task(narrow.client.post("/uploads?recipe=metadata", content=slowly(), headers=RAW))
    await begun.wait()
    await until(lambda: is_full(narrow.services.upload_slots))
    answer = await refusal(narrow)
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"retry-after: " in answer.lower()
    assert (await narrow.client.get("/recipes")).status_code == 200, "other routes answer"
    go_on.set()
    assert (await first).status_code == 202
    assert (await narrow.client.post("/uploads?recipe=metadata", content=PICTURE, headers=RAW)).status_code == 202
