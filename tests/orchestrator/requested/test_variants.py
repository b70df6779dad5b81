"""Tests variants on request in the orchestrator, when reports are late and jobs change meanwhile."""

import pytest

from darkroom.errors import Conflict, OriginalGone
from darkroom.jobs import Fault, Job, VariantStatus
from darkroom.messages import ImageMade, MakeImage
from darkroom.object_keys import public_key
from darkroom.public_copies import public_copies
from darkroom.recipes import Recipe, Variant
from darkroom.requested_images import MOST_SECONDS, RequestId, RequestKind, RequestState
from tests.orchestrator.harness import Harness
from tests.orchestrator.publishing.stories import counted, swept
from tests.orchestrator.task_reports import DECODER_FAULT, finished, image_made

LATER = Variant.model_validate({"name": "later", "when": "requested", "output": {"format": "webp"}})
RECIPE = Recipe(variants=(Variant(name="now"), Variant(name="also"), LATER))
UNAVAILABLE = Fault(code="unavailable", message="No processor could make it.")
SIZE = len(b"a picture")


async def begun(harness: Harness, *, published: bool = True, fails: bool = False) -> tuple[Job, MakeImage]:
    """Return an ended job, and the task of its variant on request. If `fails`, the job can be retried."""
    job, [task] = await harness.queued_job(RECIPE, published=published)
    report = await harness.put_results(task)
    await harness.orchestrator.finish(finished(task, failed={"now": DECODER_FAULT}) if fails else report)
    image = await asked(harness, job)
    return await harness.job(job.job_id), image


async def asked(harness: Harness, job: Job) -> MakeImage:
    """Ask for the variant, and return its task."""
    await harness.orchestrator.requested.variant(job.job_id, "later")
    [image] = await harness.sent_images()
    return image


async def state_of(harness: Harness, job: Job) -> RequestState | None:
    """Return the state that the waiting clients read. None if there is no item."""
    request_id = RequestId(job_id=job.job_id, kind=RequestKind.VARIANT, name="later")
    item = await harness.orchestrator.requested.store.get(request_id)
    return item.state if item else None


async def require_nothing_made(harness: Harness, job: Job, before: list[str]) -> None:
    """Require that the job is as it was before the variant was asked for, with these results and no copy of it."""
    now = await harness.job(job.job_id)
    assert now.variants["later"].status is VariantStatus.ON_REQUEST
    assert await harness.result_keys() == before
    assert public_key(job.job_id, "later", "webp") not in await harness.public_keys()
    assert now.stored_bytes == await counted(harness)


async def require_made_once(harness: Harness, job: Job, image: MakeImage) -> None:
    """Require that the job names one version of the result, with one public copy, and that all are counted once."""
    now = await harness.job(job.job_id)
    result = now.variants["later"].result
    assert result is not None
    assert (result.key, result.size) == (f"{image.key_stem}.webp", SIZE)
    assert (await harness.result_keys()).count(result.key) == 1
    assert await harness.public_keys() == sorted(public_copies(now))
    assert now.stored_bytes - job.stored_bytes == SIZE * (2 if job.published else 1)
    assert now.stored_bytes == await counted(harness)


async def test_a_variant_is_recorded_once_however_often_its_report_comes(harness: Harness) -> None:
    job, image = await begun(harness)
    report = await harness.put_image(image)
    for _ in range(3):
        await harness.report(report)
    await require_made_once(harness, job, image)
    assert await state_of(harness, job) is RequestState.DONE


async def test_a_report_of_an_earlier_try_is_recorded_and_the_later_one_changes_nothing(harness: Harness) -> None:
    job, first = await begun(harness)
    harness.now.forward(seconds=MOST_SECONDS + 1)
    second = await asked(harness, job)
    assert first.token != second.token

    await harness.report(await harness.put_image(first))
    await harness.report(image_made(second))

    await require_made_once(harness, job, second)


async def test_a_late_fault_does_not_undo_a_variant(harness: Harness) -> None:
    job, first = await begun(harness)
    harness.now.forward(seconds=MOST_SECONDS + 1)
    second = await asked(harness, job)
    await harness.report(await harness.put_image(second))

    await harness.report(image_made(first, DECODER_FAULT))
    await harness.report(image_made(first, UNAVAILABLE))

    await require_made_once(harness, job, second)


async def test_a_dead_task_leaves_nothing_and_the_next_request_makes_the_variant(harness: Harness) -> None:
    job, image = await begun(harness)
    before = await harness.result_keys()
    await harness.put_image(image)  # The processor died after that.

    await harness.orchestrator.requested.fail_dead(image)

    await require_nothing_made(harness, job, before)
    assert await state_of(harness, job) is RequestState.FAILED
    harness.now.forward(seconds=MOST_SECONDS + 1)
    again = await asked(harness, job)
    await harness.report(await harness.put_image(again))
    await require_made_once(harness, job, again)


async def test_a_dead_task_does_not_undo_a_variant_that_was_made(harness: Harness) -> None:
    job, image = await begun(harness)
    await harness.report(await harness.put_image(image))
    await harness.orchestrator.requested.fail_dead(image)
    await require_made_once(harness, job, image)


@pytest.mark.parametrize("published", [True, False])
async def test_nothing_is_left_of_a_variant_whose_job_is_deleted_meanwhile(
    harness: Harness, *, published: bool
) -> None:
    job, image = await begun(harness, published=published)
    stored = await harness.put_image(image)
    await harness.orchestrator.delete(job.job_id)
    await harness.put_image(image)

    await harness.report(stored)
    await swept(harness)
    await swept(harness)

    assert await harness.result_keys() == []
    assert await harness.public_keys() == []
    assert await counted(harness) == 0


async def test_a_variant_of_a_job_that_is_unpublished_meanwhile_is_not_public(harness: Harness) -> None:
    job, image = await begun(harness)
    await harness.orchestrator.unpublish(job.job_id)
    await harness.report(await harness.put_image(image))

    now = await harness.job(job.job_id)
    assert now.variants["later"].status is VariantStatus.COMPLETED
    assert (await harness.public_keys(), now.public_bytes) == ([], 0)
    assert now.stored_bytes == await counted(harness)


async def test_a_report_during_a_retry_is_dropped_and_the_next_request_begins_at_once(harness: Harness) -> None:
    job, image = await begun(harness, fails=True)
    before = await harness.result_keys()
    await harness.orchestrator.retry(job.job_id)
    [task] = await harness.sent_tasks()

    report = await harness.put_image(image)
    for _ in range(2):
        await harness.report(report)

    await require_nothing_made(harness, job, before)
    assert await state_of(harness, job) is None
    with pytest.raises(Conflict, match="queued"):
        await harness.orchestrator.requested.variant(job.job_id, "later")
    await harness.orchestrator.finish(await harness.put_results(task))
    ended = await harness.job(job.job_id)
    again = await asked(harness, job)
    await harness.report(await harness.put_image(again))
    await require_made_once(harness, ended, again)


async def test_a_report_after_a_retry_is_recorded(harness: Harness) -> None:
    _, image = await begun(harness, fails=True)
    await harness.orchestrator.retry(image.job_id)
    [task] = await harness.sent_tasks()
    report = await harness.put_image(image)
    await harness.orchestrator.finish(await harness.put_results(task))
    ended = await harness.job(image.job_id)

    await harness.report(report)

    await require_made_once(harness, ended, image)


async def test_a_report_that_comes_again_during_a_retry_leaves_the_variant(harness: Harness) -> None:
    job, image = await begun(harness, fails=True)
    report: ImageMade = await harness.put_image(image)
    await harness.report(report)
    await harness.orchestrator.retry(job.job_id)

    await harness.report(report)

    now = await harness.job(job.job_id)
    result = now.variants["later"].result
    assert result is not None
    assert result.key in await harness.result_keys()


async def test_a_variant_of_an_original_that_is_gone_is_never_begun(harness: Harness) -> None:
    job, [task] = await harness.queued_job(RECIPE, published=True)
    await harness.orchestrator.finish(await harness.put_results(task))
    [version] = await harness.original_versions(job.original_key)
    await harness.s3.delete_object(Bucket=harness.settings.originals_bucket, Key=job.original_key, VersionId=version)
    with pytest.raises(OriginalGone):
        await harness.orchestrator.requested.variant(job.job_id, "later")
    assert await harness.sent_images() == []
    assert await state_of(harness, job) is None
