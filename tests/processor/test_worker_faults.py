"""Faults of images, overlays and AWS, as a worker reports or raises them."""

import hashlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from darkroom.errors import Unavailable
from darkroom.messages import TaskFinished, TaskOverlay
from darkroom.runtime.aws import Aws
from darkroom_local.installation import Installation
from darkroom_processor.adapters.originals import Originals
from darkroom_processor.adapters.results import Results
from darkroom_processor.sandbox.pool import ChildPool
from darkroom_processor.worker import Worker
from tests.processor.sandbox.misbehaving import misbehaving
from tests.processor.tasks import stored, task
from tests.processor.workers import GRAY, LOGO, SMALL, WATERMARKED, finished, sent, worker
from tests.support.emulator import Cloud
from tests.support.memory_queue import MemoryQueue
from tools.testbed.images import jpeg

HUGE = {"name": "huge", "operations": [{"op": "pad", "left": 8192}]}


@pytest_asyncio.fixture(scope="module")
async def pool() -> AsyncIterator[ChildPool]:
    """One real child."""
    async with ChildPool(1) as pool:
        yield pool


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
    assert end.original_sha256 == hashlib.sha256(data).hexdigest()
    assert end.cost.bytes_read == len(data)


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
