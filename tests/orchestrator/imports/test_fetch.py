"""Tests of imports from the command to the queued or failed job, on real resources and with real servers."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from darkroom.errors import FetchFailed, Unavailable
from darkroom.jobs import Job, JobStatus, NewJob, new_job_id
from darkroom.messages import FetchRequested, UploadArrived
from darkroom.object_keys import upload_key
from darkroom.runtime.queue import Outgoing
from darkroom.tables.job_item import to_item
from darkroom.topology import IMPORT_TRIES
from darkroom_orchestrator.arrivals.announcements import AnnouncedObject, read_announcements
from darkroom_orchestrator.imports import download
from darkroom_orchestrator.imports.download import open_downloader
from darkroom_orchestrator.imports.fetch import Fetch
from darkroom_orchestrator.internal_api.routes import QueueName
from tests.orchestrator.harness import Harness, drained
from tests.support.bombs import flood_headers
from tests.support.cipher import CIPHER
from tests.support.receiver import raw_receiving, receiving
from tests.support.waiting import until
from tools.testbed import images

CAT = images.jpeg(64, 48)
LARGE = CAT + bytes(6 * 1024 * 1024)


@pytest.fixture(autouse=True)
async def in_time() -> AsyncIterator[None]:
    async with asyncio.timeout(60):
        yield


@pytest.fixture(autouse=True)
async def quick_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "CONNECT_SECONDS", 0.3)


@asynccontextmanager
async def fetching(harness: Harness, *, allow_private: bool = True, **changes: Any) -> AsyncIterator[Fetch]:
    """Open the use case, with other ports or settings if given."""
    orchestrator = harness.orchestrator
    async with open_downloader(allow_private=allow_private) as downloader:
        ports: dict[str, Any] = {
            "jobs": harness.jobs,
            "records": orchestrator.start.begin.imports.records,
            "open_jobs": harness.open_jobs,
            "originals": orchestrator.start.originals,
            "downloader": downloader,
            "uploads": orchestrator.queues[QueueName.UPLOADS].queue,
            "events": orchestrator.start.begin.events,
            "cipher": CIPHER,
            "max_upload_bytes": harness.settings.max_upload_bytes,
            "allow_http": True,
        }
        yield Fetch(**(ports | changes))


async def announced(harness: Harness) -> list[AnnouncedObject]:
    bodies = [one.body for one in await drained(harness.orchestrator.queues[QueueName.UPLOADS].queue)]
    found = [new for body in bodies for new in read_announcements(body)]
    return [new for new in found if isinstance(new, AnnouncedObject)]


async def imported(harness: Harness, job: Job, **changes: Any) -> Job:
    """Fetch a job's original, start what is announced, and return the job."""
    async with fetching(harness, **changes) as fetch:
        await fetch(job.job_id)
    for new in await announced(harness):
        await harness.orchestrator.start(new, redelivered=False)
    return await harness.job(job.job_id)


def image(body: bytes = CAT, **headers: str) -> web.Response:
    return web.Response(body=body, headers=headers)


async def set_counter(harness: Harness, **used: int) -> None:
    item = {"id": {"S": "usage#ann#2035-11-22"}} | {f"used_{name}": {"N": str(n)} for name, n in used.items()}
    await harness.clients.dynamodb.put_item(TableName=harness.settings.accounts_table, Item=item)


async def counter(harness: Harness) -> dict[str, int]:
    answer = await harness.clients.dynamodb.get_item(
        TableName=harness.settings.accounts_table, Key={"id": {"S": "usage#ann#2035-11-22"}}
    )
    return {name.removeprefix("used_"): int(answer["Item"][name]["N"]) for name in ("used_jobs", "used_bytes")}


async def charged(harness: Harness, job: Job) -> Job:
    job = replace(job, charged_to="usage#ann#2035-11-22")
    await harness.clients.dynamodb.put_item(TableName=harness.settings.jobs_table, Item=to_item(job))
    return job


@pytest.mark.parametrize("body", [CAT, LARGE], ids=["one put", "parts"])
async def test_import_is_stored_and_queued_with_what_its_bytes_say(harness: Harness, body: bytes) -> None:
    # The type that the server says does not count.
    async with receiving(image(body, **{"Content-Type": "text/html"})) as server:
        job = await imported(harness, await harness.waiting_import(server.url))
    assert (job.status, job.content_type) == (JobStatus.QUEUED, "image/jpeg")
    assert job.original is not None
    assert (job.original.size, job.original_bytes) == (len(body), len(body))
    assert job.original_sha256 == hashlib.sha256(body).hexdigest()
    assert (job.imported_from, job.pending_import) == ("images.example", None)
    found = await harness.s3.get_object(Bucket=harness.settings.originals_bucket, Key=job.original_key)
    assert (await found["Body"].read(), found["ContentType"]) == (body, "image/jpeg")
    assert len(await harness.sent_tasks()) == 1


async def test_record_forgets_the_url_and_no_log_has_it(harness: Harness) -> None:
    async with receiving(404, image()) as server:
        with capture_logs() as logs:
            jobs = [await imported(harness, await harness.waiting_import(f"{server.url}?sig=hunter2")) for _ in "ab"]
    assert [job.status for job in jobs] == [JobStatus.FAILED, JobStatus.QUEUED]
    assert "hunter2" not in str(logs)
    assert str(server.port) not in str(logs)
    items = await harness.clients.dynamodb.scan(TableName=harness.settings.jobs_table)
    assert "import_url" not in str(items["Items"])


async def test_bytes_are_counted_once_when_they_have_arrived(harness: Harness) -> None:
    await set_counter(harness, jobs=1, bytes=100)
    async with receiving(image()) as server:
        job = await charged(harness, await harness.waiting_import(server.url, bytes_per_day=10_000_000))
        async with fetching(harness) as fetch:
            await fetch(job.job_id)
            await fetch(job.job_id)
        for new in await announced(harness) * 2:
            await harness.orchestrator.start(new, redelivered=True)
    assert (await harness.job(job.job_id)).status is JobStatus.QUEUED
    assert await counter(harness) == {"jobs": 1, "bytes": 100 + len(CAT)}
    assert len(server.received) == 1


async def test_import_over_the_quota_of_bytes_fails_and_is_not_counted(harness: Harness) -> None:
    await set_counter(harness, jobs=1, bytes=1000)
    async with receiving(image()) as server:
        job = await charged(harness, await harness.waiting_import(server.url, bytes_per_day=1000 + len(CAT) - 1))
        job = await imported(harness, job)
    assert job.status is JobStatus.FAILED
    assert job.fault is not None
    assert job.fault.code == "quota_exceeded"
    assert job.fault.message.startswith(f"Daily quota used up: 1000 of {1000 + len(CAT) - 1} bytes")
    assert await counter(harness) == {"jobs": 1, "bytes": 1000}
    assert [event.status for event in await harness.events()] == [JobStatus.FAILED]


REFUSED = {
    "not found": (web.Response(status=404), "fetch_refused"),
    "redirect": (web.Response(status=302, headers={"Location": "https://example.com/"}), "fetch_refused"),
    "html": (image(b"<html>" + b" " * 64), "unsupported_media_type"),
    "empty": (image(b""), "undecodable_image"),
    "too large": (image(CAT + bytes(5000)), "upload_too_large"),
    "too many pixels": (image(next(header for name, header in flood_headers() if name == "png")), "image_too_large"),
}


@pytest.mark.parametrize(("answer", "code"), REFUSED.values(), ids=REFUSED)
async def test_refused_import_fails_at_once_and_says_why(harness: Harness, answer: web.Response, code: str) -> None:
    async with receiving(answer) as server:
        job = await imported(harness, await harness.waiting_import(server.url), max_upload_bytes=len(CAT) + 4999)
    assert (job.status, job.fault and job.fault.code) == (JobStatus.FAILED, code)
    assert {state.fault for state in job.variants.values()} == {job.fault}
    assert [event.fault for event in await harness.events()] == [job.fault]
    assert await harness.original_keys() == []
    assert await harness.open_ids() == []
    assert len(server.received) == 1


async def test_body_longer_than_the_limit_is_cut_off_whatever_its_length_says(harness: Harness) -> None:
    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(CAT), CAT))
        while True:
            writer.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")
            await writer.drain()

    async with raw_receiving(flood) as url:
        job = await imported(harness, await harness.waiting_import(url))
    assert job.fault is not None
    assert job.fault.code == "upload_too_large"
    uploads = await harness.s3.list_multipart_uploads(Bucket=harness.settings.originals_bucket)
    assert uploads.get("Uploads", []) == []


async def test_import_from_a_private_address_fails_after_a_second_look(harness: Harness) -> None:
    async with receiving(image()) as server, fetching(harness, allow_private=False) as fetch:
        job = await harness.waiting_import(server.url)
        with pytest.raises(FetchFailed):
            await fetch(job.job_id)
        await fetch(job.job_id)
    job = await harness.job(job.job_id)
    assert job.fault is not None
    assert (job.status, job.fault.code) == (JobStatus.FAILED, "fetch_refused")
    assert server.received == []


async def test_failing_server_is_asked_five_times_and_then_the_job_fails(harness: Harness) -> None:
    async with receiving(503) as server, fetching(harness) as fetch:
        job = await harness.waiting_import(server.url)
        for _ in range(IMPORT_TRIES - 1):
            with pytest.raises(FetchFailed):
                await fetch(job.job_id)
        assert (await harness.job(job.job_id)).status is JobStatus.AWAITING_UPLOAD
        for _ in range(2):
            await fetch(job.job_id)
    job = await harness.job(job.job_id)
    assert job.fault is not None
    assert job.fault.code == "fetch_failed"
    assert job.fault.message == "The server of the URL answered 503. It was tried 5 times."
    assert len(server.received) == IMPORT_TRIES
    assert len(await harness.events()) == 1


async def test_server_that_recovers_is_imported_from(harness: Harness) -> None:
    async with receiving(503, image()) as server, fetching(harness) as fetch:
        job = await harness.waiting_import(server.url)
        with pytest.raises(FetchFailed):
            await fetch(job.job_id)
        assert (await imported(harness, job)).status is JobStatus.QUEUED


async def test_tries_that_kill_the_process_count(harness: Harness) -> None:
    async with receiving(image()) as server, fetching(harness) as fetch:
        job = await harness.waiting_import(server.url, tries=IMPORT_TRIES)
        await fetch(job.job_id)
    job = await harness.job(job.job_id)
    assert job.fault is not None
    assert job.fault.code == "fetch_failed"
    assert server.received == []


async def test_outage_of_the_store_costs_no_try(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any) -> None:
        raise Unavailable("S3 does not accept requests now. Try again.")

    answers = [image() for _ in range(IMPORT_TRIES + 2)]
    async with receiving(*answers) as server, fetching(harness) as fetch:
        job = await harness.waiting_import(server.url)
        with monkeypatch.context() as outage:
            outage.setattr("darkroom.intake.incoming_original.IncomingOriginal.finish", away)
            for _ in range(IMPORT_TRIES + 1):
                with pytest.raises(Unavailable):
                    await fetch(job.job_id)
        assert (await imported(harness, job)).status is JobStatus.QUEUED


async def test_stored_original_is_announced_and_not_fetched_again(harness: Harness) -> None:
    async with receiving(image(b"other")) as server:
        job = await harness.waiting_import(server.url, tries=IMPORT_TRIES)
        await harness.upload(job, CAT)
        job = await imported(harness, job)
    assert (job.status, job.original_bytes) == (JobStatus.QUEUED, len(CAT))
    assert server.received == []


async def test_parallel_tries_store_one_original(harness: Harness) -> None:
    """Both tries have the file before either stores it, and the server gives them different ones."""
    both, came = asyncio.Event(), 0
    bodies = [CAT + b"1", LARGE]

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal came
        body, came = bodies[came], came + 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:-1])
        await writer.drain()
        if came == 2:
            both.set()
        await both.wait()
        writer.write(body[-1:])
        await writer.drain()

    async with raw_receiving(answer) as url, fetching(harness) as fetch:
        job = await harness.waiting_import(url)
        first = asyncio.create_task(fetch(job.job_id))
        await until(lambda: came == 1)
        await asyncio.gather(first, fetch(job.job_id))
    assert await harness.original_keys() == [job.original_key]
    for new in await announced(harness):
        await harness.orchestrator.start(new, redelivered=False)
    job = await harness.job(job.job_id)
    found = await harness.s3.get_object(Bucket=harness.settings.originals_bucket, Key=job.original_key)
    assert len(await found["Body"].read()) == job.original_bytes


async def test_failure_of_an_older_try_does_not_end_the_job(harness: Harness) -> None:
    job = await harness.waiting_import("http://127.0.0.1:1/", tries=1)
    records = harness.orchestrator.start.begin.imports.records
    newer = await records.begin_try(job)
    assert newer is not None
    assert await records.begin_try(job) is None
    assert await harness.orchestrator.sweep.imports.give_up(job) is None
    assert (await harness.job(job.job_id)).status is JobStatus.AWAITING_UPLOAD


async def test_cancelled_job_is_not_fetched(harness: Harness) -> None:
    async with receiving(image()) as server:
        job = await harness.waiting_import(server.url)
        await harness.orchestrator.cancel(job.job_id)
        job = await imported(harness, job)
    assert (job.status, job.pending_import, server.received) == (JobStatus.CANCELLED, None, [])


async def test_job_that_is_deleted_while_it_is_fetched_leaves_no_object(harness: Harness) -> None:
    asked, deleted = asyncio.Event(), asyncio.Event()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await deleted.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(CAT) + CAT)
        await writer.drain()

    async with raw_receiving(answer) as url, fetching(harness) as fetch:
        job = await harness.waiting_import(url)
        running = asyncio.create_task(fetch(job.job_id))
        await asked.wait()
        await harness.orchestrator.cancel(job.job_id)
        await harness.orchestrator.delete(job.job_id)
        deleted.set()
        await running
    assert await harness.original_keys() == []


async def test_event_that_cannot_be_published_is_published_by_the_sweeper(harness: Harness) -> None:
    class Away:
        async def publish(self, _: Job) -> None:
            raise Unavailable("SNS does not accept requests now. Try again.")

    async with receiving(404) as server, fetching(harness, events=Away()) as fetch:
        job = await harness.waiting_import(server.url)
        with pytest.raises(Unavailable):
            await fetch(job.job_id)
        await fetch(job.job_id)
    assert await harness.events() == []
    harness.now.forward(seconds=1)
    await harness.orchestrator.sweep()
    assert [event.job_id for event in await harness.events()] == [job.job_id]
    assert await harness.open_ids() == []


async def test_twenty_imports_from_a_silent_server_hold_up_no_webhook(harness: Harness) -> None:
    """The imports wait until the webhook has come, and only then get their images."""
    asked, free = 0, asyncio.Event()

    async def wait(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await free.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(CAT) + CAT)
        await writer.drain()

    orchestrator = harness.with_settings(fetch_private_addresses=True)
    stop = asyncio.Event()
    running = [asyncio.create_task(work(stop)) for work in (orchestrator.imports.run, orchestrator.webhooks.run)]
    try:
        async with raw_receiving(wait) as url, receiving() as receiver:
            jobs = [await harness.waiting_import(url) for _ in range(20)]
            # Owners have shares, so several of them are needed to fill all permits.
            commands = [
                Outgoing(job_id=job.job_id, message=FetchRequested(job_id=job.job_id), owner=f"owner-{number % 4}")
                for number, job in enumerate(jobs)
            ]
            await orchestrator.queues[QueueName.IMPORTS].queue.send(commands)
            await until(lambda: asked == download.CONCURRENCY)
            waiting, job_id = await harness.waiting_job(), new_job_id()
            told = replace(
                waiting,
                job_id=job_id,
                original_key=upload_key(job_id, "cat.jpg"),
                callback_url=CIPHER.encrypt(receiver.url, place=job_id),
            )
            assert await harness.jobs.create(NewJob(job=told, recipe=(await recipe_of(harness, waiting))))
            await orchestrator.cancel(job_id)
            await receiver.until(1)
            assert (asked, free.is_set()) == (download.CONCURRENCY, False)
            free.set()
            uploads = orchestrator.queues[QueueName.UPLOADS].queue

            async def all_are_announced() -> bool:
                return (await uploads.depth()).visible == len(jobs)

            await until(all_are_announced, seconds=40)
        arrived = [UploadArrived.model_validate_json(one.body).job_id for one in await drained(uploads)]
        assert sorted(arrived) == sorted(job.job_id for job in jobs)
    finally:
        free.set()
        stop.set()
        await asyncio.gather(*running)


async def recipe_of(harness: Harness, job: Job) -> Any:
    return await harness.jobs.recipe_of(job.job_id)
