"""Tests the writes of jobs: each changes a job only from the statuses that it is for."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from types_aiobotocore_dynamodb import DynamoDBClient
from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

from darkroom.jobs import OPEN, Fault, Job, JobStatus, ObjectRef, parts_of, unsettled
from darkroom.runtime.aws import Aws
from darkroom.tables.job_item import to_item
from darkroom.topology import OPEN_SHARDS
from darkroom_orchestrator.dispatch.tasks import cut_into_tasks
from darkroom_orchestrator.records.changes import put
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.progress import progress_of
from tests.orchestrator.harness import RECIPE, Harness
from tests.orchestrator.task_reports import finished, started

SOURCE = ObjectRef(key="uploads/x/cat.jpg", version_id="v1", etag='"e"', size=3)
FAULT = Fault(code="undecodable_image", message="The file is empty.")

Transition = Callable[[JobStore, Job], Awaitable[Job | None]]


async def finish(jobs: JobStore, job: Job) -> Job | None:
    """End the job, as if all its parts were pending."""
    waiting = replace(job, pending=parts_of(unsettled(RECIPE)))
    [task] = cut_into_tasks(waiting, RECIPE, waiting.pending, max_variants=16)
    progress = progress_of(waiting, report := finished(task))
    assert progress is not None
    return await jobs.advance(waiting, report, progress)


async def begin(jobs: JobStore, job: Job) -> Job | None:
    """Report that a task has started."""
    [task] = cut_into_tasks(job, RECIPE, parts_of(unsettled(RECIPE)), max_variants=16)
    return await jobs.begin(started(task))


def repeat_once(client: DynamoDBClient) -> list[int]:
    """Make the SDK repeat its next write, as after a lost answer. The list gets an entry when this happens."""
    repeats: list[int] = []

    def ask_for_a_repeat(attempts: int, **_: object) -> float | None:
        if repeats:
            return None
        repeats.append(attempts)
        return 0.0

    events = client.meta.events
    for operation in ("UpdateItem", "TransactWriteItems"):
        events.register_first(f"needs-retry.dynamodb.{operation}", ask_for_a_repeat)  # type: ignore[arg-type] # it may answer
    return repeats


TRANSITIONS: dict[str, tuple[Transition, JobStatus]] = {
    "queue": (lambda jobs, job: jobs.queue(job, SOURCE), JobStatus.QUEUED),
    "refuse": (lambda jobs, job: jobs.refuse(job, SOURCE, FAULT), JobStatus.FAILED),
    "begin": (begin, JobStatus.PROCESSING),
    "finish": (finish, JobStatus.COMPLETED),
    "retry": (lambda jobs, job: jobs.retry(job, parts_of(unsettled(RECIPE))), JobStatus.QUEUED),
    "cancel": (lambda jobs, job: jobs.cancel(job), JobStatus.CANCELLED),
    "expire": (lambda jobs, job: jobs.expire(job), JobStatus.EXPIRED),
}
STARTS = {
    "queue": {JobStatus.AWAITING_UPLOAD},
    "refuse": {JobStatus.AWAITING_UPLOAD},
    "begin": {JobStatus.QUEUED},
    "finish": {JobStatus.QUEUED, JobStatus.PROCESSING},
    "retry": {JobStatus.FAILED, JobStatus.PARTIALLY_COMPLETED},
    "cancel": OPEN,
    "expire": {JobStatus.AWAITING_UPLOAD},
}


@pytest.mark.parametrize("name", TRANSITIONS)
async def test_transition_happens_only_from_its_own_statuses(harness: Harness, name: str) -> None:
    transition, end = TRANSITIONS[name]
    pattern = replace(await harness.waiting_job(), original=SOURCE)
    moved: set[JobStatus] = set()
    for status in JobStatus:
        pending = parts_of(unsettled(RECIPE)) if status.is_open else frozenset[str]()
        job = replace(pattern, status=status, pending=pending)
        await harness.clients.dynamodb.put_item(TableName=harness.settings.jobs_table, Item=to_item(job))

        after = await transition(harness.jobs, job)

        if after:
            moved.add(status)
            assert after.status is end
            assert status.may_become(end)
        else:
            assert await harness.job(job.job_id) == replace(job, deadline=(await harness.job(job.job_id)).deadline)

    assert moved == STARTS[name]


async def test_transition_of_another_attempt_or_of_an_unknown_job_does_not_happen(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    later = task.model_copy(update={"attempt": 2})
    nobody = task.model_copy(update={"job_id": "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"})

    for other in (later, nobody):
        progress = progress_of(job, report := finished(other))
        assert progress is not None
        assert await harness.jobs.begin(started(other)) is None
        assert await harness.jobs.advance(replace(job, job_id=other.job_id), report, progress) is None
    assert await harness.job(job.job_id) == job


async def test_write_is_refused_if_other_parts_are_pending_than_were_read(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    part = task.model_copy(update={"variants": task.variants[:1], "describe": False})
    [name] = [planned.variant.name for planned in part.variants]
    seen_last = progress_of(replace(job, pending=frozenset({name})), finished(part))
    seen_first = progress_of(replace(job, pending=job.pending | {"another"}), finished(task))
    assert seen_last is not None
    assert seen_first is not None

    assert await harness.jobs.advance(job, finished(part), seen_last) is None
    assert await harness.jobs.advance(job, finished(task), seen_first) is None
    assert await harness.job(job.job_id) == job


@pytest.mark.parametrize("name", TRANSITIONS)
async def test_call_that_the_sdk_repeats_after_a_lost_answer_still_counts(harness: Harness, name: str) -> None:
    transition, end = TRANSITIONS[name]
    pattern = replace(await harness.waiting_job(), original=SOURCE)
    start = min(STARTS[name])
    job = replace(pattern, status=start, pending=parts_of(unsettled(RECIPE)) if start.is_open else frozenset())
    await harness.clients.dynamodb.put_item(TableName=harness.settings.jobs_table, Item=to_item(job))
    async with Aws().dynamodb() as client:
        repeats = repeat_once(client)

        after = await transition(
            JobStore(
                client, harness.settings.jobs_table, accounts_table=harness.settings.accounts_table, now=harness.now
            ),
            job,
        )

    assert repeats == [1]
    assert after == await harness.job(job.job_id)
    assert after.status is end


async def test_repeated_call_whose_condition_was_not_met_stays_refused(harness: Harness) -> None:
    job, _ = await harness.queued_job()
    async with Aws().dynamodb() as client:
        repeats = repeat_once(client)

        assert (
            await JobStore(
                client, harness.settings.jobs_table, accounts_table=harness.settings.accounts_table, now=harness.now
            ).queue(job, SOURCE)
            is None
        )

    assert repeats == [1]
    assert await harness.job(job.job_id) == job


async def test_part_is_settled_once(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    part = task.model_copy(update={"variants": task.variants[:1], "describe": False})
    progress = progress_of(job, finished(part))
    assert progress is not None

    assert await harness.jobs.advance(job, finished(part), progress)
    assert await harness.jobs.advance(job, finished(part), progress) is None
    assert (await harness.job(job.job_id)).cost == finished(part).cost


async def test_description_is_written_together_with_its_job_or_not_at_all(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    progress = progress_of(job, finished(task))
    assert progress is not None
    await harness.orchestrator.cancel(job.job_id)

    assert await harness.jobs.advance(job, finished(task), progress) is None

    assert (await harness.details(job.job_id)).description is None
    assert not (await harness.job(job.job_id)).described


async def test_other_writes_happen_together_with_the_end_or_deletion_of_a_job(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    progress = progress_of(job, report := finished(task))
    assert progress is not None
    table = harness.settings.accounts_table

    def other(name: str) -> list[TransactWriteItemTypeDef]:
        return [{"Put": {"TableName": table, "Item": {"id": {"S": name}}}}]

    async def written() -> set[str]:
        return {item["id"]["S"] for item in (await harness.clients.dynamodb.scan(TableName=table))["Items"]}

    assert await harness.jobs.advance(job, report, progress, other_writes=other("end"))
    assert await harness.jobs.advance(job, report, progress, other_writes=other("again")) is None
    await harness.jobs.end_deletion(job, other("too early"))
    assert await written() >= {"end"}
    assert not await written() & {"again", "too early"}
    await harness.jobs.begin_deletion(await harness.job(job.job_id))
    await harness.jobs.end_deletion(job, other("deleted"))
    assert "deleted" in await written()


async def test_forbidden_change_of_status_raises_value_error(harness: Harness) -> None:
    with pytest.raises(ValueError, match="cannot become"):
        await harness.jobs._change_status("any", {JobStatus.COMPLETED}, JobStatus.QUEUED, put(owner="demo"))


async def test_longest_overdue_jobs_come_first(harness: Harness) -> None:
    jobs = []
    for _ in range(6):
        jobs.append(await harness.waiting_job())
        harness.now.forward(seconds=1)
    harness.now.forward(minutes=6)

    ids = await harness.open_ids()

    assert sorted(ids) == sorted(job.job_id for job in jobs)
    for shard in range(OPEN_SHARDS):
        found = await harness.open_jobs.overdue(shard, harness.now())
        assert found == [job.job_id for job in jobs if job.job_id in found]
