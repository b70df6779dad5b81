"""Images for watermarks: results of other jobs, looked up whenever a job's work is sent."""

from darkroom.jobs import Fault, Job
from darkroom.recipes import Overlay, Recipe, Variant, Watermark
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import finished

MISSING = Fault(code="overlay_missing", message="The image of the watermark no longer exists.")


async def logo_job(harness: Harness) -> Job:
    """A completed job, whose variants can be laid over others."""
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(finished(task))
    return await harness.job(job.job_id)


def stamping(overlay: Overlay) -> Recipe:
    watermark = Watermark(op="watermark", image=overlay)
    return Recipe(variants=(Variant(name="stamped", operations=(watermark,)), Variant(name="plain")))


async def test_a_task_says_where_the_image_is(harness: Harness) -> None:
    logo = await logo_job(harness)
    overlay = Overlay(job_id=logo.job_id, variant="square-64")

    _, [task] = await harness.queued_job(stamping(overlay))

    result = logo.variants["square-64"].result
    assert result is not None
    assert [(planned.overlay, planned.key) for planned in task.overlays] == [(overlay, result.key)]


async def test_an_image_that_was_deleted_is_left_out_of_every_later_task(harness: Harness) -> None:
    logo = await logo_job(harness)
    overlay = Overlay(job_id=logo.job_id, variant="square-64")
    job = await harness.waiting_job(stamping(overlay))
    await harness.orchestrator.delete(logo.job_id)

    await harness.orchestrator.start(await harness.upload(job), redelivered=False)

    [task] = await harness.sent_tasks()
    assert task.overlays == ()
    await harness.orchestrator.finish(finished(task, failed={"stamped": MISSING}))
    await harness.orchestrator.retry(job.job_id)
    [again] = await harness.sent_tasks()
    assert ([planned.variant.name for planned in again.variants], again.overlays) == (["stamped"], ())


async def test_a_retry_finds_the_image_again(harness: Harness) -> None:
    logo = await logo_job(harness)
    job, [task] = await harness.queued_job(stamping(Overlay(job_id=logo.job_id, variant="square-64")))
    await harness.orchestrator.finish(finished(task, failed={"stamped": Fault(code="time_limit", message="Too slow.")}))

    await harness.orchestrator.retry(job.job_id)

    [again] = await harness.sent_tasks()
    assert again.overlays == task.overlays != ()


async def test_a_picture_that_was_never_made_is_no_image(harness: Harness) -> None:
    logo, _ = await harness.queued_job()
    _, [task] = await harness.queued_job(stamping(Overlay(job_id=logo.job_id, variant="square-64")))
    assert task.overlays == ()
