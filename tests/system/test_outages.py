"""Tests services that are killed, hang, stop or are unavailable: nothing is lost, nothing is done twice."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from functools import partial

import httpx
import pytest_asyncio

from tests.support.api import Api, keys_of, unsigned
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tests.system.restartable_system import RestartableSystem, children_of, frozen, restartable_system
from tools.testbed.images import jpeg
from tools.testbed.processes import running

CAT = jpeg(40, 30)
UNTOUCHED = ("awaiting_upload", "queued")


@pytest_asyncio.fixture(scope="module")
async def module_system(cloud: Cloud) -> AsyncIterator[RestartableSystem]:
    async with cloud.installation() as installation, restartable_system(cloud, installation) as restartable:
        yield restartable


@pytest_asyncio.fixture
async def restartable(module_system: RestartableSystem) -> AsyncIterator[RestartableSystem]:
    """Return a system whose services all run when the test begins."""
    await module_system.mend()
    yield module_system


async def test_next_processor_does_the_tasks_of_a_killed_one(restartable: RestartableSystem) -> None:
    children = children_of(restartable.processor)
    with frozen(children):
        job = await restartable.api.upload(CAT, "augment")
        assert (await restartable.api.left(job["job_id"], *UNTOUCHED))["status"] == "processing"
        await restartable.processor.kill()
    await until(lambda: not running(children))
    await restartable.start(restartable.processor)
    done = await restartable.api.ended(job["job_id"])
    assert (done["status"], done["progress"]["done"]) == ("completed", 5)
    assert await restartable.results(job["job_id"]) == keys_of(done)
    assert (await restartable.internals(job["job_id"]))["attempt"] == 1


async def test_preview_by_a_killed_processor_leaves_nothing(restartable: RestartableSystem) -> None:
    job = await restartable.api.made(CAT)
    in_flight = partial(restartable.in_flight, restartable.system.installation.tasks.url)
    with frozen(children_of(restartable.processor)):
        asking = asyncio.create_task(restartable.api.preview(job["job_id"], {"operations": [{"op": "grayscale"}]}))
        await until(in_flight)
        await restartable.processor.kill()
    answer = await asking
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"]
    await restartable.start(restartable.processor)
    # The task comes again, and its report finds that nobody waits any more.
    await until(lambda: bool(restartable.orchestrator.log.find("image_report_late")))
    assert await restartable.requested_images() == []
    assert await restartable.results(job["job_id"]) == keys_of(job)


async def test_processor_that_hung_and_lost_its_message_changes_nothing(restartable: RestartableSystem) -> None:
    slow, other = restartable.processor, restartable.system.add_processor()
    with frozen(children_of(slow)):
        job = await restartable.api.upload(CAT, "grayscale")
        await restartable.api.left(job["job_id"], *UNTOUCHED)
        with frozen({slow.pid}):
            await restartable.start(other)
            done = await restartable.api.ended(job["job_id"])
            assert done["status"] == "completed"
            before = len(slow.log.find("task_finished"))
    await until(lambda: len(slow.log.find("task_finished")) > before)
    await until(lambda: bool(restartable.orchestrator.log.find("report_late")))
    assert unsigned(await restartable.api.job(job["job_id"])) == unsigned(done)
    assert await restartable.results(job["job_id"]) == keys_of(done)


async def test_stopped_processor_finishes_its_tasks(restartable: RestartableSystem) -> None:
    processor = restartable.processor
    with frozen(children_of(processor)):
        job = await restartable.api.upload(CAT, "grayscale")
        await restartable.api.left(job["job_id"], *UNTOUCHED)
        os.kill(processor.pid, signal.SIGTERM)
        async with httpx.AsyncClient(trust_env=False) as anyone:
            await until(lambda: is_draining(anyone, processor.url))
    assert await processor.wait() == 0
    assert (await restartable.api.ended(job["job_id"]))["status"] == "completed"
    assert await restartable.depth(restartable.system.installation.tasks.url) == 0


async def is_draining(client: httpx.AsyncClient, url: str) -> bool:
    answer = await client.get(f"{url}/readyz")
    return answer.status_code == 503 and answer.json()["failures"] == {"service": "draining"}


async def test_stopped_processor_gives_back_tasks_that_take_too_long(restartable: RestartableSystem) -> None:
    processor, children = restartable.processor, children_of(restartable.processor)
    with frozen(children):
        job = await restartable.api.upload(CAT, "grayscale")
        await restartable.api.left(job["job_id"], *UNTOUCHED)
        assert await processor.stop() == 0
    assert processor.log.find("messages_returned")
    assert not running(children)
    await restartable.start(processor)
    assert (await restartable.api.ended(job["job_id"]))["status"] == "completed"


async def test_stopped_upload_service_accepts_the_upload_in_progress(
    restartable: RestartableSystem,
) -> None:
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield CAT[:100]
        begun.set()
        await stopped.wait()
        yield CAT[100:]

    request = asyncio.create_task(
        restartable.api.http.post("/uploads?recipe=metadata", content=body(), headers={"Content-Type": "image/jpeg"})
    )
    await begun.wait()
    os.kill(restartable.upload.pid, signal.SIGTERM)
    async with httpx.AsyncClient(trust_env=False) as anyone:
        await until(lambda: is_gone(anyone, restartable.upload.url))
    stopped.set()
    answer = await request
    assert answer.status_code == 202
    assert await restartable.upload.wait() == 0
    await restartable.start(restartable.upload)
    assert (await restartable.api.ended(answer.json()["job_id"]))["status"] == "completed"


async def is_gone(client: httpx.AsyncClient, url: str) -> bool:
    """Return whether new connections are refused."""
    try:
        await client.get(f"{url}/healthz", headers={"Connection": "close"})
    except httpx.TransportError:
        return True
    return False


async def upload_many(api: Api, count: int) -> list[str]:
    jobs = await asyncio.gather(*(api.upload(jpeg(40 + number, 30), "grayscale") for number in range(count)))
    return [job["job_id"] for job in jobs]


async def check_all_done(restartable: RestartableSystem, job_ids: list[str]) -> None:
    """Check that each job has completed, with exactly one result."""
    done = await asyncio.gather(*(restartable.api.ended(job_id) for job_id in job_ids))
    assert {job["status"] for job in done} == {"completed"}
    for job in done:
        assert len(job["variants"]) == 1
        assert await restartable.results(job["job_id"]) == keys_of(job)


async def test_next_orchestrator_continues_after_a_stopped_one(restartable: RestartableSystem) -> None:
    job_ids = await upload_many(restartable.api, 20)
    assert await restartable.orchestrator.stop() == 0
    await restartable.start(restartable.orchestrator)
    await check_all_done(restartable, job_ids)


async def test_next_orchestrator_continues_after_a_killed_one(restartable: RestartableSystem) -> None:
    job_ids = await upload_many(restartable.api, 20)
    await restartable.orchestrator.kill()
    await restartable.start(restartable.orchestrator)
    await check_all_done(restartable, job_ids)


async def test_uploads_are_accepted_without_the_orchestrator_and_done_later(
    restartable: RestartableSystem,
) -> None:
    api = restartable.api
    ended = await api.made(CAT[:30], "grayscale")
    await restartable.orchestrator.stop()
    waiting = await api.upload(CAT, "grayscale")
    for answer in (
        await api.http.delete(f"/jobs/{ended['job_id']}"),
        await api.http.delete(f"/jobs/{waiting['job_id']}"),
        await api.http.post(f"/jobs/{ended['job_id']}/retry"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0
        assert "127.0.0.1" not in answer.text, "clients do not notice"
    assert (await api.job(waiting["job_id"]))["status"] == "awaiting_upload"
    assert (await api.http.get("/readyz")).status_code == 200
    await restartable.start(restartable.orchestrator)
    assert (await api.ended(waiting["job_id"]))["status"] == "completed"
    assert (await api.http.delete(f"/jobs/{ended['job_id']}")).status_code == 204


async def test_job_that_is_cancelled_while_it_is_queued_is_never_done(restartable: RestartableSystem) -> None:
    await restartable.processor.stop()
    job = await restartable.api.upload(CAT, "grayscale")
    assert (await restartable.api.left(job["job_id"], "awaiting_upload"))["status"] == "queued"
    assert (await restartable.api.http.delete(f"/jobs/{job['job_id']}")).status_code == 204
    await check_cancelled_for_good(restartable, job["job_id"])


async def test_job_that_is_cancelled_while_it_is_processed_leaves_no_results(restartable: RestartableSystem) -> None:
    with frozen(children_of(restartable.processor)):
        job = await restartable.api.upload(CAT, "grayscale")
        await restartable.api.left(job["job_id"], *UNTOUCHED)
        assert (await restartable.api.http.delete(f"/jobs/{job['job_id']}")).status_code == 204
    await check_cancelled_for_good(restartable, job["job_id"])


async def check_cancelled_for_good(restartable: RestartableSystem, job_id: str) -> None:
    """Check that the processor's late results are deleted."""
    await restartable.mend()
    log = restartable.orchestrator.log
    await until(lambda: any(job_id in line for line in log.find("results_discarded")))
    assert await restartable.results(job_id) == []
    assert (await restartable.api.job(job_id))["status"] == "cancelled"


async def test_task_that_no_processor_survives_fails_its_job(
    restartable: RestartableSystem,
) -> None:
    tasks = restartable.system.installation.tasks.url
    await restartable.processor.stop()
    job = await restartable.api.upload(CAT, "grayscale")
    await restartable.api.left(job["job_id"], "awaiting_upload")

    async def dies_of_it() -> bool:
        """Receive the task without deleting it, as a dying processor does, until it is a dead letter."""
        await restartable.cloud.sqs.receive_message(QueueUrl=tasks, VisibilityTimeout=0, WaitTimeSeconds=0)
        return await restartable.depth(tasks) == 0

    await until(dies_of_it)
    failed = await restartable.api.ended(job["job_id"])
    assert (failed["status"], failed["error"]["code"]) == ("failed", "lost")
    await restartable.start(restartable.processor)
    assert (await restartable.api.http.post(f"/jobs/{job['job_id']}/retry")).status_code == 202
    done = await restartable.api.ended(job["job_id"])
    assert (done["status"], done["error"]) == ("completed", None)
    assert (await restartable.internals(job["job_id"]))["attempt"] == 2
