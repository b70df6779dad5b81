"""Previews in the orchestrator: their items, their tasks, and what is left of them."""

import asyncio

import pytest

from darkroom.errors import Conflict, NotFound, QuotaExceeded, Unavailable
from darkroom.jobs import Fault, Job, new_job_id
from darkroom.limits import PREVIEW_PIXELS
from darkroom.messages import MakeImage
from darkroom.recipes import Variant
from darkroom.requested_images import MOST_SECONDS, RequestId, RequestState
from darkroom.tables.daily_counter import Charge
from darkroom_orchestrator.records.charging import Charging
from darkroom_orchestrator.requested.request_image import RequestImage
from darkroom_orchestrator.requested.request_preview import RequestPreview
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import image_made
from tests.support.memory_queue import MemoryQueue, away

SMALL = Variant.model_validate({"name": "small", "operations": [{"op": "resize", "width": 8}]})


async def begun(harness: Harness) -> tuple[Job, RequestId, MakeImage]:
    """Begin a preview of a queued job, and return the job, the preview's id and its task."""
    job, _ = await harness.queued_job()
    request_id = await harness.orchestrator.requested.preview(job.job_id, SMALL)
    [image] = await harness.sent_images()
    return job, request_id, image


async def items_of_requests(harness: Harness) -> list[str]:
    """Return the keys of all requested images in the table."""
    answer = await harness.clients.dynamodb.scan(TableName=harness.settings.jobs_table)
    keys = [item["job_id"]["S"] for item in answer["Items"]]
    return [key for key in keys if RequestId.read(key)]


async def test_a_preview_is_a_task_and_an_item_that_waits(harness: Harness) -> None:
    job, request_id, image = await begun(harness)
    assert (image.job_id, image.owner, image.original) == (job.job_id, job.owner, job.original)
    assert [planned.variant for planned in image.variants] == [SMALL]
    assert image.key_stem == f"previews/{job.job_id}/{request_id.name}"
    assert image.most_pixels == PREVIEW_PIXELS
    item = await harness.orchestrator.requested.store.get(request_id)
    assert item is not None
    assert (item.owner, item.state, item.token) == (job.owner, RequestState.WAITING, image.token)
    assert image.until == item.deadline
    assert MOST_SECONDS <= (item.deadline - harness.now()).total_seconds() <= MOST_SECONDS + 1


async def test_the_report_tells_the_result_to_who_waits(harness: Harness) -> None:
    _, request_id, image = await begun(harness)
    made = await harness.put_image(image)
    await harness.report(made)
    item = await harness.orchestrator.requested.store.get(request_id)
    assert item is not None
    assert (item.state, item.result, item.cost) == (RequestState.DONE, made.outcome.result, made.cost)


async def test_the_report_tells_why_the_image_was_not_made(harness: Harness) -> None:
    _, request_id, image = await begun(harness)
    fault = Fault(code="output_limit", message="It is too large.")
    await harness.report(image_made(image, fault))
    item = await harness.orchestrator.requested.store.get(request_id)
    assert item is not None
    assert (item.state, item.result, item.fault) == (RequestState.FAILED, None, fault)


async def test_a_report_that_comes_again_changes_nothing(harness: Harness) -> None:
    _, request_id, image = await begun(harness)
    made = await harness.put_image(image)
    await harness.report(made)
    await harness.report(image_made(image, Fault(code="undecodable_image", message="No.")))
    item = await harness.orchestrator.requested.store.get(request_id)
    assert item is not None
    assert item.result == made.outcome.result
    assert await harness.result_keys() == [f"{image.key_stem}.webp"]


async def test_nothing_is_left_of_a_preview_that_was_sent(harness: Harness) -> None:
    _, request_id, image = await begun(harness)
    await harness.report(await harness.put_image(image))
    await harness.orchestrator.requested.discard(request_id)
    await harness.orchestrator.requested.discard(request_id)
    assert await items_of_requests(harness) == []
    assert await harness.result_keys() == []
    assert await harness.result_markers() == []


async def test_nothing_is_left_of_a_preview_that_comes_too_late(harness: Harness) -> None:
    _, request_id, image = await begun(harness)
    await harness.orchestrator.requested.discard(request_id)
    await harness.report(await harness.put_image(image))
    assert await harness.result_keys() == []


async def test_a_processor_that_died_after_it_stored_a_preview_leaves_nothing(harness: Harness) -> None:
    _, request_id, image = await begun(harness)
    await harness.orchestrator.requested.discard(request_id)
    await harness.put_image(image)
    # Its task comes again after the deadline. The processor reports only that.
    await harness.report(image_made(image, Fault(code="unavailable", message="Too late.")))
    assert await harness.result_keys() == []


async def test_the_sweeper_removes_a_preview_whose_upload_service_died(harness: Harness) -> None:
    _, request_id, image = await begun(harness)
    await harness.report(await harness.put_image(image))
    await harness.orchestrator.sweep()
    assert await items_of_requests(harness) == [str(request_id)]
    harness.now.forward(seconds=MOST_SECONDS + 1)
    await harness.orchestrator.sweep()
    assert await items_of_requests(harness) == []
    assert await harness.result_keys() == []
    assert str(request_id) not in await harness.open_ids()


async def test_a_dead_task_tells_who_waits(harness: Harness) -> None:
    _, request_id, image = await begun(harness)
    await harness.orchestrator.requested.fail_dead(image)
    item = await harness.orchestrator.requested.store.get(request_id)
    assert item is not None
    assert item.fault is not None
    assert (item.state, item.fault.code) == (RequestState.FAILED, "unavailable")


async def test_a_job_without_an_original_has_no_preview(harness: Harness) -> None:
    job = await harness.waiting_job()
    with pytest.raises(Conflict, match="awaiting_upload"):
        await harness.orchestrator.requested.preview(job.job_id, SMALL)
    with pytest.raises(NotFound):
        await harness.orchestrator.requested.preview(new_job_id(), SMALL)
    assert await items_of_requests(harness) == []


async def test_no_item_is_left_if_the_task_cannot_be_sent(harness: Harness) -> None:
    job, _ = await harness.queued_job()
    requested = harness.orchestrator.requested
    failing = MemoryQueue(failures={"send": [away()]})
    request = RequestImage(requests=requested.store, jobs=harness.jobs, tasks=failing, now=harness.now)
    preview = RequestPreview(
        jobs=harness.jobs, request_image=request, charging=Charging(harness.settings.accounts_table)
    )
    with pytest.raises(Unavailable):
        await preview(job.job_id, SMALL)
    assert await items_of_requests(harness) == []


async def test_a_preview_counts_as_one_job_of_the_caller(harness: Harness) -> None:
    job, _ = await harness.queued_job()
    preview = harness.orchestrator.requested.preview
    charge = Charge(counter="usage#caller#day", jobs_per_day=1, bytes_per_day=None, size=0, moment=harness.now())
    await preview(job.job_id, SMALL, charge)
    with pytest.raises(QuotaExceeded):
        await preview(job.job_id, SMALL, charge)
    assert len(await harness.sent_images()) == 1
    assert len(await items_of_requests(harness)) == 1


async def test_one_of_many_simultaneous_requests_begins_the_image(harness: Harness) -> None:
    job, request_id, image = await begun(harness)
    requested = harness.orchestrator.requested
    item = await requested.store.get(request_id)
    assert item is not None
    await requested.discard(request_id)
    opened = await asyncio.gather(*(requested.store.open(item) for _ in range(20)))
    assert sorted(opened) == [False] * 19 + [True]
    assert job.job_id == image.job_id


async def test_a_report_of_an_earlier_try_does_not_end_a_later_one(harness: Harness) -> None:
    _, request_id, image = await begun(harness)
    requested = harness.orchestrator.requested
    first = await requested.store.get(request_id)
    assert first is not None
    harness.now.forward(seconds=MOST_SECONDS + 1)
    later = type(first)(id=first.id, owner=first.owner, token="later", deadline=harness.now())
    assert await requested.store.open(later)
    await harness.report(image_made(image, Fault(code="undecodable_image", message="No.")))
    item = await requested.store.get(request_id)
    assert item is not None
    assert (item.token, item.state) == ("later", RequestState.WAITING)
