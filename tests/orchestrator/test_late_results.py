"""Reports that come too late change no job, and what nobody waits for is deleted."""

from darkroom.jobs import JobStatus
from tests.orchestrator.site import DECODER_FAULT, Site, finished, started


async def test_results_of_a_cancelled_job_are_deleted(site: Site) -> None:
    job, [task] = await site.queued_job()
    await site.orchestrator.begin(started(task))
    await site.orchestrator.cancel(job.job_id)
    await site.events()

    await site.orchestrator.finish(await site.put_results(task))

    assert (await site.job(job.job_id)).status is JobStatus.CANCELLED
    assert await site.result_keys() == []
    assert await site.events() == []


async def test_results_of_a_deleted_job_are_deleted(site: Site) -> None:
    job, [task] = await site.queued_job()
    await site.orchestrator.cancel(job.job_id)
    await site.orchestrator.delete(job.job_id)

    for _ in range(2):
        await site.orchestrator.finish(await site.put_results(task))

    assert await site.result_keys() == []
    assert {planned.key_stem for planned in task.variants} <= {
        key.removesuffix(".webp") for key in await site.result_markers()
    }


async def test_a_cancelled_job_keeps_what_it_had_completed(site: Site) -> None:
    job = await site.waiting_job()
    await site.with_settings(max_variants_per_task=1).start(await site.upload(job), redelivered=False)
    early, *late = await site.sent_tasks()
    await site.orchestrator.finish(await site.put_results(early))
    await site.orchestrator.cancel(job.job_id)

    for task in (early, *late):
        await site.orchestrator.finish(await site.put_results(task))

    [kept] = early.variants
    assert set(await site.result_keys()) == {f"{kept.key_stem}.webp"}
    assert set(await site.result_markers()) == {f"{task.variants[0].key_stem}.webp" for task in late}


async def test_a_duplicate_of_a_completed_job_deletes_nothing(site: Site) -> None:
    _, [task] = await site.queued_job()
    report = await site.put_results(task)

    for _ in range(3):
        await site.orchestrator.finish(report)

    assert len(await site.result_keys()) == len(task.variants)


async def test_a_result_that_comes_after_its_variant_was_given_up_is_deleted(site: Site) -> None:
    job, [task] = await site.queued_job()
    await site.orchestrator.bury(task)

    await site.orchestrator.finish(await site.put_results(task))

    assert (await site.job(job.job_id)).status is JobStatus.FAILED
    assert await site.result_keys() == []
    assert await site.result_markers() == [], "a marker would hide what a retry puts meanwhile"


async def test_reports_of_an_earlier_attempt_neither_end_nor_begin_the_present_one(site: Site) -> None:
    job, [first] = await site.queued_job()
    await site.orchestrator.finish(finished(first, failed={"square-64": DECODER_FAULT}))
    await site.orchestrator.retry(job.job_id)
    await site.sent_tasks()
    await site.events()

    await site.orchestrator.begin(started(first))
    await site.orchestrator.finish(finished(first))

    present = await site.job(job.job_id)
    assert (present.status, present.attempt, present.pending) == (JobStatus.QUEUED, 2, frozenset({"square-64"}))
    assert await site.events() == []


async def test_a_stale_result_stays_while_the_present_attempt_will_write_the_same_key(site: Site) -> None:
    job, [first] = await site.queued_job()
    await site.orchestrator.finish(finished(first, failed={"square-64": DECODER_FAULT}))
    await site.orchestrator.retry(job.job_id)
    [second] = await site.sent_tasks()
    await site.put_results(second)

    await site.orchestrator.finish(await site.put_results(first))
    await site.orchestrator.finish(finished(second))

    ended = await site.job(job.job_id)
    assert ended.status is JobStatus.COMPLETED
    result = ended.variants["square-64"].result
    assert result is not None
    assert result.key in await site.result_keys()


async def test_a_stale_result_goes_when_the_present_attempt_has_failed_to_make_it(site: Site) -> None:
    job, [first] = await site.queued_job()
    await site.orchestrator.finish(finished(first, failed={"square-64": DECODER_FAULT}))
    await site.orchestrator.retry(job.job_id)
    [second] = await site.sent_tasks()
    await site.orchestrator.finish(finished(second, failed={"square-64": DECODER_FAULT}))

    await site.orchestrator.finish(await site.put_results(first))

    assert (await site.job(job.job_id)).status is JobStatus.PARTIALLY_COMPLETED
    assert not any("/64/" in key for key in await site.result_keys())
    assert len(await site.result_keys()) == 3
