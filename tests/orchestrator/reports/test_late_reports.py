"""Tests that late reports change no job, and that their unneeded results are deleted."""

from darkroom.jobs import JobStatus
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import DECODER_FAULT, finished, started


async def test_results_of_a_cancelled_job_are_deleted(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.begin(started(task))
    await harness.orchestrator.cancel(job.job_id)
    await harness.events()

    await harness.orchestrator.finish(await harness.put_results(task))

    assert (await harness.job(job.job_id)).status is JobStatus.CANCELLED
    assert await harness.result_keys() == []
    assert await harness.events() == []


async def test_results_of_a_deleted_job_are_deleted(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.cancel(job.job_id)
    await harness.orchestrator.delete(job.job_id)

    for _ in range(2):
        await harness.orchestrator.finish(await harness.put_results(task))

    assert await harness.result_keys() == []
    assert {planned.key_stem for planned in task.variants} <= {
        key.removesuffix(".webp") for key in await harness.result_markers()
    }


async def test_cancelled_job_keeps_its_completed_variants(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.with_settings(max_variants_per_task=1).start(await harness.upload(job), redelivered=False)
    early, *late = await harness.sent_tasks()
    await harness.orchestrator.finish(await harness.put_results(early))
    await harness.orchestrator.cancel(job.job_id)

    for task in (early, *late):
        await harness.orchestrator.finish(await harness.put_results(task))

    [kept] = early.variants
    assert set(await harness.result_keys()) == {f"{kept.key_stem}.webp"}
    assert set(await harness.result_markers()) == {f"{task.variants[0].key_stem}.webp" for task in late}


async def test_duplicate_report_of_a_completed_job_deletes_nothing(harness: Harness) -> None:
    _, [task] = await harness.queued_job()
    report = await harness.put_results(task)

    for _ in range(3):
        await harness.orchestrator.finish(report)

    assert len(await harness.result_keys()) == len(task.variants)


async def test_result_that_comes_after_its_variant_was_given_up_is_deleted(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.fail_dead_task(task)

    await harness.orchestrator.finish(await harness.put_results(task))

    assert (await harness.job(job.job_id)).status is JobStatus.FAILED
    assert await harness.result_keys() == []
    assert await harness.result_markers() == [], "a marker would hide what a retry stores meanwhile"


async def test_reports_of_an_earlier_attempt_do_not_change_the_present_one(harness: Harness) -> None:
    job, [first] = await harness.queued_job()
    await harness.orchestrator.finish(finished(first, failed={"square-64": DECODER_FAULT}))
    await harness.orchestrator.retry(job.job_id)
    await harness.sent_tasks()
    await harness.events()

    await harness.orchestrator.begin(started(first))
    await harness.orchestrator.finish(finished(first))

    present = await harness.job(job.job_id)
    assert (present.status, present.attempt, present.pending) == (JobStatus.QUEUED, 2, frozenset({"square-64"}))
    assert await harness.events() == []


async def test_stale_result_stays_while_the_present_attempt_will_write_the_same_key(harness: Harness) -> None:
    job, [first] = await harness.queued_job()
    await harness.orchestrator.finish(finished(first, failed={"square-64": DECODER_FAULT}))
    await harness.orchestrator.retry(job.job_id)
    [second] = await harness.sent_tasks()
    await harness.put_results(second)

    await harness.orchestrator.finish(await harness.put_results(first))
    await harness.orchestrator.finish(finished(second))

    ended = await harness.job(job.job_id)
    assert ended.status is JobStatus.COMPLETED
    result = ended.variants["square-64"].result
    assert result is not None
    assert result.key in await harness.result_keys()


async def test_stale_result_is_deleted_if_the_present_attempt_failed_to_make_it(harness: Harness) -> None:
    job, [first] = await harness.queued_job()
    await harness.orchestrator.finish(finished(first, failed={"square-64": DECODER_FAULT}))
    await harness.orchestrator.retry(job.job_id)
    [second] = await harness.sent_tasks()
    await harness.orchestrator.finish(finished(second, failed={"square-64": DECODER_FAULT}))

    await harness.orchestrator.finish(await harness.put_results(first))

    assert (await harness.job(job.job_id)).status is JobStatus.PARTIALLY_COMPLETED
    assert not any("/64/" in key for key in await harness.result_keys())
    assert len(await harness.result_keys()) == 3
