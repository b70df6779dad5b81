"""Tests that dead tasks fail their jobs, with the reason."""

from darkroom.jobs import JobStatus
from darkroom.runtime.consumer import growing_pause
from darkroom.runtime.queue import Delivery
from darkroom.topology import TASK_TRIES
from darkroom_orchestrator.jobs.sweep import MOST_REDRIVES
from darkroom_orchestrator.records.open_jobs import WORK_PERIOD
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import finished


async def test_dead_task_fails_its_job_and_says_after_how_many_tries(harness: Harness) -> None:
    job, [task] = await harness.queued_job()

    for _ in range(2):
        await harness.orchestrator.fail_dead_task(task)

    ended = await harness.job(job.job_id)
    assert ended.status is JobStatus.FAILED
    assert ended.fault is not None
    assert ended.fault.code == "lost"
    assert f"in {TASK_TRIES} tries" in ended.fault.message
    assert {state.fault for state in ended.variants.values()} == {ended.fault}
    assert len({event.event_id for event in await harness.events()}) == 1


def test_task_is_dead_before_the_sweeper_gives_up_its_job() -> None:
    deliveries = [Delivery(message_id="m", body="", handle="h", receives=times) for times in range(1, TASK_TRIES)]
    assert sum(map(growing_pause, deliveries)) < (MOST_REDRIVES + 1) * WORK_PERIOD.total_seconds()


async def test_dead_task_fails_only_its_own_parts(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.with_settings(max_variants_per_task=2).start(await harness.upload(job), redelivered=False)
    first, second = await harness.sent_tasks()

    await harness.orchestrator.fail_dead_task(first)
    await harness.orchestrator.finish(finished(second))

    ended = await harness.job(job.job_id)
    assert ended.status is JobStatus.PARTIALLY_COMPLETED
    failed = {name for name, state in ended.variants.items() if state.fault}
    assert failed == {planned.variant.name for planned in first.variants}


async def test_task_that_died_after_its_report_changes_nothing(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(finished(task))

    await harness.orchestrator.fail_dead_task(task)

    assert (await harness.job(job.job_id)).status is JobStatus.COMPLETED
