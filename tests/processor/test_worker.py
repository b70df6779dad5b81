"""Tasks that run against an emulated S3 and real children."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from darkroom.errors import Unavailable
from darkroom.jobs import VariantResult
from darkroom.messages import TaskFinished, TaskOverlay, TaskReport, TaskStarted
from darkroom.recipes import Overlay
from darkroom.runtime.aws import Aws
from darkroom.runtime.queue import Queue
from darkroom_local.installation import Installation
from darkroom_processor.adapters.originals import Originals
from darkroom_processor.adapters.results import Results
from darkroom_processor.sandbox.pool import ChildPool
from darkroom_processor.worker import Worker
from tests.processor.sandbox.misbehaving import misbehaving
from tests.processor.tasks import stored, task
from tests.support.emulator import Cloud
from tests.support.memory_queue import MemoryQueue, away
from tools.testbed.images import jpeg, opened, png

SMALL = {"name": "small", "operations": [{"op": "resize", "width": 32, "height": 32}], "output": {"format": "webp"}}
GRAY = {"name": "gray", "operations": [{"op": "grayscale"}]}
HUGE = {"name": "huge", "operations": [{"op": "pad", "left": 8192}]}


LOGO = Overlay(job_id="01a20269-be1a-72d5-936e-7dc20e02262e", variant="logo")
WATERMARKED = {"name": "watermarked", "operations": [{"op": "watermark", "image": LOGO.model_dump()}]}


@pytest_asyncio.fixture(scope="module")
async def pool() -> AsyncIterator[ChildPool]:
    """One real child."""
    async with ChildPool(1) as pool:
        yield pool


def worker(cloud: Cloud, installation: Installation, pool: ChildPool, reports: Queue) -> Worker:
    """Return a worker over the buckets of the test."""
    return Worker(
        "worker-1",
        originals=Originals(cloud.s3, installation.topology.originals.name),
        results=Results(cloud.s3, installation.topology.results.name),
        reports=reports,
        pool=pool,
    )


async def sent(reports: MemoryQueue) -> list[TaskStarted | TaskFinished]:
    """Return the reports sent so far."""
    return [TaskReport.validate_json(one.body) for one in await reports.receive(most=10, wait_seconds=0)]


async def finished(reports: MemoryQueue) -> TaskFinished:
    """Return the only TaskFinished."""
    (end,) = [one for one in await sent(reports) if isinstance(one, TaskFinished)]
    return end


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
    assert end.source_sha256 == hashlib.sha256(data).hexdigest()
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


async def test_the_start_is_reported_while_the_work_runs(cloud: Cloud, installation: Installation) -> None:
    reports = MemoryQueue()
    async with misbehaving() as pool:
        job = task(await stored(cloud, installation, b"sleep"), [SMALL])
        work = asyncio.create_task(worker(cloud, installation, pool, reports).perform(job))
        (started,) = [TaskReport.validate_json(one.body) for one in await reports.receive(most=10, wait_seconds=5)]
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


async def test_a_variant_that_cannot_be_made_fails_alone(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    reports = MemoryQueue()
    source = await stored(cloud, installation, jpeg(20, 20))
    await worker(cloud, installation, pool, reports).perform(task(source, [HUGE, SMALL]))
    end = await finished(reports)
    huge, small = end.outcomes
    assert huge.result is None
    assert huge.fault is not None
    assert huge.fault.code == "output_limit"
    assert small.result is not None
    assert end.fault is None


@pytest.mark.parametrize(
    ("data", "code"), [(b"no image", "undecodable_image"), (jpeg(300, 300)[:2000], "truncated_image")]
)
async def test_a_broken_source_fails_every_variant(
    cloud: Cloud, installation: Installation, pool: ChildPool, data: bytes, code: str
) -> None:
    reports = MemoryQueue()
    await worker(cloud, installation, pool, reports).perform(
        task(await stored(cloud, installation, data), [SMALL, GRAY])
    )
    end = await finished(reports)
    assert end.fault is not None
    assert end.fault.code == code
    assert [outcome.fault for outcome in end.outcomes] == [end.fault, end.fault]
    assert end.described
    assert end.description is None
    assert end.source_sha256 == hashlib.sha256(data).hexdigest()
    assert end.cost.bytes_read == len(data)


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


@pytest.mark.parametrize("overlays", [(), (TaskOverlay(overlay=LOGO, key="logo/gone/logo.png"),)])
async def test_only_the_variant_with_a_missing_overlay_fails(
    cloud: Cloud, installation: Installation, pool: ChildPool, overlays: tuple[TaskOverlay, ...]
) -> None:
    reports = MemoryQueue()
    planned = task(await stored(cloud, installation, jpeg(20, 20)), [WATERMARKED, GRAY])
    await worker(cloud, installation, pool, reports).perform(planned.model_copy(update={"overlays": overlays}))
    end = await finished(reports)
    watermarked, gray = end.outcomes
    assert watermarked.fault is not None
    assert watermarked.fault.code == "overlay_missing"
    assert gray.result is not None
    assert end.fault is None


async def test_a_source_that_is_gone_fails_every_variant(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    reports = MemoryQueue()
    source = await stored(cloud, installation, jpeg(20, 20))
    gone = source.model_copy(update={"key": "uploads/other/dog.jpg", "version_id": None})
    await worker(cloud, installation, pool, reports).perform(task(gone, [SMALL, GRAY]))
    end = await finished(reports)
    assert end.fault is not None
    assert end.fault.code == "source_gone"
    assert [outcome.fault for outcome in end.outcomes] == [end.fault, end.fault]


async def test_an_image_that_kills_its_child_is_reported_as_a_processor_crash(
    cloud: Cloud, installation: Installation
) -> None:
    reports = MemoryQueue()
    async with misbehaving() as pool:
        await worker(cloud, installation, pool, reports).perform(
            task(await stored(cloud, installation, b"crash"), [SMALL])
        )
    end = await finished(reports)
    assert end.fault is not None
    assert end.fault.code == "processor_crash"


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


async def test_a_task_whose_results_cannot_be_stored_is_tried_again(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    reports = MemoryQueue()
    source = await stored(cloud, installation, jpeg(20, 20))
    async with Aws().s3(endpoint_url="http://127.0.0.1:9") as nowhere:
        failing = Worker(
            "worker-1",
            originals=Originals(cloud.s3, installation.topology.originals.name),
            results=Results(nowhere, installation.topology.results.name),
            reports=reports,
            pool=pool,
        )
        with pytest.raises(Unavailable):
            await failing.perform(task(source, [SMALL, GRAY]))
    assert not [one for one in await sent(reports) if isinstance(one, TaskFinished)]


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


async def test_variants_over_the_bytes_of_the_job_fail_and_are_not_stored(
    cloud: Cloud, installation: Installation, pool: ChildPool
) -> None:
    data = jpeg(400, 300)
    reports = MemoryQueue()
    source = await stored(cloud, installation, data)
    first = task(source, [GRAY, SMALL])
    await worker(cloud, installation, pool, reports).perform(first)
    gray, small = (outcome.result for outcome in (await finished(reports)).outcomes)
    assert gray
    assert small
    again = task(source, [SMALL, GRAY, {**SMALL, "name": "smaller"}], most_bytes=2 * small.size)
    await worker(cloud, installation, pool, reports).perform(again)
    kept, failed, also_kept = (await finished(reports)).outcomes
    assert kept.result
    assert also_kept.result, "a later variant that fits is still stored"
    assert failed.fault
    assert failed.fault.code == "output_limit"
    assert f"has {gray.size} bytes, and the job may store only {small.size} bytes more" in failed.fault.message
    listed = await cloud.s3.list_objects_v2(Bucket=installation.topology.results.name, Prefix="gray/")
    assert [one["Key"] for one in listed["Contents"]] == [gray.key]
