"""What owners store: settled with a job's end, given back with its deletion, each once."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from darkroom.jobs import Job, JobStatus, VariantStatus
from darkroom.limits import JOB_RESULTS_BYTES
from darkroom.messages import ProcessTask, TaskFinished
from darkroom.object_keys import result_prefix
from darkroom.recipes import Recipe, parse_recipe
from darkroom.tables.storage_counter import bytes_in, counter_keys, stored_size
from tests.orchestrator.site import DECODER_FAULT, Site, finished, undecodable

OWNER = "demo"
LARGE = JOB_RESULTS_BYTES // 3 + 1
"""Of three such pictures a job may store two."""


async def stored(site: Site, owner: str = OWNER) -> int:
    """What the owner's counter says."""
    total = 0
    for counter in counter_keys(owner):
        answer = await site.clients.dynamodb.get_item(
            TableName=site.settings.accounts_table, Key={"id": {"S": counter}}, ConsistentRead=True
        )
        total += bytes_in(answer["Item"]) if "Item" in answer else 0
    return total


async def ended(site: Site) -> Job:
    job, [task] = await site.queued_job()
    await site.orchestrator.finish(await site.put_results(task))
    return await site.job(job.job_id)


def sized(report: TaskFinished, size: int) -> TaskFinished:
    """The report of pictures of so many bytes."""
    outcomes = tuple(
        outcome.model_copy(update={"result": outcome.result.model_copy(update={"size": size})})
        if outcome.result
        else outcome
        for outcome in report.outcomes
    )
    return report.model_copy(update={"outcomes": outcomes})


def split(task: ProcessTask) -> list[ProcessTask]:
    """A task for each of its variants; the first describes the image as well."""
    return [
        task.model_copy(update={"variants": (variant,), "task": number, "describe": number == 0})
        for number, variant in enumerate(task.variants)
    ]


async def test_the_end_of_a_job_counts_its_results_and_its_manifest(site: Site) -> None:
    job = await ended(site)
    assert job.manifest
    results = sum(state.result.size for state in job.variants.values() if state.result)
    assert job.stored_bytes == stored_size(job) == results + job.manifest.size > 0
    assert await stored(site) == job.stored_bytes


async def test_a_report_that_comes_again_counts_nothing_more(site: Site) -> None:
    job, [task] = await site.queued_job()
    report = await site.put_results(task)
    await asyncio.gather(*(site.orchestrator.finish(report) for _ in range(4)))
    await site.orchestrator.finish(report)
    assert await stored(site) == (await site.job(job.job_id)).stored_bytes > 0


async def test_jobs_that_end_at_the_same_moment_are_all_counted(site: Site) -> None:
    jobs = [await site.queued_job() for _ in range(8)]
    reports = [await site.put_results(task) for _, [task] in jobs]
    await asyncio.gather(*(site.orchestrator.finish(report) for report in reports))
    kept = [(await site.job(job.job_id)).stored_bytes for job, _ in jobs]
    assert all(kept)
    assert await stored(site) == sum(kept)


async def test_a_deletion_gives_back_once_what_was_counted(site: Site) -> None:
    kept, gone = await ended(site), await ended(site)
    deletions = (site.orchestrator.delete(gone.job_id) for _ in range(4))
    await asyncio.gather(*deletions, return_exceptions=True)
    assert await site.jobs.get(gone.job_id) is None
    assert await stored(site) == kept.stored_bytes


async def test_a_deletion_that_died_before_its_last_write_gives_back_when_it_is_taken_up(site: Site) -> None:
    job = await ended(site)
    assert await site.jobs.begin_deletion(job)
    assert await stored(site) == job.stored_bytes
    await site.orchestrator.delete(job.job_id)
    assert await stored(site) == 0


async def test_a_retry_counts_what_it_adds(site: Site) -> None:
    job, [task] = await site.queued_job()
    await site.orchestrator.finish(finished(task, failed={"square-64": DECODER_FAULT}))
    before = await site.job(job.job_id)
    assert await stored(site) == before.stored_bytes == stored_size(before) > 0
    await site.orchestrator.retry(job.job_id)
    assert await stored(site) == before.stored_bytes, "nothing is given back meanwhile"
    [again] = await site.sent_tasks()
    await site.orchestrator.finish(finished(again))
    after = await site.job(job.job_id)
    assert after.status is JobStatus.COMPLETED
    assert await stored(site) == after.stored_bytes == stored_size(after) > before.stored_bytes
    await site.orchestrator.delete(job.job_id)
    assert await stored(site) == 0


async def test_a_job_that_made_nothing_stores_its_manifest_alone(site: Site) -> None:
    job, [task] = await site.queued_job()
    await site.orchestrator.finish(undecodable(task))
    failed = await site.job(job.job_id)
    assert failed.manifest
    assert await stored(site) == failed.stored_bytes == failed.manifest.size


async def test_a_job_that_is_cancelled_halfway_counts_what_it_keeps(site: Site) -> None:
    job, [task] = await site.queued_job()
    first, *_ = split(task)
    await site.orchestrator.finish(finished(first))
    assert await stored(site) == 0, "it is counted at the end"
    await site.orchestrator.cancel(job.job_id)
    cancelled = await site.job(job.job_id)
    assert cancelled.status is JobStatus.CANCELLED
    assert await stored(site) == cancelled.stored_bytes == stored_size(cancelled) > 0
    await site.orchestrator.delete(job.job_id)
    assert await stored(site) == 0


async def test_results_that_come_while_a_job_is_cancelled_are_counted(site: Site) -> None:
    job, [task] = await site.queued_job()
    first, second, *_ = split(task)
    await site.orchestrator.finish(finished(first))
    seen = await site.job(job.job_id)
    await site.orchestrator.finish(finished(second))
    assert await site.jobs.cancel(seen) is None, "there is more by now"
    await site.orchestrator.cancel(job.job_id)
    cancelled = await site.job(job.job_id)
    assert await stored(site) == cancelled.stored_bytes == stored_size(cancelled) > 0


async def test_a_job_that_stored_nothing_leaves_no_counter(site: Site) -> None:
    job, _ = await site.queued_job()
    await site.orchestrator.cancel(job.job_id)
    await site.orchestrator.delete(job.job_id)
    assert await stored(site) == 0


def four() -> Recipe:
    return parse_recipe('{"variants": [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}]}')


Reports = Callable[[Site, list[TaskFinished]], Awaitable[object]]


async def one_by_one(site: Site, reports: list[TaskFinished]) -> None:
    for report in reports:
        await site.orchestrator.finish(report)


async def all_at_once(site: Site, reports: list[TaskFinished]) -> None:
    await asyncio.gather(*(site.orchestrator.finish(report) for report in reports))


@pytest.mark.parametrize("arrive", [one_by_one, all_at_once])
async def test_tasks_of_one_job_that_store_too_much_together_lose_the_pictures_beyond(
    site: Site, arrive: Reports
) -> None:
    """What a few bytes become: each task keeps to the limit, and does not know of the others."""
    recipe = four()
    job, [task] = await site.queued_job(recipe)
    reports = [sized(await site.put_results(part), LARGE) for part in split(task)]
    await arrive(site, reports)
    done = await site.job(job.job_id)
    assert done.status is JobStatus.PARTIALLY_COMPLETED
    failed = [state.fault for state in done.variants.values() if state.status is VariantStatus.FAILED]
    assert [fault.code for fault in failed if fault] == ["output_limit"] * 2
    assert all(fault and "20 times" in fault.message for fault in failed)
    assert sum(state.result.size for state in done.variants.values() if state.result) == 2 * LARGE
    assert await stored(site) == done.stored_bytes == stored_size(done)
    kept = {state.result.key for state in done.variants.values() if state.result}
    folders = [result_prefix(variant.result_folder, job.job_id) for variant in recipe.variants]
    there = {key for key in await site.result_keys() if key.startswith(tuple(folders))}
    assert there == kept, "what the job does not take is deleted"
