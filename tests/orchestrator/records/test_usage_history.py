"""Tests that the end of a job is counted once in its owner's history of usage."""

from dataclasses import replace
from datetime import date

from darkroom.tables.usage_history import DROPS, Used, history_keys, used_by_caller
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import DECODER_FAULT, finished, started

KEY = "dk_VQRcX-gD"


async def history(harness: Harness, owner: str = "demo", day: date | None = None) -> dict[str, Used]:
    """Return what callers of an owner have used on a day, today by default."""
    keys = history_keys(owner, day or harness.now().date())
    table = harness.settings.accounts_table
    answers = [
        await harness.clients.dynamodb.get_item(TableName=table, Key={"id": {"S": key}}, ConsistentRead=True)
        for key in keys
    ]
    return used_by_caller(answer["Item"] for answer in answers if "Item" in answer)


async def test_each_job_is_counted_once_with_its_bytes_and_cpu_time(harness: Harness) -> None:
    spreading = harness.with_settings(max_variants_per_task=1)
    job = await harness.waiting_job(created_by=KEY)
    await spreading.start(await harness.upload(job, b"x" * 100), redelivered=False)
    tasks = await harness.sent_tasks()
    for task in tasks:
        await spreading.begin(started(task))
    for task in tasks[:-1]:
        await spreading.finish(finished(task))
    assert await history(harness) == {}, "the job has not ended"
    for _ in range(2):
        await spreading.finish(finished(tasks[-1]))
    ended = await harness.job(job.job_id)
    assert ended.cost.cpu_ms == 10 * len(tasks)
    expected = Used(jobs=1, bytes_in=100, bytes_stored=ended.stored_bytes, cpu_ms=ended.cost.cpu_ms)
    assert await history(harness) == {KEY: expected}
    assert ended.created_by == KEY


async def test_retry_adds_only_what_it_used(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(finished(task, failed={"square-64": DECODER_FAULT}))
    first = (await history(harness))[DROPS]
    yesterday = harness.now().date()
    harness.now.forward(days=1)
    await harness.orchestrator.retry(job.job_id)
    [again] = await harness.sent_tasks()
    await harness.orchestrator.finish(finished(again))
    second = (await history(harness))[DROPS]
    assert (second.jobs, second.bytes_in, second.cpu_ms) == (0, 0, 10)
    assert second.bytes_stored > 0
    assert (await history(harness, day=yesterday))[DROPS] == first
    assert await history(harness, owner="stranger") == {}


async def test_cancelled_job_is_counted_if_its_original_has_come(harness: Harness) -> None:
    await harness.orchestrator.cancel((await harness.waiting_job()).job_id)
    assert await history(harness) == {}
    job, _ = await harness.queued_job()
    for _ in range(2):
        await harness.orchestrator.cancel(job.job_id)
    assert (await history(harness))[DROPS].jobs == 1


async def test_callers_are_counted_apart(harness: Harness) -> None:
    for caller in (KEY, KEY, "sessions"):
        job = await harness.waiting_job(created_by=caller)
        await harness.orchestrator.start(await harness.upload(job), redelivered=False)
        [task] = await harness.sent_tasks()
        await harness.orchestrator.finish(finished(task))
    used = await history(harness)
    assert {caller: each.jobs for caller, each in used.items()} == {KEY: 2, "sessions": 1}
    assert replace(used[KEY], jobs=1).cpu_ms == 20
