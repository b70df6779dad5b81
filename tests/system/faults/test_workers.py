"""Processors that die or fall asleep over their work, and the others that take it over."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest_asyncio

from darkroom_local.service import Service
from tests.support.aws_proxy import Moment
from tests.support.waiting import until
from tests.system.disturbed import children_of, frozen
from tests.system.faults.arena import VISIBILITY_SECONDS, Arena
from tests.system.faults.evidence import orphans
from tests.system.faults.killing import CleanRun, submitted

RECEIVE_WAIT_SECONDS = 1
SLACK_SECONDS = 1.5
"""For the emulator, which looks at its clock now and then, and for a machine that does other things too."""


@pytest_asyncio.fixture
async def other(arena: Arena) -> AsyncIterator[None]:
    """A second processor, which waits for work only when the first has some."""
    yield
    while len(arena.system.processors) > 1:
        await arena.system.processors.pop().kill()


async def test_a_killed_processors_work_is_taken_up_after_its_visibility_and_one_poll(
    arena: Arena, clean: CleanRun, other: None
) -> None:
    first, second = arena.service("processor"), arena.system.add_processor()
    with frozen(children_of(first)):
        job_id = await submitted(arena, uuid4().hex)
        await until(lambda: processing(arena, job_id))
        await second.start()
        await second.ready()
        taken_before = len(arena.proxies["processor-2"].receipts)
        died_at = asyncio.get_running_loop().time()
        await first.kill()
    await until(lambda: len(arena.proxies["processor-2"].receipts) > taken_before)
    recovered_at = arena.proxies["processor-2"].receipts[taken_before][0]
    assert recovered_at - died_at <= VISIBILITY_SECONDS + RECEIVE_WAIT_SECONDS + SLACK_SECONDS
    assert await arena.over(job_id) == "completed"
    assert await arena.evidence(job_id) == clean.evidence


async def processing(arena: Arena, job_id: str) -> bool:
    return bool((await arena.item(job_id))["status"] == "processing")


async def test_a_processor_that_wakes_up_after_another_did_its_work_overwrites_nothing(
    arena: Arena, clean: CleanRun, other: None
) -> None:
    first, second = arena.service("processor"), arena.system.add_processor()
    with arena.proxies["processor"].trap("PutObject results", moment=Moment.BEFORE) as trap:
        job_id = await submitted(arena, uuid4().hex)
        async with asyncio.timeout(30):
            await trap.sprung.wait()
        with frozen({first.pid}):
            await second.start()
            await second.ready()
            assert await arena.over(job_id) == "completed"
            before, reported = await arena.item(job_id), len(reports_on(first, job_id))
        trap.let_go()
        await until(lambda: len(reports_on(first, job_id)) > reported)
    await arena.quiet()
    assert await arena.item(job_id) == before
    assert await arena.evidence(job_id) == clean.evidence
    assert len(await arena.events_of(job_id)) == 1


def reports_on(processor: Service, job_id: str) -> list[str]:
    """What a processor has finished and reported of a job."""
    return [line for line in processor.log.find("task_finished") if job_id in line]


async def test_a_processor_that_wakes_up_after_its_job_was_deleted_leaves_nothing(arena: Arena, other: None) -> None:
    first, second = arena.service("processor"), arena.system.add_processor()
    with arena.proxies["processor"].trap("PutObject results", moment=Moment.BEFORE) as trap:
        job_id = await submitted(arena, uuid4().hex)
        async with asyncio.timeout(30):
            await trap.sprung.wait()
        with frozen({first.pid}):
            await second.start()
            await second.ready()
            assert await arena.over(job_id) == "completed"
            assert (await arena.api.http.delete(f"/jobs/{job_id}")).status_code == 204
        discarded = len(arena.service("orchestrator").log.find("results_discarded"))
        trap.let_go()
        await until(lambda: len(arena.service("orchestrator").log.find("results_discarded")) > discarded)
    await arena.quiet()
    # A second task of the job, which slept as well, may report after the first.
    await until(lambda: nothing_is_left(arena, job_id))


async def nothing_is_left(arena: Arena, job_id: str) -> bool:
    pictures = (await arena.evidence(job_id)).pictures
    return not pictures and not await orphans(arena.cloud, arena.installation)
