"""Tests processors that die or freeze during a task, while another one takes it over."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest_asyncio

from darkroom_local.service import Service
from tests.support.aws_proxy import Moment
from tests.support.waiting import until
from tests.system.faults.evidence import orphans
from tests.system.faults.killing import CleanRun, submitted
from tests.system.faults.rig import VISIBILITY_SECONDS, Rig
from tests.system.restartable_system import children_of, frozen

RECEIVE_WAIT_SECONDS = 1
SLACK_SECONDS = 1.5
"""Tolerance for the emulator's clock ticks and for a busy machine, in seconds."""


@pytest_asyncio.fixture
async def other(rig: Rig) -> AsyncIterator[None]:
    """Allow a second processor, which the test starts, and kill it at the end."""
    yield
    while len(rig.system.processors) > 1:
        await rig.system.processors.pop().kill()


async def test_task_of_a_killed_processor_comes_back_after_visibility_timeout_and_one_poll(
    rig: Rig, clean: CleanRun, other: None
) -> None:
    first, second = rig.service("processor"), rig.system.add_processor()
    with frozen(children_of(first)):
        job_id = await submitted(rig, uuid4().hex)
        await until(lambda: processing(rig, job_id))
        await second.start()
        await second.ready()
        taken_before = len(rig.proxies["processor-2"].receipts)
        died_at = asyncio.get_running_loop().time()
        await first.kill()
    await until(lambda: len(rig.proxies["processor-2"].receipts) > taken_before)
    recovered_at = rig.proxies["processor-2"].receipts[taken_before][0]
    assert recovered_at - died_at <= VISIBILITY_SECONDS + RECEIVE_WAIT_SECONDS + SLACK_SECONDS
    assert await rig.over(job_id) == "completed"
    assert await rig.evidence(job_id) == clean.evidence


async def processing(rig: Rig, job_id: str) -> bool:
    return bool((await rig.item(job_id))["status"] == "processing")


async def test_processor_that_wakes_up_after_another_did_its_task_overwrites_nothing(
    rig: Rig, clean: CleanRun, other: None
) -> None:
    first, second = rig.service("processor"), rig.system.add_processor()
    with rig.proxies["processor"].trap("PutObject results", moment=Moment.BEFORE) as trap:
        job_id = await submitted(rig, uuid4().hex)
        async with asyncio.timeout(30):
            await trap.sprung.wait()
        with frozen({first.pid}):
            await second.start()
            await second.ready()
            assert await rig.over(job_id) == "completed"
            before, reported = await rig.item(job_id), len(reports_on(first, job_id))
        trap.let_go()
        await until(lambda: len(reports_on(first, job_id)) > reported)
    await rig.quiet()
    assert await rig.item(job_id) == before
    assert await rig.evidence(job_id) == clean.evidence
    assert len(await rig.events_of(job_id)) == 1


def reports_on(processor: Service, job_id: str) -> list[str]:
    """Return the log lines of the job's tasks that a processor has reported as finished."""
    return [line for line in processor.log.find("task_finished") if job_id in line]


async def test_processor_that_wakes_up_after_its_job_was_deleted_leaves_no_objects(rig: Rig, other: None) -> None:
    first, second = rig.service("processor"), rig.system.add_processor()
    with rig.proxies["processor"].trap("PutObject results", moment=Moment.BEFORE) as trap:
        job_id = await submitted(rig, uuid4().hex)
        async with asyncio.timeout(30):
            await trap.sprung.wait()
        with frozen({first.pid}):
            await second.start()
            await second.ready()
            assert await rig.over(job_id) == "completed"
            assert (await rig.api.http.delete(f"/jobs/{job_id}")).status_code == 204
        discarded = len(rig.service("orchestrator").log.find("results_discarded"))
        trap.let_go()
        await until(lambda: len(rig.service("orchestrator").log.find("results_discarded")) > discarded)
    await rig.quiet()
    # A second task of the job, which was frozen too, may report after the first.
    await until(lambda: nothing_is_left(rig, job_id))


async def nothing_is_left(rig: Rig, job_id: str) -> bool:
    pictures = (await rig.evidence(job_id)).pictures
    return not pictures and not await orphans(rig.cloud, rig.installation)
