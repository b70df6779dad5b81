"""Tests of actions on all jobs that match a filter: which jobs they change, and that a death changes no job twice."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from darkroom.actions import Action, ActionCounts, ActionKind, ActionState, Charging, JobFilter, new_action_id
from darkroom.errors import Conflict, Unavailable
from darkroom.job_details import JobDetails
from darkroom.jobs import Job, JobStatus, NewJob
from darkroom.messages import ContinueAction
from darkroom.tables.daily_counter import Charge
from darkroom_orchestrator.actions import perform
from darkroom_orchestrator.actions.action_store import ActionStore
from darkroom_orchestrator.actions.matching_jobs import MatchingJobs
from darkroom_orchestrator.actions.perform import PerformAction
from darkroom_orchestrator.internal_api.routes import QueueName
from darkroom_orchestrator.records.conditional_writes import ConditionalWrites
from tests.orchestrator.charges import used
from tests.orchestrator.harness import RECIPE, Harness
from tests.orchestrator.task_reports import DECODER_FAULT, finished

FAILED = JobFilter(status=(JobStatus.FAILED, JobStatus.PARTIALLY_COMPLETED))
ANY = JobFilter(status=tuple(JobStatus))


class Died(Exception):
    """The process died."""


async def partly_failed(harness: Harness) -> Job:
    """Return a job with one failed variant."""
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(finished(task, failed={"square-64": DECODER_FAULT}))
    return await harness.job(job.job_id)


async def started(harness: Harness, kind: ActionKind, wanted: JobFilter, **more: Any) -> Action:
    """Record an action of the owner `demo`, as the upload service does."""
    moment = harness.now()
    action = Action(
        id=new_action_id(),
        owner="demo",
        kind=kind,
        filter=wanted,
        charging=more.get("charging"),
        created_at=moment,
        updated_at=moment,
    )
    await store(harness).create(action, moment)
    return action


def store(harness: Harness) -> ActionStore:
    return ActionStore(harness.clients.dynamodb, harness.settings.jobs_table, now=harness.now)


async def action_now(harness: Harness, action: Action) -> Action:
    """Return the action as it is now."""
    found = await store(harness).get(action.id)
    assert found is not None
    return found


def in_pages_of(harness: Harness, size: int) -> PerformAction:
    """Return the use case with small pages."""
    pages = MatchingJobs(harness.clients.dynamodb, harness.jobs, page=size)
    return replace(harness.orchestrator.actions.perform, find_page=pages)


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch, at: int, *, is_written: bool) -> Iterator[None]:
    """Die at a conditional write in the `with` block: before it, or after it was made."""
    writes = Counter[str]()

    def dying_at(write: Any) -> Any:
        async def wrapped(*args: Any, **named: Any) -> Any:
            writes["made"] += 1
            if writes["made"] != at:
                return await write(*args, **named)
            if is_written:
                await write(*args, **named)
            raise Died

        return wrapped

    with monkeypatch.context() as patch:
        for name in ("update", "update_with", "delete_with"):
            patch.setattr(ConditionalWrites, name, dying_at(getattr(ConditionalWrites, name)))
        yield


async def test_retry_of_all_failed_jobs_changes_each_once_and_no_other(harness: Harness) -> None:
    failed = [await partly_failed(harness) for _ in range(3)]
    waiting = await harness.waiting_job()
    action = await started(harness, ActionKind.RETRY, FAILED)

    await in_pages_of(harness, 2)(action.id)

    assert [(await harness.job(job.job_id)).attempt for job in failed] == [2, 2, 2]
    assert (await harness.job(waiting.job_id)).status is JobStatus.AWAITING_UPLOAD
    ended = await action_now(harness, action)
    assert (ended.state, ended.counts) == (ActionState.DONE, ActionCounts(examined=4, done=3))
    assert len(await harness.sent_tasks()) == 3


async def test_filter_by_preset_name_time_and_metadata(harness: Harness) -> None:
    jobs = [await partly_failed(harness) for _ in range(2)]
    moment = harness.now()
    harness.now.forward(hours=1)
    later = await harness.waiting_job(filename="dog.jpg")
    marked = replace(await harness.waiting_job(), job_id="0199a3c0-5b1e-7c3d-9a2f-4d5e6f708192")
    await harness.jobs.create(NewJob(job=marked, recipe=RECIPE, metadata={"album": "holidays", "page": "1"}))
    assert (await harness.details(marked.job_id)) == JobDetails(metadata={"album": "holidays", "page": "1"})
    action = await started(harness, ActionKind.RETRY, ANY)

    async def found(**conditions: Any) -> set[str]:
        wanted = replace(action, filter=JobFilter(**conditions))
        pages, position, ids = MatchingJobs(harness.clients.dynamodb, harness.jobs, page=2), action.position, set()
        while position:
            page = await pages(wanted, position)
            ids |= {job.job_id for job in page.matching}
            position = page.next
        return ids

    first = {job.job_id for job in jobs}
    assert await found(filename="dog") == {later.job_id}
    assert await found(created_before=moment + timedelta(minutes=1)) == first
    assert await found(created_before=moment) == set()
    assert await found(created_after=moment, status=(JobStatus.PARTIALLY_COMPLETED,)) == first
    assert await found(created_after=moment + timedelta(milliseconds=1), filename="dog") == {later.job_id}
    assert await found(created_after=moment + timedelta(days=1)) == set()
    assert await found(metadata={"album": "holidays"}) == {marked.job_id}
    assert await found(metadata={"album": "holidays", "page": "2"}) == set()
    assert await found(preset="web") == set()


async def test_jobs_of_other_owners_and_later_jobs_stay(harness: Harness) -> None:
    other = await harness.waiting_job(owner="stranger")
    mine = await harness.waiting_job()
    action = await started(harness, ActionKind.DELETE, ANY)
    harness.now.forward(seconds=1)
    later = await harness.waiting_job()

    await harness.orchestrator.actions.perform(action.id)

    statuses = [(await harness.job(job.job_id)).status for job in (mine, other, later)]
    assert statuses == [JobStatus.CANCELLED, JobStatus.AWAITING_UPLOAD, JobStatus.AWAITING_UPLOAD]


@pytest.mark.parametrize("is_written", [False, True], ids=["before", "after"])
async def test_retry_that_dies_at_any_write_changes_each_job_once(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, *, is_written: bool
) -> None:
    jobs = [await partly_failed(harness) for _ in range(3)]
    action = await started(harness, ActionKind.RETRY, FAILED)
    deaths = 0
    while True:
        try:
            with dying(monkeypatch, deaths % 8 + 1, is_written=is_written):
                await in_pages_of(harness, 2)(action.id)
        except Died:
            deaths += 1
        else:
            break
    assert deaths >= 4
    assert [(await harness.job(job.job_id)).attempt for job in jobs] == [2, 2, 2]
    ended = await action_now(harness, action)
    assert (ended.state, ended.counts) == (ActionState.DONE, ActionCounts(examined=3, done=3))


@pytest.mark.parametrize("is_written", [False, True], ids=["before", "after"])
async def test_deletion_that_dies_at_any_write_cancels_open_jobs_and_does_not_delete_them(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, *, is_written: bool
) -> None:
    ended = [await partly_failed(harness) for _ in range(2)]
    waiting = await harness.waiting_job()
    action = await started(harness, ActionKind.DELETE, ANY)
    deaths = 0
    while True:
        try:
            with dying(monkeypatch, deaths % 8 + 1, is_written=is_written):
                await harness.orchestrator.actions.perform(action.id)
        except Died:
            deaths += 1
        else:
            break
    assert deaths >= 4
    assert [await harness.jobs.get(job.job_id) for job in ended] == [None, None]
    assert (await harness.job(waiting.job_id)).status is JobStatus.CANCELLED
    assert (await action_now(harness, action)).counts == ActionCounts(examined=3, done=3)


async def test_two_processes_with_one_action_change_each_job_once(harness: Harness) -> None:
    jobs = [await partly_failed(harness) for _ in range(4)]
    action = await started(harness, ActionKind.RETRY, FAILED)
    work = in_pages_of(harness, 2)

    await asyncio.gather(*(work(action.id) for _ in range(3)))

    assert [(await harness.job(job.job_id)).attempt for job in jobs] == [2] * 4
    counts = (await action_now(harness, action)).counts
    assert counts == ActionCounts(examined=4, done=4)


async def test_failures_are_counted_by_code_and_quotas_are_kept(harness: Harness) -> None:
    jobs = [await partly_failed(harness) for _ in range(3)]
    charging = Charging(caller="ann", jobs_per_day=2, bytes_per_day=None)
    action = await started(harness, ActionKind.RETRY, FAILED, charging=charging)

    await harness.orchestrator.actions.perform(action.id)

    counts = (await action_now(harness, action)).counts
    assert counts == ActionCounts(examined=3, done=2, failed=1, failures={"quota_exceeded": 1})
    assert sorted([(await harness.job(job.job_id)).attempt for job in jobs]) == [1, 2, 2]
    charge = Charge.of("ann", charging.allowance, 0, harness.now())
    assert charge
    assert (await used(harness, charge)).jobs == 2


async def test_long_action_continues_by_another_message(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    await partly_failed(harness)
    action = await started(harness, ActionKind.RETRY, FAILED)
    monkeypatch.setattr(perform, "TURN_SECONDS", 0)

    await harness.orchestrator.actions.perform(action.id)

    assert (await action_now(harness, action)).state is ActionState.QUEUED
    [delivery] = await harness.orchestrator.queues[QueueName.UPLOADS].queue.receive(most=10, wait_seconds=1)
    assert ContinueAction.model_validate_json(delivery.body).action_id == action.id
    assert delivery.attributes["owner"] == "demo"


async def test_sweeper_continues_an_action_whose_message_was_lost(harness: Harness) -> None:
    await partly_failed(harness)
    action = await started(harness, ActionKind.RETRY, FAILED)
    await harness.orchestrator.sweep()
    assert (await action_now(harness, action)).step == 0, "it is not overdue"
    harness.now.forward(minutes=6)
    await asyncio.gather(harness.orchestrator.sweep(), harness.orchestrator.sweep())
    [delivery] = await harness.orchestrator.queues[QueueName.UPLOADS].queue.receive(most=10, wait_seconds=1)
    await harness.orchestrator.actions.perform(ContinueAction.model_validate_json(delivery.body).action_id)
    assert (await action_now(harness, action)).state is ActionState.DONE
    harness.now.forward(minutes=60)
    await harness.orchestrator.sweep()
    assert not [key for key in await harness.open_ids() if key.endswith("#action")], "it has left the index"


async def test_owner_has_one_running_action(harness: Harness) -> None:
    action = await started(harness, ActionKind.RETRY, FAILED)
    with pytest.raises(Conflict, match=action.id):
        await started(harness, ActionKind.DELETE, FAILED)
    await harness.orchestrator.actions.perform(action.id)
    second = await started(harness, ActionKind.RETRY, FAILED)
    harness.now.forward(days=2)
    third = await started(harness, ActionKind.RETRY, FAILED)
    await harness.orchestrator.actions.perform(second.id)
    assert (await action_now(harness, second)).state is ActionState.DONE
    with pytest.raises(Conflict, match=third.id):
        await started(harness, ActionKind.DELETE, FAILED)


async def test_outage_leaves_the_page_for_the_next_try(harness: Harness) -> None:
    job = await partly_failed(harness)
    action = await started(harness, ActionKind.RETRY, FAILED)
    failures = [Unavailable("DynamoDB cannot be reached.")]
    work = harness.orchestrator.actions.perform

    async def away(action: Action, planned: Any) -> None:
        if failures:
            raise failures.pop()
        await work.changes[ActionKind.RETRY](action, planned)

    disturbed = replace(work, changes={ActionKind.RETRY: away})
    with pytest.raises(Unavailable):
        await disturbed(action.id)
    await disturbed(action.id)
    assert (await harness.job(job.job_id)).attempt == 2
    assert (await action_now(harness, action)).counts == ActionCounts(examined=1, done=1)
