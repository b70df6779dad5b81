"""Tasks that run against an emulated S3 and real children."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from darkroom.errors import Unavailable
from darkroom.jobs import VariantResult
from darkroom.messages import Report, TaskFinished, TaskOverlay, TaskStarted
from darkroom_local.installation import Installation
from darkroom_processor.sandbox.pool import ChildPool
from tests.processor.sandbox.misbehaving import misbehaving
from tests.processor.tasks import stored, task
from tests.processor.workers import GRAY, LOGO, SMALL, WATERMARKED, finished, sent, worker
from tests.support.emulator import Cloud
from tests.support.memory_queue import MemoryQueue, away
from tools.testbed.images import jpeg, opened, png


@pytest_asyncio.fixture(scope="module")
async def pool() -> AsyncIterator[ChildPool]:
    """One real child."""
    async with ChildPool(1) as pool:
        yield pool


async def test_a_task_ends_with_results_in_s3_and_a_report(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    data = jpeg(120, 80)
    reports = MemoryQueue()
    job = task(await stored(cloud, installation, data), [SMALL, GRAY])
    await worker(cloud, installation, pool, reports).perform(job)

    end = await finished(reports)
    assert (end.job_id, end.attempt, end.task, end.worker) == (job.job_id, 1, 0, "worker-1")
    assert end.described
    assert end.description is not None
    assert (end.description.width, end.description.height) == (120, 80)
    assert end.original_sha256 == hashlib.sha256(data).hexdigest()
    assert end.fault is None
    assert end.started_at <= end.finished_at
    assert [outcome.name for outcome in end.outcomes] == ["small", "gray"]
    small, gray = (outcome.result for outcome in end.outcomes)
    assert small is not None
    assert gray is not None
    assert (small.key, small.width, small.height) == (f"small/{job.job_id}/cat.webp", 32, 32)
    assert (gray.key, gray.width, gray.height) == (f"gray/{job.job_id}/cat.jpg", 120, 80)
    assert await fetched(cloud, installation, small) == ("WEBP", (32, 32))
    assert await fetched(cloud, installation, gray) == ("JPEG", (120, 80))
    assert end.cost.bytes_read == len(data)
    assert end.cost.bytes_written == small.size + gray.size
    assert end.cost.cpu_ms > 0


async def fetched(
    cloud: Cloud, installation: Installation, result: VariantResult
) -> tuple[str | None, tuple[int, int]]:
    """Return the format and the size of a result in S3."""
    answer = await cloud.s3.get_object(Bucket=installation.topology.results.name, Key=result.key)
    async with answer["Body"] as body:
        data = await body.read()
    assert hashlib.sha256(data).hexdigest() == result.sha256
    image = opened(data)
    return image.format, image.size


async def test_the_thumbnail_is_stored_and_reported(cloud: Cloud, installation: Installation, pool: ChildPool) -> None:
    reports = MemoryQueue()
    job = task(await stored(cloud, installation, jpeg(640, 480)), [], thumbnail=True)
    await worker(cloud, installation, pool, reports).perform(job)

    end = await finished(reports)
    assert end.description
    assert end.thumbnail
    assert (end.thumbnail.width, end.thumbnail.height) == (320, 240)
    bucket = installation.topology.results.name
    answer = await cloud.s3.get_object(Bucket=bucket, Key=f"job-thumbnails/{job.job_id}.webp")
    async with answer["Body"] as body:
        data = await body.read()
    assert (answer["ContentType"], opened(data).size) == ("image/webp", (320, 240))
    assert len(data) == end.thumbnail.size == end.cost.bytes_written


async def test_a_source_that_cannot_be_decoded_has_no_thumbnail(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    reports = MemoryQueue()
    job = task(await stored(cloud, installation, jpeg(640, 480)[:200]), [], thumbnail=True)
    await worker(cloud, installation, pool, reports).perform(job)
    end = await finished(reports)
    assert end.fault
    assert end.thumbnail is None


async def test_the_start_is_reported_while_the_work_runs(cloud: Cloud, installation: Installation) -> None:
    reports = MemoryQueue()
    async with misbehaving() as pool:
        job = task(await stored(cloud, installation, b"sleep"), [SMALL])
        work = asyncio.create_task(worker(cloud, installation, pool, reports).perform(job))
        (started,) = [Report.validate_json(one.body) for one in await reports.receive(most=10, wait_seconds=5)]
        assert isinstance(started, TaskStarted)
        assert (started.job_id, started.worker) == (job.job_id, "worker-1")
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work


async def test_a_failed_report_of_the_start_does_not_stop_the_task(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    reports = MemoryQueue(failures={"send": [away()]})
    await worker(cloud, installation, pool, reports).perform(
        task(await stored(cloud, installation, jpeg(20, 20)), [SMALL])
    )
    assert isinstance(await finished(reports), TaskFinished)


async def test_a_failed_report_of_the_end_is_raised(cloud: Cloud, installation: Installation, pool: ChildPool) -> None:
    reports = MemoryQueue(failures={"send": [away(), away()]})
    with pytest.raises(Unavailable):
        await worker(cloud, installation, pool, reports).perform(
            task(await stored(cloud, installation, jpeg(20, 20)), [SMALL])
        )


async def test_only_the_requested_variants_are_made_without_a_description(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    reports = MemoryQueue()
    source = await stored(cloud, installation, jpeg(20, 20))
    await worker(cloud, installation, pool, reports).perform(task(source, [GRAY], describe=False))
    end = await finished(reports)
    assert not end.described
    assert end.description is None
    assert [outcome.name for outcome in end.outcomes] == ["gray"]


async def test_a_task_without_variants_only_describes(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    reports = MemoryQueue()
    await worker(cloud, installation, pool, reports).perform(task(await stored(cloud, installation, jpeg(20, 20)), []))
    end = await finished(reports)
    assert end.outcomes == ()
    assert end.description is not None


async def test_an_overlay_is_read_from_the_results_bucket_once(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    data, logo = jpeg(60, 40), png(20, 10)
    bucket = installation.topology.results.name
    await cloud.s3.put_object(Bucket=bucket, Key="logo/one/logo.png", Body=logo)
    planned = task(await stored(cloud, installation, data), [WATERMARKED, {**WATERMARKED, "name": "again"}, GRAY])
    reports = MemoryQueue()
    await worker(cloud, installation, pool, reports).perform(
        planned.model_copy(update={"overlays": (TaskOverlay(overlay=LOGO, key="logo/one/logo.png"),)})
    )
    end = await finished(reports)
    assert all(outcome.result for outcome in end.outcomes)
    assert end.cost.bytes_read == len(data) + len(logo)


async def test_jobs_of_different_owners_run_in_different_children(cloud: Cloud, installation: Installation) -> None:
    source = await stored(cloud, installation, b"pid")
    reports = MemoryQueue()
    async with misbehaving(size=2) as pool:
        for owner in ("one", "two", "one"):
            await worker(cloud, installation, pool, reports).perform(task(source, [SMALL], owner=owner))
    pids = [
        await _stored_bytes(cloud, installation, end) for end in await sent(reports) if isinstance(end, TaskFinished)
    ]
    assert pids[0] == pids[2] != pids[1]


async def _stored_bytes(cloud: Cloud, installation: Installation, end: TaskFinished) -> bytes:
    """Return the bytes of the only result of a task."""
    result = end.outcomes[0].result
    assert result is not None
    answer = await cloud.s3.get_object(Bucket=installation.topology.results.name, Key=result.key)
    async with answer["Body"]:
        return await answer["Body"].read()


async def test_performing_a_task_twice_gives_the_same_results(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    reports = MemoryQueue()
    job = task(await stored(cloud, installation, jpeg(20, 20)), [SMALL, GRAY])
    performing = worker(cloud, installation, pool, reports)
    await performing.perform(job)
    await performing.perform(job)
    first, second = [one for one in await sent(reports) if isinstance(one, TaskFinished)]
    assert first.outcomes == second.outcomes
