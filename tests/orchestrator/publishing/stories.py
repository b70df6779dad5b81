"""Steps that tests of publishing have in common."""

from darkroom.jobs import Job
from darkroom.public_copies import public_copies
from darkroom.tables.storage_counter import counter_keys
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import DECODER_FAULT, finished

FAILED = "square-64"
"""The variant that fails in a job that ended partially."""


async def ended_job(harness: Harness, *, published: bool = False) -> Job:
    """Return a completed job with its results."""
    job, [task] = await harness.queued_job(published=published)
    await harness.orchestrator.finish(await harness.put_results(task))
    return await harness.job(job.job_id)


async def partial_job(harness: Harness, *, published: bool = False) -> Job:
    """Return a job of which one variant has failed, so that it can be retried."""
    job, [task] = await harness.queued_job(published=published)
    await harness.put_results(task)
    await harness.orchestrator.finish(finished(task, failed={FAILED: DECODER_FAULT}))
    return await harness.job(job.job_id)


async def are_public(harness: Harness, job: Job) -> bool:
    """Whether the job is published and exactly its results have a copy each, in one version."""
    now = await harness.job(job.job_id)
    return now.published and await harness.public_keys() == sorted(public_copies(now))


async def works(harness: Harness) -> list[str]:
    """Return the kinds of all work on public copies that is recorded."""
    items = (await harness.clients.dynamodb.scan(TableName=harness.settings.jobs_table))["Items"]
    return [item["kind"]["S"] for item in items if item["job_id"]["S"].endswith("#public")]


async def counted(harness: Harness, owner: str = "demo") -> int:
    """Return the stored bytes that are counted for an owner."""
    total = 0
    for key in counter_keys(owner):
        answer = await harness.clients.dynamodb.get_item(
            TableName=harness.settings.accounts_table, Key={"id": {"S": key}}, ConsistentRead=True
        )
        total += int(answer.get("Item", {}).get("stored_bytes", {"N": "0"})["N"])
    return total


async def swept(harness: Harness) -> None:
    """Let a period of public work pass, and sweep."""
    harness.now.forward(minutes=1, seconds=1)
    await harness.orchestrator.sweep()
