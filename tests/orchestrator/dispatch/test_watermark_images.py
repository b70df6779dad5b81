"""Tests that watermark images, which are results of other jobs, are looked up when tasks are sent."""

from darkroom.jobs import Fault, Job
from darkroom.recipes import Overlay, Recipe, Variant, Watermark
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import finished

MISSING = Fault(code="overlay_missing", message="The image of the watermark no longer exists.")


async def logo_job(harness: Harness) -> Job:
    """Return a completed job whose variants can be watermarks of other jobs."""
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(finished(task))
    return await harness.job(job.job_id)


def stamping(overlay: Overlay) -> Recipe:
    watermark = Watermark(op="watermark", image=overlay)
    return Recipe(variants=(Variant(name="stamped", operations=(watermark,)), Variant(name="plain")))


async def test_task_says_where_the_watermark_image_is(harness: Harness) -> None:
    logo = await logo_job(harness)
    overlay = Overlay(job_id=logo.job_id, variant="square-64")

    _, [task] = await harness.queued_job(stamping(overlay))

    result = logo.variants["square-64"].result
    assert result is not None
    assert [(planned.overlay, planned.key) for planned in task.overlays] == [(overlay, result.key)]


async def test_deleted_image_is_left_out_of_every_later_task(harness: Harness) -> None:
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


async def test_retry_finds_the_watermark_image_again(harness: Harness) -> None:
    logo = await logo_job(harness)
    job, [task] = await harness.queued_job(stamping(Overlay(job_id=logo.job_id, variant="square-64")))
    await harness.orchestrator.finish(finished(task, failed={"stamped": Fault(code="time_limit", message="Too slow.")}))

    await harness.orchestrator.retry(job.job_id)

    [again] = await harness.sent_tasks()
    assert again.overlays == task.overlays != ()


async def test_variant_without_a_result_is_not_a_watermark_image(harness: Harness) -> None:
    logo, _ = await harness.queued_job()
    _, [task] = await harness.queued_job(stamping(Overlay(job_id=logo.job_id, variant="square-64")))
    assert task.overlays == ()
