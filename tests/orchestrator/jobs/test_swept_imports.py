"""Tests that the sweeper requests lost imports again, and gives them up in the end."""

from darkroom.jobs import JobStatus
from darkroom.messages import FetchRequested
from darkroom.runtime.queue import Outgoing
from darkroom_orchestrator.internal_api.routes import QueueName
from darkroom_orchestrator.jobs.sweep import MOST_REDRIVES
from tests.orchestrator.harness import Harness, drained


async def commands(harness: Harness) -> list[str]:
    """Receive and delete all commands, and return the ids of their jobs."""
    taken = await drained(harness.orchestrator.queues[QueueName.IMPORTS].queue)
    return [FetchRequested.model_validate_json(one.body).job_id for one in taken]


async def test_lost_command_is_sent_again_and_the_job_never_expires(harness: Harness) -> None:
    job = await harness.waiting_import("https://images.example/cat.jpg")
    for _ in range(MOST_REDRIVES):
        harness.now.forward(minutes=6)
        await harness.orchestrator.sweep()
        assert await commands(harness) == [job.job_id]
    harness.now.forward(minutes=6)
    await harness.orchestrator.sweep()
    job = await harness.job(job.job_id)
    assert job.fault is not None
    assert (job.status, job.fault.code) == (JobStatus.FAILED, "fetch_failed")
    assert [event.status for event in await harness.events()] == [JobStatus.FAILED]
    assert await harness.open_ids() == []


async def test_import_in_a_try_is_left_alone_until_its_period_is_over(harness: Harness) -> None:
    job = await harness.waiting_import("https://images.example/cat.jpg")
    harness.now.forward(minutes=4)
    await harness.orchestrator.start.begin.imports.records.begin_try(job)
    harness.now.forward(minutes=4)
    assert await harness.orchestrator.sweep() == 0
    harness.now.forward(minutes=2)
    assert await harness.orchestrator.sweep() == 1
    assert await commands(harness) == [job.job_id]


async def test_import_behind_other_commands_waits_for_its_own(harness: Harness) -> None:
    job = await harness.waiting_import("https://images.example/cat.jpg")
    other = Outgoing(job_id="other", message=FetchRequested(job_id="other"))
    await harness.orchestrator.queues[QueueName.IMPORTS].queue.send([other])
    harness.now.forward(minutes=6)
    await harness.orchestrator.sweep()
    assert await commands(harness) == ["other"]
    assert (await harness.job(job.job_id)).redrives == 0


async def test_stored_original_of_an_import_is_announced(harness: Harness) -> None:
    job = await harness.waiting_import("https://images.example/cat.jpg")
    await harness.upload(job)
    harness.now.forward(minutes=6)
    await harness.orchestrator.sweep()
    assert await commands(harness) == []
    assert (await harness.orchestrator.queues[QueueName.UPLOADS].queue.depth()).visible == 1
