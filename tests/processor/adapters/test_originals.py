"""Reading originals from S3."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from darkroom.errors import MemoryLimit, SourceGone, Unavailable
from darkroom.jobs import ObjectRef
from darkroom.limits import HIGHEST_UPLOAD_BYTES
from darkroom.runtime.aws import Aws
from darkroom_local.installation import Installation
from darkroom_processor.adapters.originals import Originals
from tests.processor.tasks import stored
from tests.support.emulator import Cloud


def originals(cloud: Cloud, installation: Installation) -> Originals:
    """Return the adapter over the bucket of the test."""
    return Originals(cloud.s3, installation.topology.originals.name)


async def test_an_original_is_read_completely(cloud: Cloud, installation: Installation) -> None:
    data = bytes(range(256)) * 10_000
    source = await originals(cloud, installation).fetch(await stored(cloud, installation, data))
    assert source.data == data
    assert source.sha256 == hashlib.sha256(data).hexdigest()


async def test_the_accepted_version_is_read_even_after_it_was_replaced(
    cloud: Cloud, installation: Installation
) -> None:
    first = await stored(cloud, installation, b"first")
    await stored(cloud, installation, b"second")
    assert (await originals(cloud, installation).fetch(first)).data == b"first"


async def test_a_replaced_object_without_versions_is_gone(cloud: Cloud, installation: Installation) -> None:
    first = await stored(cloud, installation, b"first")
    await stored(cloud, installation, b"second")
    with pytest.raises(SourceGone):
        await originals(cloud, installation).fetch(first.model_copy(update={"version_id": None}))


async def test_a_deleted_object_is_gone(cloud: Cloud, installation: Installation) -> None:
    ref = await stored(cloud, installation, b"bytes")
    bucket = installation.topology.originals.name
    await cloud.s3.delete_object(Bucket=bucket, Key=ref.key)
    with pytest.raises(SourceGone):
        await originals(cloud, installation).fetch(ref.model_copy(update={"version_id": None}))


async def test_a_deleted_version_is_gone(cloud: Cloud, installation: Installation) -> None:
    ref = await stored(cloud, installation, b"bytes")
    assert ref.version_id is not None
    bucket = installation.topology.originals.name
    await cloud.s3.delete_object(Bucket=bucket, Key=ref.key, VersionId=ref.version_id)
    with pytest.raises(SourceGone):
        await originals(cloud, installation).fetch(ref)


async def test_a_broken_connection_raises_unavailable(cloud: Cloud) -> None:
    async with s3_that_answers(200, {"Content-Length": "1000"}, b"only this") as url, Aws().s3(endpoint_url=url) as s3:
        with pytest.raises(Unavailable):
            await Originals(s3, "bucket").fetch(REF)


async def test_an_object_larger_than_any_upload_is_refused_before_it_is_read(cloud: Cloud) -> None:
    headers = {"Content-Length": str(HIGHEST_UPLOAD_BYTES + 1)}
    async with s3_that_answers(200, headers, b"") as url, Aws().s3(endpoint_url=url) as s3:
        with pytest.raises(MemoryLimit):
            await Originals(s3, "bucket").fetch(REF)


async def test_an_unreachable_s3_raises_unavailable(cloud: Cloud) -> None:
    async with s3_that_answers(200, {}, b"") as url:
        pass
    async with Aws().s3(endpoint_url=url) as s3:
        with pytest.raises(Unavailable):
            await Originals(s3, "bucket").fetch(REF)


REF = ObjectRef(key="key", version_id=None, etag='"etag"', size=1000)


@asynccontextmanager
async def s3_that_answers(status: int, headers: dict[str, str], body: bytes) -> AsyncIterator[str]:
    """Run a server that gives every request this answer and closes the connection, which no emulator does on demand."""
    lines = [f"HTTP/1.1 {status} OK", *(f"{name}: {value}" for name, value in headers.items()), "", ""]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write("\r\n".join(lines).encode() + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
