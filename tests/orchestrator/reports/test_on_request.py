"""Tests that runs of a job leave its variants on request alone."""

from darkroom.jobs import SOURCE_PART, JobStatus, not_requested
from darkroom.recipes import OutputFormat, Recipe, Variant, When
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import DECODER_FAULT, finished, undecodable

NOT_REQUESTED = not_requested(OutputFormat.SAME)
REQUESTED = Variant(name="later", when=When.REQUESTED)
MIXED = Recipe(variants=(Variant(name="now"), REQUESTED, Variant(name="also")))
ALL = Recipe(variants=(REQUESTED,))


async def test_run_makes_only_the_variants_that_are_always_made(harness: Harness) -> None:
    job, [task] = await harness.queued_job(MIXED)
    assert job.pending == {SOURCE_PART, "now", "also"}
    assert [planned.variant.name for planned in task.variants] == ["now", "also"]

    await harness.orchestrator.finish(finished(task))

    ended = await harness.job(job.job_id)
    assert (ended.status, ended.variants["later"]) == (JobStatus.COMPLETED, NOT_REQUESTED)
    [event] = await harness.events()
    assert (event.variants.done, event.variants.failed, event.variants.total) == (2, 0, 2)
    outputs = {output["name"]: output for output in (await harness.manifest(ended))["outputs"]}
    assert (outputs["later"]["status"], outputs["later"]["key"], outputs["later"]["error"]) == (
        "on_request",
        None,
        None,
    )


async def test_job_with_variants_on_request_only_completes_with_its_description(harness: Harness) -> None:
    job, [task] = await harness.queued_job(ALL)
    assert (task.variants, task.describe) == ((), True)

    await harness.orchestrator.finish(finished(task))

    ended = await harness.job(job.job_id)
    assert (ended.status, ended.described) == (JobStatus.COMPLETED, True)


async def test_unreadable_image_fails_a_job_with_variants_on_request_only(harness: Harness) -> None:
    job, [task] = await harness.queued_job(ALL)

    await harness.orchestrator.finish(undecodable(task))

    ended = await harness.job(job.job_id)
    assert (ended.status, ended.fault, ended.variants["later"]) == (JobStatus.FAILED, DECODER_FAULT, NOT_REQUESTED)


async def test_retry_makes_no_variant_on_request(harness: Harness) -> None:
    job, [task] = await harness.queued_job(MIXED)
    await harness.orchestrator.finish(finished(task, failed={"also": DECODER_FAULT}))

    queued = await harness.orchestrator.retry(job.job_id)

    assert queued.pending == {"also"}
    [again] = await harness.sent_tasks()
    await harness.orchestrator.finish(finished(again))
    assert (await harness.job(job.job_id)).status is JobStatus.COMPLETED


async def test_refused_upload_leaves_variants_on_request_as_they_are(harness: Harness) -> None:
    job = await harness.waiting_job(MIXED)

    await harness.orchestrator.start(await harness.upload(job, b""), redelivered=False)

    refused = await harness.job(job.job_id)
    assert (refused.status, refused.variants["later"]) == (JobStatus.FAILED, NOT_REQUESTED)
