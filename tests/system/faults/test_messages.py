"""Tests calls whose answers are lost, messages that come often and shuffled, and partly refused batches."""

import asyncio
import random
from contextlib import ExitStack
from uuid import uuid4

import httpx

from tests.support.aws_proxy import Interception, Moment
from tests.support.interceptions import Echoes, Flaky, LostAnswers, PartlyRefused
from tests.support.waiting import until
from tests.system.faults.evidence import orphans
from tests.system.faults.killing import CleanRun, submitted
from tests.system.faults.rig import Rig


async def check_as_clean(rig: Rig, job_id: str, clean: CleanRun) -> None:
    """Check that the job has the same items, results and number of ends as in a run without faults."""
    assert await rig.over(job_id) == "completed"
    assert await rig.evidence(job_id) == clean.evidence
    assert len(await rig.events_of(job_id)) == 1
    assert await rig.dead_letters() == 0
    assert await orphans(rig.cloud, rig.installation) == []


def intercepted(rig: Rig, interception: Interception) -> ExitStack:
    """Put the interception between AWS and all services."""
    stack = ExitStack()
    for proxy in rig.proxies.values():
        stack.enter_context(proxy.intercepted(interception))
    return stack


async def test_calls_that_the_sdk_repeats_after_lost_answers_count_once(rig: Rig, clean: CleanRun) -> None:
    lost = LostAnswers()
    with intercepted(rig, lost):
        job_id = await submitted(rig, uuid4().hex)
        await check_as_clean(rig, job_id, clean)
    made = {_kind(call) for calls in clean.calls.values() for call in calls if not call.startswith("Receive")}
    assert made <= set(map(_kind, lost.lost)), "each kind of call of a clean run has lost an answer"


def _kind(call: str) -> str:
    """Return a call's name. The tables of a transaction depend on which of two reports comes first."""
    return "TransactWriteItems" if call.startswith("TransactWriteItems") else call


async def test_messages_that_come_three_times_and_shuffled_change_nothing(rig: Rig, clean: CleanRun) -> None:
    with intercepted(rig, Echoes(seed=1)):
        job_id = await submitted(rig, uuid4().hex)
        await check_as_clean(rig, job_id, clean)


async def test_only_the_refused_messages_of_a_batch_are_sent_again(rig: Rig, clean: CleanRun) -> None:
    refused = PartlyRefused("SendMessageBatch tasks")
    with rig.proxies["orchestrator"].intercepted(refused):
        job_id = await submitted(rig, uuid4().hex)
        await check_as_clean(rig, job_id, clean)
    assert refused.batches == [2, 1]
    assert (await rig.item(job_id))["redrives"] == 0, "the sweeper has sent nothing"


async def test_redrive_brings_back_a_dead_announcement(rig: Rig, clean: CleanRun) -> None:
    uploads = rig.installation.uploads
    await rig.service("orchestrator").kill()
    job_id = await submitted(rig, uuid4().hex)

    async def is_dead() -> bool:
        await rig.cloud.sqs.receive_message(QueueUrl=uploads.url, VisibilityTimeout=0, WaitTimeSeconds=0)
        return await rig.depth(uploads.dlq_url) == 1

    await until(is_dead)
    # The sweeper must not announce the job.
    with rig.proxies["orchestrator"].trap("Query jobs", moment=Moment.BEFORE):
        await rig.mend()
        async with httpx.AsyncClient(base_url=rig.service("orchestrator").url, trust_env=False) as operator:
            answer = await operator.post("/api/dlq/uploads/redrive")
        assert (answer.status_code, answer.json()) == (202, {"moved": 1})
        await check_as_clean(rig, job_id, clean)


async def test_aws_that_fails_three_times_in_ten_only_delays_jobs(rig: Rig, clean: CleanRun) -> None:
    jobs, before = 3, sum(proxy.work_asked for proxy in rig.proxies.values())
    flaky = Flaky(0.3, random.Random(1))  # noqa: S311 - the same faults each time
    with intercepted(rig, flaky):
        job_ids = await asyncio.gather(*(submitted(rig, uuid4().hex) for _ in range(jobs)))
        for job_id in job_ids:
            await check_as_clean(rig, job_id, clean)
    needed = jobs * sum(len(calls) for calls in clean.calls.values())
    assert flaky.faults > needed / 10
    asked = sum(proxy.work_asked for proxy in rig.proxies.values()) - before
    assert asked <= 4 * needed, "the number of repeated calls is limited"
