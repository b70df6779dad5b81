"""Tests of `GET /jobs/{id}/archive`: all results of a job as one ZIP file."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Iterable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.types import Message

from darkroom.jobs import Job, JobStatus, VariantResult, new_job_id
from darkroom_upload.admission import ARCHIVES, Admission
from darkroom_upload.api.streams import AdmittedStream
from darkroom_upload.results.archive import MakeArchive
from darkroom_upload.results.result_bytes import ResultBytes
from tests.support.emulator import Cloud
from tests.upload.examples import completed, queued, waiting
from tests.upload.records import put_job
from tests.upload.service import STRANGER_KEY, RunningService
from tests.upload.slots import is_full

MEGABYTE = 1024**2


async def stored(cloud: Cloud, service: RunningService, job: Job) -> dict[str, bytes]:
    """Write a job and its results, each of another length. Return their bytes."""
    data, variants = {}, {}
    for number, (name, state) in enumerate(job.variants.items()):
        variants[name] = state
        if state.result:
            data[name] = name.encode() * (1000 + 100_000 * number)
            variants[name] = replace(state, result=state.result.model_copy(update={"size": len(data[name])}))
            await cloud.s3.put_object(Bucket=service.settings.results_bucket, Key=state.result.key, Body=data[name])
    await put_job(service, replace(job, variants=variants))
    return data


async def get(service: RunningService, job: Job | str, **headers: str) -> httpx.Response:
    job_id = job if isinstance(job, str) else job.job_id
    return await service.client.get(f"/jobs/{job_id}/archive", headers=headers)


async def test_an_archive_has_all_results_unchanged_under_distinct_names(cloud: Cloud, upload: RunningService) -> None:
    job = completed(filename="Käfer: 1.jpg")
    data = await stored(cloud, upload, job)
    assert max(map(len, data.values())) > 2 * MEGABYTE, "more than one piece"
    answer = await get(upload, job)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    disposition = "attachment; filename=\"Kafer-1.zip\"; filename*=UTF-8''K%C3%A4fer%3A%201.zip"
    assert answer.headers["content-disposition"] == disposition
    with zipfile.ZipFile(io.BytesIO(answer.content)) as unpacked:
        assert unpacked.testzip() is None
        files = {info.filename: unpacked.read(info) for info in unpacked.infolist()}
        assert {info.date_time[:3] for info in unpacked.infolist()} == {(2026, 11, 22)}
    assert list(files.values()) == list(data.values())
    assert all(name.isascii() and not set(name) & set('/\\:*?"<>|') for name in files)
    assert [name.rpartition("-square-")[2] for name in files] == ["64.webp", "128.webp", "256.webp", "512.webp"]
    assert len(answer.content) - sum(map(len, data.values())) < 2000, "the results and nothing else"


async def test_an_archive_of_a_partly_failed_job_has_the_other_variants(cloud: Cloud, upload: RunningService) -> None:
    job = completed(failed=("square-128", "square-512"))
    await stored(cloud, upload, job)
    with zipfile.ZipFile(io.BytesIO((await get(upload, job)).content)) as unpacked:
        assert unpacked.namelist() == ["cat-square-64.webp", "cat-square-256.webp"]


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        (queued(), "The job is still open: its results are not ready yet."),
        (
            completed(recipe_name="metadata"),
            "The job has no results. Variants on request are in the archive once they are made.",
        ),
        (
            replace(waiting(), status=JobStatus.EXPIRED),
            "The job has no results. Variants on request are in the archive once they are made.",
        ),
    ],
)
async def test_a_job_without_results_has_no_archive(upload: RunningService, job: Job, reason: str) -> None:
    await put_job(upload, job)
    answer = await get(upload, job)
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (409, "conflict", reason)


async def test_another_owners_archive_is_not_found(cloud: Cloud, upload: RunningService) -> None:
    job = completed()
    await stored(cloud, upload, job)
    others = await get(upload, job, **{"x-api-key": STRANGER_KEY})
    nobodys = await get(upload, new_job_id())
    assert others.status_code == nobodys.status_code == 404
    assert others.json()["detail"] == nobodys.json()["detail"]


async def test_results_that_are_being_deleted_are_not_found(upload: RunningService) -> None:
    job = completed()
    await put_job(upload, job)
    answer = await get(upload, job)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_client_that_leaves_does_not_harm_the_service(cloud: Cloud, upload: RunningService) -> None:
    job = completed()
    await stored(cloud, upload, job)
    async with upload.client.stream("GET", f"/jobs/{job.job_id}/archive") as answer:
        await anext(answer.aiter_bytes(1000))
    assert (await get(upload, job)).status_code == 200


class _Counting(ResultBytes):
    """Results of any size, which count the pieces that are read."""

    def __init__(self) -> None:
        self.pieces_read = 0

    async def require(self, results: Iterable[VariantResult]) -> None:
        pass

    async def pieces(self, result: VariantResult) -> AsyncIterator[bytes]:
        for _ in range(result.size // MEGABYTE):
            self.pieces_read += 1
            yield bytes(MEGABYTE)


async def test_little_more_is_read_than_the_client_has_received() -> None:
    job = completed()
    state: Any = job.variants["square-64"]
    large = replace(state, result=state.result.model_copy(update={"size": 100 * MEGABYTE}))
    pictures = _Counting()
    chunks = aiter(await MakeArchive(results=pictures)(replace(job, variants={"square-64": large})))
    taken = 0
    while taken < 5 * MEGABYTE:
        taken += len(await anext(chunks))
    assert pictures.pieces_read <= 7


async def test_an_archive_beyond_the_owners_slots_is_refused(cloud: Cloud, upload: RunningService) -> None:
    job = completed()
    await stored(cloud, upload, job)
    with ExitStack() as others:
        for _ in range(ARCHIVES * 3 // 4):
            others.enter_context(upload.services.archive_slots.slot(job.owner))
        answer = await get(upload, job)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"]
    assert (await get(upload, job)).status_code == 200


async def test_an_archive_holds_its_slot_until_its_client_has_all_of_it_or_leaves() -> None:
    places, begun = Admission(1, "archives"), asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x"

    async def receive() -> Message:
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def take_nothing(message: Message) -> None:
        if message["type"] == "http.response.body":
            begun.set()
            await asyncio.Event().wait()

    stream = AdmittedStream(endless(), places.slot("ann"), media_type="application/zip", headers={})
    assert not is_full(places)
    sending = asyncio.create_task(stream({"type": "http", "asgi": {}}, receive, take_nothing))
    await begun.wait()
    assert is_full(places)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert not is_full(places)
