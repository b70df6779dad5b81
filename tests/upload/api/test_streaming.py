"""Tests of uploads on the wire: refused early, cut off, and never held in memory."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from darkroom_local.child import Child
from darkroom_local.ports import free_ports
from darkroom_upload.api import request_body
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tests.upload.evidence import latest_jobs, multipart_uploads
from tests.upload.multipart import BOUNDARY, CONTENT_TYPE, form, part
from tests.upload.service import KEY, NOBODY, RunningService
from tests.upload.wire import wire
from tools.testbed import images

MIB = 1024 * 1024
LIMIT = 10 * MIB
HEAD = images.png(8, 8)


@pytest.mark.parametrize(("content_type", "beside"), [("image/png", 0), (CONTENT_TYPE, 600_000)], ids=["raw", "form"])
async def test_a_length_over_the_limit_is_refused_before_the_body(
    upload: RunningService, content_type: str, beside: int
) -> None:
    async with wire(upload) as connection:
        length = LIMIT + beside + 1
        await connection.begin(Content_Type=content_type, Content_Length=str(length))
        status, problem = await connection.answer()
        assert (status, problem["code"]) == (413, "upload_too_large")
        assert (problem["limit"], problem["actual"]) == (LIMIT, length)


async def test_a_client_that_expects_100_continue_is_refused_without_sending_anything(upload: RunningService) -> None:
    async with wire(upload) as connection:
        await connection.begin(Content_Type="image/png", Content_Length=str(LIMIT + 1), Expect="100-continue")
        assert (await connection.answer())[0] == 413


async def test_a_client_that_expects_100_continue_gets_it(upload: RunningService) -> None:
    async with wire(upload) as connection:
        await connection.begin(Content_Type="image/png", Content_Length=str(len(HEAD)), Expect="100-continue")
        assert (await connection.answer())[0] == 100
        await connection.send(HEAD)
        assert (await connection.answer())[0] == 202


@pytest.mark.parametrize("content_type", ["image/png", CONTENT_TYPE], ids=["raw", "form"])
async def test_a_body_of_unknown_length_is_refused_as_soon_as_it_is_too_long(
    cloud: Cloud, upload: RunningService, content_type: str
) -> None:
    async with wire(upload) as connection:
        await connection.begin(Content_Type=content_type, Transfer_Encoding="chunked")
        if content_type == CONTENT_TYPE:
            await connection.send_chunk(form([part("file", b"", "x")], closed=False)[:-2])
        await connection.send_chunk(HEAD)
        for _ in range(10):
            await connection.send_chunk(b"\x00" * MIB)
        # The client may go on with the body. The answer has arrived already.
        status, problem = await connection.answer()
        assert (status, problem["code"], problem["limit"]) == (413, "upload_too_large", LIMIT)
        assert problem["actual"] > LIMIT
    assert await multipart_uploads(cloud, upload.settings.originals_bucket) == []


async def test_an_endless_epilogue_is_refused(upload: RunningService) -> None:
    async with wire(upload) as connection:
        await connection.begin(Content_Type=CONTENT_TYPE, Transfer_Encoding="chunked")
        await connection.send_chunk(form([part("file", HEAD, "x")]))
        for _ in range(11):
            await connection.send_chunk(b"\x00" * MIB)
        assert (await connection.answer())[0] == 413


async def test_a_file_of_another_type_is_refused_by_its_first_bytes(upload: RunningService) -> None:
    async with wire(upload) as connection:
        await connection.begin(Content_Type="image/png", Content_Length=str(LIMIT))
        await connection.send(b"%PDF-1.7" + b"x" * 100)
        status, problem = await connection.answer()
        assert (status, problem["code"]) == (415, "unsupported_media_type")


async def test_after_an_early_refusal_the_connection_can_be_used_again(upload: RunningService) -> None:
    async with wire(upload) as connection:
        await connection.begin(Content_Type="image/png", Content_Length="1000000")
        await connection.send(b"%PDF-1.7" + b"x" * 100)
        assert (await connection.answer())[0] == 415
        await connection.send(b"x" * (1_000_000 - 108))
        await connection.begin(Content_Type="image/png", Content_Length=str(len(HEAD)))
        await connection.send(HEAD)
        assert (await connection.answer())[0] == 202


async def test_a_form_that_arrives_byte_by_byte_is_read(upload: RunningService) -> None:
    document = form([part("recipe", b"metadata"), part("file", HEAD, "x.png")])
    async with wire(upload) as connection:
        await connection.begin(Content_Type=CONTENT_TYPE, Transfer_Encoding="chunked")
        for at in range(len(document)):
            await connection.send_chunk(document[at : at + 1])
        await connection.send(b"0\r\n\r\n")
        status, job = await connection.answer()
    assert (status, job["recipe"], job["source"]["bytes"]) == (202, "metadata", len(HEAD))


@pytest.mark.parametrize("abrupt", [True, False])
async def test_a_client_that_leaves_causes_no_object_and_no_traceback(
    cloud: Cloud,
    upload: RunningService,
    capfd: pytest.CaptureFixture[str],
    abrupt: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    bucket = upload.settings.originals_bucket
    before = await latest_jobs(upload)
    with capture_logs() as logs:
        async with wire(upload) as connection:
            await connection.begin(Content_Type=CONTENT_TYPE, Content_Length=str(9 * MIB))
            await connection.send(
                f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"\r\n\r\n'.encode() + HEAD
            )
            await connection.send(b"\x00" * 6 * MIB)

            async def begun() -> bool:
                return bool(await multipart_uploads(cloud, bucket))

            await until(begun)
            if abrupt:
                connection.cut()
            else:
                await connection.close()

            async def gone() -> bool:
                return not await multipart_uploads(cloud, bucket)

            await until(gone)
    assert await latest_jobs(upload) == before
    assert "Traceback" not in capfd.readouterr().err
    assert [log["event"] for log in logs if log["log_level"] in ("warning", "error")] == []


async def test_a_silent_client_is_given_up(
    cloud: Cloud, upload: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_body, "STALL_SECONDS", 0.2)
    async with wire(upload) as connection:
        await connection.begin(Content_Type="image/png", Content_Length=str(9 * MIB))
        await connection.send(HEAD + b"\x00" * 6 * MIB)
        status, problem = await connection.answer()
        assert (status, problem["code"]) == (400, "malformed_request")
        assert "too slowly" in problem["detail"]
    assert await multipart_uploads(cloud, upload.settings.originals_bucket) == []


@dataclass(frozen=True)
class Process:
    """The service in its own process."""

    url: str
    child: Child
    log: list[str]


@asynccontextmanager
async def process(environment: dict[str, str]) -> AsyncIterator[Process]:
    """Start the service with this environment, and wait until it is ready."""
    port = free_ports(1)[0]
    more = {"PATH": os.environ["PATH"], "DARKROOM_ORCHESTRATOR_URL": str(NOBODY), "DARKROOM_PORT": str(port)}
    log: list[str] = []
    command = [sys.executable, "-m", "darkroom_upload"]
    child = await Child.start(command, environment=environment | more, sink=log.append)
    running = Process(f"http://127.0.0.1:{port}", child, log)
    try:
        async with httpx.AsyncClient(trust_env=False) as client:

            async def ready() -> bool:
                try:
                    return (await client.get(f"{running.url}/readyz")).status_code == 200
                except httpx.TransportError:
                    return False

            await until(ready)
        yield running
    finally:
        await child.stop(grace_seconds=5)


def resident(pid: int, field: str) -> int:
    """Return bytes of a process's memory: `VmRSS` for now, `VmHWM` for the maximum."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


async def test_memory_does_not_grow_with_the_upload(cloud: Cloud) -> None:
    large = 100 * MIB - len(HEAD)

    async def data(size: int) -> AsyncIterator[bytes]:
        yield HEAD
        for start in range(0, size, 256 * 1024):
            yield b"\x00" * min(256 * 1024, size - start)

    async with cloud.installation() as installation:
        environment = installation.environment() | {"DARKROOM_MAX_UPLOAD_BYTES": str(100 * MIB)}
        async with process(environment) as running, httpx.AsyncClient(trust_env=False, timeout=120) as client:

            async def upload(size: int) -> httpx.Response:
                headers = {"x-api-key": KEY, "content-type": "application/octet-stream"}
                return await client.post(f"{running.url}/uploads", content=data(size), headers=headers)

            # The first uploads load code and open connections.
            assert (await upload(MIB)).status_code == 202
            assert (await upload(12 * MIB)).status_code == 202
            before = resident(running.child.pid, "VmRSS")
            answer = await upload(large)
            assert (answer.status_code, answer.json()["source"]["bytes"]) == (202, 100 * MIB)
            grown = resident(running.child.pid, "VmHWM") - before
            assert grown < 40 * MIB, f"{grown / MIB:.0f} MiB"
