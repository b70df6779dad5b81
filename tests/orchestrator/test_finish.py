"""Fan-in: reports become the job's outcome once, in whatever number and order they come."""

from darkroom.jobs import JobStatus, VariantStatus
from tests.orchestrator.site import DESCRIPTION, WORKER, Site, finished, started, task_began


async def test_the_report_of_the_only_task_completes_the_job(site: Site) -> None:
    job, [task] = await site.queued_job()

    await site.orchestrator.begin(started(task))
    await site.orchestrator.finish(finished(task))

    ended = await site.job(job.job_id)
    assert ended.status is JobStatus.COMPLETED
    assert {state.status for state in ended.variants.values()} == {VariantStatus.COMPLETED}
    assert ended.description == DESCRIPTION
    assert (ended.worker, ended.started_at, ended.completed_at) == (WORKER, task_began(), site.now())
    assert (ended.pending, ended.deadline, ended.fault) == (frozenset(), None, None)
    assert (ended.cost.cpu_ms, ended.cost.bytes_read, ended.cost.bytes_written) == (10, 1000, 100)
    [event] = await site.events()
    assert (event.job_id, event.status, event.owner, event.attempt) == (job.job_id, JobStatus.COMPLETED, "demo", 1)
