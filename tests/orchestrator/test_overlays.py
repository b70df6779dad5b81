"""Images for watermarks: results of other jobs, looked up whenever a job's work is sent."""

from darkroom.jobs import Fault, Job
from darkroom.recipes import Overlay, Recipe, Variant, Watermark
from tests.orchestrator.site import Site, finished

MISSING = Fault(code="overlay_missing", message="The picture that the watermark is made of is not there any more.")


async def logo_job(site: Site) -> Job:
    """A completed job, whose variants can be laid over others."""
    job, [task] = await site.queued_job()
    await site.orchestrator.finish(finished(task))
    return await site.job(job.job_id)


def stamping(overlay: Overlay) -> Recipe:
    watermark = Watermark(op="watermark", image=overlay)
    return Recipe(variants=(Variant(name="stamped", operations=(watermark,)), Variant(name="plain")))


async def test_a_task_says_where_the_image_is(site: Site) -> None:
    logo = await logo_job(site)
    overlay = Overlay(job_id=logo.job_id, variant="square-64")

    _, [task] = await site.queued_job(stamping(overlay))

    result = logo.variants["square-64"].result
    assert result is not None
    assert [(planned.overlay, planned.key) for planned in task.overlays] == [(overlay, result.key)]


async def test_an_image_that_was_deleted_is_left_out_of_every_later_task(site: Site) -> None:
    logo = await logo_job(site)
    overlay = Overlay(job_id=logo.job_id, variant="square-64")
    job = await site.waiting_job(stamping(overlay))
    await site.orchestrator.delete(logo.job_id)

    await site.orchestrator.start(await site.upload(job), redelivered=False)

    [task] = await site.sent_tasks()
    assert task.overlays == ()
    await site.orchestrator.finish(finished(task, failed={"stamped": MISSING}))
    await site.orchestrator.retry(job.job_id)
    [again] = await site.sent_tasks()
    assert ([planned.variant.name for planned in again.variants], again.overlays) == (["stamped"], ())


async def test_a_retry_finds_the_image_again(site: Site) -> None:
    logo = await logo_job(site)
    job, [task] = await site.queued_job(stamping(Overlay(job_id=logo.job_id, variant="square-64")))
    await site.orchestrator.finish(finished(task, failed={"stamped": Fault(code="time_limit", message="Too slow.")}))

    await site.orchestrator.retry(job.job_id)

    [again] = await site.sent_tasks()
    assert again.overlays == task.overlays != ()


async def test_a_picture_that_was_never_made_is_no_image(site: Site) -> None:
    logo, _ = await site.queued_job()
    _, [task] = await site.queued_job(stamping(Overlay(job_id=logo.job_id, variant="square-64")))
    assert task.overlays == ()
