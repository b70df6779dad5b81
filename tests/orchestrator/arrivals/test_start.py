"""Tests how jobs start, however their originals came and however often they are announced."""

import asyncio
from dataclasses import replace

import pytest

from darkroom.jobs import JobStatus, ObjectRef, VariantStatus, parts_of, unsettled
from darkroom.object_keys import direct_key
from darkroom.recipes import Recipe, Variant
from darkroom_orchestrator.arrivals.announcements import AnnouncedObject
from darkroom_orchestrator.records.open_jobs import WORK_PERIOD
from tests.orchestrator.harness import RECIPE, Harness


async def test_announcement_queues_its_job_and_sends_the_task(harness: Harness) -> None:
    job = await harness.waiting_job()

    await harness.orchestrator.start(new := await harness.upload(job, b"12345"), redelivered=False)

    queued = await harness.job(job.job_id)
    assert (queued.status, queued.pending) == (JobStatus.QUEUED, parts_of(unsettled(RECIPE)))
    assert (queued.queued_at, queued.attempt) == (harness.now(), 1)
    assert queued.deadline == (harness.now() + WORK_PERIOD).replace(microsecond=0)
    assert queued.original is not None
    assert (queued.original.key, queued.original.version_id, queued.original.size) == (
        job.original_key,
        new.version_id,
        5,
    )
    [task] = await harness.sent_tasks()
    assert (task.job_id, task.original, task.describe) == (job.job_id, queued.original, True)
    assert [planned.variant for planned in task.variants] == list(RECIPE.variants)


async def test_three_deliveries_start_a_job_once(harness: Harness) -> None:
    job = await harness.waiting_job()
    new = await harness.upload(job)

    for _ in range(3):
        await harness.orchestrator.start(new, redelivered=False)

    assert len(await harness.sent_tasks()) == 1


async def test_simultaneous_deliveries_start_a_job_once(harness: Harness) -> None:
    jobs = [await harness.waiting_job() for _ in range(5)]
    arrivals = [await harness.upload(job) for job in jobs]

    await asyncio.gather(*(harness.orchestrator.start(new, redelivered=False) for new in arrivals * 4))

    assert sorted(task.job_id for task in await harness.sent_tasks()) == sorted(job.job_id for job in jobs)


async def test_redelivery_sends_the_tasks_that_a_crash_prevented(harness: Harness) -> None:
    job = await harness.waiting_job()
    new = await harness.upload(job)
    original = await harness.original(job)
    assert await harness.jobs.queue(job, original.ref)

    await harness.orchestrator.start(new, redelivered=True)

    assert [task.job_id for task in await harness.sent_tasks()] == [job.job_id]


async def test_first_upload_to_an_address_counts(harness: Harness) -> None:
    job = await harness.waiting_job(direct=True)
    first = await harness.upload(job, b"first")
    await harness.orchestrator.start(first, redelivered=False)
    second = await harness.upload(job, b"second")

    await harness.orchestrator.start(second, redelivered=False)
    await harness.orchestrator.start(second, redelivered=True)

    assert len(await harness.sent_tasks()) == 1
    source = (await harness.job(job.job_id)).original
    assert source is not None
    assert source.version_id == first.version_id


async def test_event_pins_its_own_version_and_not_the_latest(harness: Harness) -> None:
    job = await harness.waiting_job(direct=True)
    first = await harness.upload(job, b"first")
    await harness.upload(job, b"second, longer")

    await harness.orchestrator.start(first, redelivered=False)

    source = (await harness.job(job.job_id)).original
    assert source is not None
    assert (source.version_id, source.size) == (first.version_id, len(b"first"))


@pytest.mark.parametrize(
    "key", ["direct/", "direct/not-a-uuid/cat.jpg", "incoming/web/", "other/web/cat.jpg", "cat.jpg"]
)
async def test_keys_of_no_job_start_nothing_and_raise_no_error(harness: Harness, key: str) -> None:
    await harness.orchestrator.start(await harness.put_original(key), redelivered=False)

    assert await harness.sent_tasks() == []
    assert await harness.all_jobs() == []


async def test_object_of_no_job_of_another_key_or_bucket_starts_nothing(harness: Harness) -> None:
    job = await harness.waiting_job(direct=True)
    stranger = direct_key("0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000", "cat.jpg")
    new = await harness.upload(job)

    await harness.orchestrator.start(await harness.put_original(stranger), redelivered=False)
    await harness.orchestrator.start(await harness.put_original(f"direct/{job.job_id}/other.jpg"), redelivered=False)
    foreign = AnnouncedObject(key=new.key, version_id=new.version_id, bucket="another-bucket")
    await harness.orchestrator.start(foreign, redelivered=False)

    assert (await harness.job(job.job_id)).status is JobStatus.AWAITING_UPLOAD
    assert await harness.sent_tasks() == []


async def test_missing_object_starts_nothing(harness: Harness) -> None:
    job = await harness.waiting_job()

    await harness.orchestrator.start(AnnouncedObject(key=job.original_key, version_id=None), redelivered=False)

    assert (await harness.job(job.job_id)).status is JobStatus.AWAITING_UPLOAD


async def test_upload_over_the_limit_fails_and_names_the_limit(harness: Harness) -> None:
    strict = harness.with_settings(max_upload_bytes=4)
    job = await harness.waiting_job()

    await strict.start(await harness.upload(job, b"12345"), redelivered=False)

    failed = await harness.job(job.job_id)
    assert failed.status is JobStatus.FAILED
    assert failed.fault is not None
    assert failed.fault.code == "upload_too_large"
    assert "4 bytes" in failed.fault.message
    assert {state.status for state in failed.variants.values()} == {VariantStatus.FAILED}
    assert (failed.deadline, failed.pending, failed.completed_at) == (None, frozenset(), harness.now())
    assert await harness.sent_tasks() == []
    assert [event.fault for event in await harness.events()] == [failed.fault]


async def test_empty_upload_fails_as_undecodable(harness: Harness) -> None:
    job = await harness.waiting_job()

    await harness.orchestrator.start(await harness.upload(job, b""), redelivered=False)

    fault = (await harness.job(job.job_id)).fault
    assert fault is not None
    assert fault.code == "undecodable_image"


async def test_only_a_redelivery_publishes_a_refusal_again(harness: Harness) -> None:
    job = await harness.waiting_job()
    new = await harness.upload(job, b"")
    await harness.orchestrator.start(new, redelivered=False)
    [event] = await harness.events()

    await harness.orchestrator.start(new, redelivered=False)
    assert await harness.events() == []

    await harness.orchestrator.start(new, redelivered=True)
    assert await harness.events() == [event]


async def test_cancelled_job_is_not_started(harness: Harness) -> None:
    job = await harness.waiting_job()
    new = await harness.upload(job)
    await harness.orchestrator.cancel(job.job_id)

    await harness.orchestrator.start(new, redelivered=True)

    assert (await harness.job(job.job_id)).status is JobStatus.CANCELLED
    assert await harness.sent_tasks() == []


async def test_drop_starts_a_job_with_the_preset_of_its_folder(harness: Harness) -> None:
    await harness.orchestrator.start(await harness.put_original("incoming/web/my cat.jpg"), redelivered=False)

    [job] = await harness.all_jobs()
    assert (job.status, job.owner, job.recipe_name, job.filename) == (JobStatus.QUEUED, "demo", "web", "my cat.jpg")
    assert [task.job_id for task in await harness.sent_tasks()] == [job.job_id]


async def test_drop_that_is_announced_often_at_the_same_time_makes_one_job(harness: Harness) -> None:
    new = await harness.put_original("incoming/web/cat.jpg")

    await asyncio.gather(*(harness.orchestrator.start(new, redelivered=False) for _ in range(8)))
    await harness.orchestrator.start(new, redelivered=False)

    assert len(await harness.all_jobs()) == 1
    assert len(await harness.sent_tasks()) == 1


async def test_second_drop_of_the_same_name_is_another_job(harness: Harness) -> None:
    for body in (b"first", b"second"):
        await harness.orchestrator.start(await harness.put_original("incoming/web/cat.jpg", body), redelivered=False)

    assert len(await harness.all_jobs()) == 2


async def test_drop_for_an_unknown_preset_makes_a_failed_job_of_the_default_owner(harness: Harness) -> None:
    new = await harness.put_original("incoming/nonsense/cat.jpg")

    for _ in range(3):
        await harness.orchestrator.start(new, redelivered=False)

    [job] = await harness.all_jobs()
    assert (job.status, job.owner, job.recipe_name) == (JobStatus.FAILED, "demo", "nonsense")
    assert job.fault is not None
    assert job.fault.code == "invalid_recipe"
    assert await harness.sent_tasks() == []
    assert [event.status for event in await harness.events()] == [JobStatus.FAILED]


async def test_drop_may_name_a_preset_of_the_default_owner_and_a_version(harness: Harness) -> None:
    first, second = (Recipe(variants=(Variant(name=name),)) for name in ("first", "second"))
    await harness.put_preset("card", 1, first)
    await harness.put_preset("card", 2, second)

    made = {}
    for folder in ("card", "card@1", "card@2"):
        await harness.orchestrator.start(
            await harness.put_original(f"incoming/{folder}/{folder}.jpg"), redelivered=False
        )
    for job in await harness.all_jobs():
        assert (job.owner, job.recipe_name, job.status) == ("demo", "card", JobStatus.QUEUED)
        assert await harness.jobs.recipe_of(job.job_id) == (first if job.preset_version == 1 else second)
        made[job.filename] = job.preset_version
    assert made == {"card.jpg": 2, "card@1.jpg": 1, "card@2.jpg": 2}


@pytest.mark.parametrize("folder", ["card@2", "web@1", " web", "card@x"])
async def test_drop_for_an_unknown_version_is_refused_with_the_presets_that_there_are(
    harness: Harness, folder: str
) -> None:
    await harness.put_preset("card", 1, Recipe(variants=()))

    await harness.orchestrator.start(await harness.put_original(f"incoming/{folder}/cat.jpg"), redelivered=False)

    [job] = await harness.all_jobs()
    assert job.status is JobStatus.FAILED
    assert job.fault is not None
    assert job.fault.message == (
        f'There is no preset "{folder}". Presets: augment, card, grayscale, metadata, optimize, thumbnails, web.'
    )


async def test_drop_that_came_before_its_preset_is_refused_even_if_its_start_broke_off(harness: Harness) -> None:
    new = await harness.put_original("incoming/card/cat.jpg")
    await harness.orchestrator.start(new, redelivered=False)
    [refused] = await harness.all_jobs()
    await harness.forget_start(replace(refused, fault=None, completed_at=None))
    await harness.put_preset("card", 1, RECIPE)

    await harness.orchestrator.start(new, redelivered=True)

    [job] = await harness.all_jobs()
    assert (job.status, job.preset_version, job.variants) == (JobStatus.FAILED, None, {})


async def test_redelivery_continues_the_interrupted_start_of_a_drop(harness: Harness) -> None:
    new = await harness.put_original("incoming/web/cat.jpg")
    await harness.orchestrator.start(new, redelivered=False)
    [job] = await harness.all_jobs()
    await harness.sent_tasks()

    await harness.orchestrator.start(new, redelivered=True)

    assert [task.job_id for task in await harness.sent_tasks()] == [job.job_id]


async def test_many_variants_are_sent_as_several_tasks(harness: Harness) -> None:
    job = await harness.waiting_job()

    await harness.with_settings(max_variants_per_task=2).start(await harness.upload(job), redelivered=False)

    tasks = await harness.sent_tasks()
    assert sorted(len(task.variants) for task in tasks) == [2, 2]
    assert sorted(task.describe for task in tasks) == [False, True]


async def test_pinned_original_has_the_etag_for_a_conditional_get(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.orchestrator.start(await harness.upload(job), redelivered=False)

    source = (await harness.job(job.job_id)).original

    assert isinstance(source, ObjectRef)
    answer = await harness.s3.get_object(
        Bucket=harness.settings.originals_bucket, Key=source.key, VersionId=source.version_id or "", IfMatch=source.etag
    )
    assert answer["ContentLength"] == source.size
