"""Tests of bodies that differ from what their headers announce, written by hand."""

import asyncio
import gzip
import json
import logging
import zlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from darkroom_upload.api import request_body
from tests.support.emulator import Cloud
from tests.upload.evidence import latest_jobs, multipart_uploads
from tests.upload.multipart import BOUNDARY, CONTENT_TYPE, form, part, part_with_headers
from tests.upload.service import RunningService
from tests.upload.wire import Wire, wire
from tools.testbed import images

PICTURE = images.png(8, 8)
PNG = "image/png"
MIB = 1024 * 1024


@pytest_asyncio.fixture
async def connection(upload: RunningService) -> AsyncIterator[Wire]:
    async with wire(upload) as connection:
        yield connection


@pytest_asyncio.fixture(autouse=True)
async def nothing_left(cloud: Cloud, upload: RunningService) -> AsyncIterator[None]:
    """Assert that a refused upload leaves neither a job nor a part of an object."""
    before = await latest_jobs(upload)
    yield
    assert await latest_jobs(upload) == before
    assert await multipart_uploads(cloud, upload.settings.originals_bucket) == []


async def test_a_length_beside_chunks_is_refused_and_the_rest_is_not_read_as_a_request(connection: Wire) -> None:
    await connection.begin(Content_Type=PNG, Content_Length="4", Transfer_Encoding="chunked")
    await connection.send(b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    status, problem = await connection.answer()
    assert (status, problem["code"]) == (400, "malformed_request")
    assert await connection.rest() == b""


@pytest.mark.parametrize("path", ["/uploads", "/nothing", "/jobs/x/retry"])
async def test_broken_chunks_are_refused_without_an_error_in_the_log(
    connection: Wire, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with capture_logs() as logs:
        # In one piece, so that the handler begins only when the answer is there.
        await connection.send(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {PNG}\r\n"
            "Transfer-Encoding: chunked\r\n\r\nzz\r\n".encode()
        )
        status, problem = await connection.answer()
        assert (status, problem["code"]) == (400, "malformed_request")
        assert await connection.rest() == b""
    assert [log for log in logs if log["log_level"] == "error"] == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_bytes_after_a_length_that_is_too_small_are_not_a_request(connection: Wire) -> None:
    await connection.begin(Content_Type=PNG, Content_Length="4")
    await connection.send(PICTURE)
    assert [(await connection.answer())[0] for _ in range(2)] == [415, 400]
    assert await connection.rest() == b""


@pytest.mark.parametrize("sent", [PICTURE, PICTURE + bytes(6 * MIB), b""], ids=["small", "large", "nothing"])
async def test_a_client_that_half_closes_before_the_end_of_its_body_counts_as_gone(
    connection: Wire, sent: bytes
) -> None:
    await connection.begin(Content_Type=PNG, Content_Length=str(7 * MIB))
    await connection.send(sent)
    connection.half_close()
    assert await connection.rest() == b""


async def test_a_body_that_arrives_too_slowly_is_given_up_although_it_never_pauses(
    connection: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_body, "STALL_SECONDS", 0.5)

    async def drip() -> None:
        while True:
            await connection.send(b"x")
            await asyncio.sleep(0.02)

    await connection.begin(Content_Type=PNG, Content_Length=str(MIB))
    await connection.send(PICTURE[:40])
    dripping = asyncio.create_task(drip())
    status, problem = await connection.answer()
    dripping.cancel()
    assert (status, problem["code"]) == (400, "malformed_request")
    assert "too slowly" in problem["detail"]


COMPRESSED = {
    "a picture, by gzip": (PNG, "gzip", gzip.compress(PICTURE)),
    "a picture, by deflate": (PNG, "deflate", zlib.compress(PICTURE)),
    "a form, by gzip": (CONTENT_TYPE, "gzip", gzip.compress(form([part("file", PICTURE, "x.png")]))),
    "ten megabytes of nothing": (PNG, "gzip", gzip.compress(bytes(10 * MIB))),
}


@pytest.mark.parametrize(("content_type", "coding", "data"), COMPRESSED.values(), ids=COMPRESSED)
async def test_no_upload_is_decompressed(connection: Wire, content_type: str, coding: str, data: bytes) -> None:
    await connection.begin(Content_Type=content_type, Content_Encoding=coding, Content_Length=str(len(data)))
    await connection.send(data)
    status, problem = await connection.answer()
    assert (status, problem["code"]) == (415, "unsupported_media_type")
    assert f'Content-Encoding "{coding}"' in problem["detail"]


async def test_no_document_is_decompressed(connection: Wire) -> None:
    data = gzip.compress(json.dumps({"content_type": PNG, "size": 1}).encode())
    await connection.begin(
        "/uploads/presigned", Content_Type="application/json", Content_Encoding="gzip", Content_Length=str(len(data))
    )
    await connection.send(data)
    assert (await connection.answer())[0] == 400


INNER = form([part("file", PICTURE, "x.png")], boundary="inner")
FORMS = {
    "10,000 parts": ([part(f"field-{number}", b"x") for number in range(10_000)], 400),
    "10,000 files": ([part("file", b"", f"{number}.png") for number in range(10_000)], 400),
    "a form in the form": (
        [part_with_headers(b'Content-Disposition: form-data; name="file"; filename="x"\r\n'
                           b"Content-Type: multipart/mixed; boundary=inner", INNER)],
        415,
    ),
    "a file in base64": (
        [part_with_headers(b'Content-Disposition: form-data; name="file"; filename="x"\r\n'
                           b"Content-Transfer-Encoding: base64", b"iVBORw0KGgoAAAANSUhEUgAAAAgAAAAI")],
        415,
    ),
    "headers without end": ([b"X: " + b"y" * MIB], 400),
    "a file's name of 10 kB": ([part("file", PICTURE, "x" * 10_000)], 400),
    "a name of 10 kB": ([part("f" * 10_000, b"x")], 400),
    "a name with NUL and line breaks": ([part_with_headers(b'Content-Disposition: form-data; name="fi\0le\x0b"', b"x")],
                                        400),
    "two names": ([part_with_headers(b'Content-Disposition: form-data; name="file"; name="recipe"', b"web")], 400),
}  # fmt: skip


@pytest.mark.parametrize(("parts", "status"), FORMS.values(), ids=FORMS)
async def test_a_form_that_is_meant_to_confuse_is_refused(connection: Wire, parts: list[bytes], status: int) -> None:
    data = form(parts)
    await connection.begin(Content_Type=CONTENT_TYPE, Content_Length=str(len(data)))
    await connection.send(data)
    assert (await connection.answer())[0] == status


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        f"multipart/form-data; boundary={'b' * 5000}",
        f"multipart/form-data; boundary=other; boundary={BOUNDARY}x",
        "multipart/mixed; boundary=a-boundary",
    ],
    ids=["none", "empty", "endless", "two", "mixed"],
)
async def test_a_form_without_its_boundary_is_refused(connection: Wire, content_type: str) -> None:
    data = form([part("file", PICTURE, "x.png")])
    await connection.begin(Content_Type=content_type, Content_Length=str(len(data)))
    await connection.send(data)
    assert (await connection.answer())[0] in {400, 415}
