"""Results come home whole, under safe names, and the API key stays at home."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from darkroom_client import Job
from darkroom_client.errors import DownloadFailed
from tests.client.shells import Shell, opened
from tests.support.receiver import raw_receiving, receiving

pytestmark = pytest.mark.sockets

IMAGE = b"bytes of a result" * 9000


def job_with(*variants: dict[str, Any], job_id: str = "1") -> Job:
    """A completed job with these variants."""
    return Job.model_validate(
        {
            "job_id": job_id,
            "status": "completed",
            "recipe": "custom",
            "progress": {"done": 1, "failed": 0, "total": 1},
            "created_at": "2026-11-22T07:25:50.887Z",
            "updated_at": "2026-11-22T07:25:50.887Z",
            "completed_at": None,
            "source": {"filename": "cat.jpg"},
            "variants": [{"status": "completed", **variant} for variant in variants],
            "manifest": None,
            "cost": {"cpu_ms": 0, "bytes_read": 0, "bytes_written": 0},
            "error": None,
        }
    )


def variant(url: str, name: str = "card", key: str = "card/1/cat.webp", **more: str) -> dict[str, Any]:
    return {"name": name, "url": url, "key": key, "sha256": hashlib.sha256(IMAGE).hexdigest(), **more}


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def test_results_are_saved_by_job_and_variant_without_sending_the_key(shell: Shell, tmp_path: Path) -> None:
    async with receiving(web.Response(body=IMAGE), web.Response(body=IMAGE)) as receiver:
        job = job_with(variant(receiver.url), {"name": "later"}, variant(receiver.url, "small", "s/1/cat.png"))
        async with opened(shell, "http://localhost:1", "secret-key") as darkroom:
            paths = await darkroom.download(job, tmp_path / "new")
            assert await darkroom.download(job, tmp_path, only=()) == []
    assert paths == [tmp_path / "new" / "1" / "card.webp", tmp_path / "new" / "1" / "small.png"]
    assert files(tmp_path) == ["new/1/card.webp", "new/1/small.png"]
    assert {path.read_bytes() for path in paths} == {IMAGE}
    assert not any("x-api-key" in request.headers for request in receiver.received)


@pytest.mark.parametrize(
    ("name", "key", "job_id"),
    [
        ("../up", "k.png", "1"),
        ("-rf", "k.png", "1"),
        ("a/b", "k.png", "1"),
        ("", "k.png", "1"),
        ("a", "k.p$g", "1"),
        ("a", "k.png", ".."),
    ],
)
async def test_names_that_leave_the_folder_are_refused(tmp_path: Path, name: str, key: str, job_id: str) -> None:
    job = job_with(variant("http://localhost:1", name, key), job_id=job_id)
    async with opened(Shell.BLOCKING, "http://localhost:1") as darkroom:
        with pytest.raises(DownloadFailed, match="name of a file"):
            await darkroom.download(job, tmp_path)
    assert files(tmp_path) == []


async def test_answer_that_breaks_off_is_fetched_again_from_the_beginning(shell: Shell, tmp_path: Path) -> None:
    sent: list[int] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = IMAGE[: 9000 if not sent else None]
        sent.append(len(body))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(IMAGE) + body)
        await writer.drain()

    async with raw_receiving(answer) as url, opened(shell, "http://localhost:1") as darkroom:
        (path,) = await darkroom.download(job_with(variant(url)), tmp_path)
    assert path.read_bytes() == IMAGE
    assert sent == [9000, len(IMAGE)]


@pytest.mark.parametrize(
    ("status", "body", "times"),
    [(200, b"other bytes", 4), (403, b"", 1), (503, b"", 4)],
    ids=["other bytes", "expired link", "away"],
)
async def test_failed_download_leaves_no_file(
    shell: Shell, tmp_path: Path, status: int, body: bytes, times: int
) -> None:
    answers = [web.Response(status=status, body=body) for _ in range(times + 1)]
    async with receiving(*answers) as receiver, opened(shell, "http://localhost:1") as darkroom:
        old = tmp_path / "1" / "card.webp"
        old.parent.mkdir()
        old.write_bytes(b"of an earlier download")
        with pytest.raises(DownloadFailed, match="card"):
            await darkroom.download(job_with(variant(receiver.url)), tmp_path)
        assert len(receiver.received) == times
    assert files(tmp_path) == ["1/card.webp"]
    assert old.read_bytes() == b"of an earlier download"


async def test_folder_that_cannot_be_made_is_an_error_of_the_system(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with opened(shell, "http://localhost:1") as darkroom:
        with pytest.raises(NotADirectoryError):
            await darkroom.download(job_with(variant("http://localhost:1")), tmp_path / "file")
