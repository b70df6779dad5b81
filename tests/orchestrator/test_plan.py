"""Planning: which tasks a job is cut into."""

from dataclasses import replace
from datetime import UTC, datetime
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.formats import ImageFormat
from darkroom.jobs import SOURCE_PART, Job, JobStatus, ObjectRef, VariantResult, parts_of
from darkroom.making.estimate import task_estimate, variant_ms
from darkroom.making.source import Source
from darkroom.making.spreading import TASK_CPU_SECONDS
from darkroom.messages import ProcessTask
from darkroom.queue import body_of
from darkroom.recipes import Output, OutputFormat, Overlay, Recipe, Resize, Variant, Watermark
from darkroom_orchestrator.plan import plan
from tests.orchestrator.site import DESCRIPTION, PRESETS

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
JOB_ID = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"


def job_of(recipe: Recipe, *, size: int = 100_000, attempt: int = 1) -> Job:
    """A job with a source of so many bytes."""
    return Job(
        job_id=JOB_ID,
        owner="demo",
        recipe_name="custom",
        recipe=recipe,
        status=JobStatus.QUEUED,
        created_at=MOMENT,
        updated_at=MOMENT,
        filename="Café cat.JPG",
        content_type="image/jpeg",
        source_key=f"uploads/{JOB_ID}/cat.jpg",
        deadline=MOMENT,
        attempt=attempt,
        source=ObjectRef(key=f"uploads/{JOB_ID}/cat.jpg", version_id="1", etag='"e"', size=size),
    )


def recipe_of(*formats: OutputFormat, side: int = 100) -> Recipe:
    """A variant a format, each at most so many pixels wide and high."""
    resize = Resize(op="resize", width=side, height=side)
    return Recipe(
        variants=tuple(
            Variant(name=f"v{number}", operations=(resize,), output=Output(format=one))
            for number, one in enumerate(formats)
        )
    )


def names(task: ProcessTask) -> list[str]:
    return [planned.variant.name for planned in task.variants]


@pytest.mark.parametrize("preset", ["web", "augment", "thumbnails", "grayscale", "optimize"])
def test_the_variants_of_a_preset_share_one_task_and_one_decoding(preset: str) -> None:
    job = job_of(PRESETS[preset], size=10 * 1024 * 1024)

    [task] = plan(job, parts_of(job.recipe), max_variants=16)

    assert names(task) == [variant.name for variant in job.recipe.variants]
    assert (task.describe, task.task, task.attempt, task.source) == (True, 0, 1, job.source)
    assert (task.job_id, task.owner) == (JOB_ID, "demo")


def test_a_recipe_without_variants_is_one_task_that_describes() -> None:
    job = job_of(PRESETS["metadata"])

    [task] = plan(job, parts_of(job.recipe), max_variants=16)

    assert (task.variants, task.describe) == ((), True)


def test_nothing_pending_is_no_task() -> None:
    assert plan(job_of(PRESETS["web"]), [], max_variants=16) == ()


def test_a_retry_plans_only_what_failed_and_describes_only_when_asked_to() -> None:
    job = job_of(PRESETS["thumbnails"], attempt=3)

    [task] = plan(job, {"square-512", "square-64"}, max_variants=16)

    assert names(task) == ["square-64", "square-512"]
    assert (task.describe, task.attempt) == (False, 3)


def test_more_variants_than_one_task_may_have_are_spread_evenly() -> None:
    job = job_of(recipe_of(*[OutputFormat.JPEG] * 20))

    tasks = plan(job, parts_of(job.recipe), max_variants=8)

    assert sorted(len(task.variants) for task in tasks) == [6, 7, 7]
    assert [task.task for task in tasks] == [0, 1, 2]
    assert [task.describe for task in tasks] == [True, False, False]


def test_expensive_variants_are_spread_and_balanced_by_cost() -> None:
    cheap, dear = [OutputFormat.JPEG] * 4, [OutputFormat.AVIF] * 16
    job = job_of(recipe_of(*cheap, *dear, side=1000), size=10_000_000)

    tasks = plan(job, parts_of(job.recipe), max_variants=16)

    source = Source.guessed(size=10_000_000, content_type="image/jpeg")
    costs = [sum(variant_ms(planned.variant, source) for planned in task.variants) for task in tasks]
    together = task_estimate(source, job.recipe.variants, describe=False).cpu_ms / 1000
    assert len(tasks) == ceil(together / TASK_CPU_SECONDS) > 2
    assert max(costs) < 1.3 * min(costs)


def test_a_variant_is_never_planned_twice_however_dear_it_is() -> None:
    job = job_of(recipe_of(OutputFormat.AVIF, side=8192), size=100_000_000)

    [task] = plan(job, parts_of(job.recipe), max_variants=16)

    assert names(task) == ["v0"]


@given(
    formats=st.lists(st.sampled_from(OutputFormat), min_size=1, max_size=32),
    side=st.integers(min_value=1, max_value=8192),
    size=st.integers(min_value=0, max_value=100_000_000),
    max_variants=st.integers(min_value=1, max_value=40),
    data=st.data(),
)
def test_every_part_is_in_exactly_one_task_and_no_task_has_too_many(
    formats: list[OutputFormat], side: int, size: int, max_variants: int, data: st.DataObject
) -> None:
    job = job_of(recipe_of(*formats, side=side), size=size)
    parts = data.draw(st.sets(st.sampled_from(sorted(parts_of(job.recipe)))))

    tasks = plan(job, parts, max_variants=max_variants)

    planned = [name for task in tasks for name in names(task)] + [SOURCE_PART for task in tasks if task.describe]
    assert sorted(planned) == sorted(parts)
    assert all(len(task.variants) <= max_variants for task in tasks)
    assert [task.task for task in tasks] == list(range(len(tasks)))


def test_a_task_that_is_too_large_for_a_message_is_halved_until_it_fits() -> None:
    job = job_of(recipe_of(*[OutputFormat.PNG] * 10))
    [whole] = plan(job, parts_of(job.recipe), max_variants=16)
    largest = len(body_of(whole)) // 2

    tasks = plan(job, parts_of(job.recipe), max_variants=16, largest_bytes=largest)

    assert all(len(body_of(task)) <= largest for task in tasks)
    assert [name for task in tasks for name in names(task)] == [variant.name for variant in job.recipe.variants]
    assert [task.task for task in tasks] == list(range(len(tasks)))
    assert [task.describe for task in tasks] == [True] + [False] * (len(tasks) - 1)


def test_results_are_named_after_folder_job_and_file() -> None:
    [task] = plan(job_of(PRESETS["augment"]), {"90-degree"}, max_variants=16)

    assert task.variants[0].key_stem == f"augmented-images/90-degree/{JOB_ID}/Cafe-cat"


def test_a_job_without_a_source_cannot_be_planned() -> None:
    job = replace(job_of(PRESETS["web"]), source=None)

    with pytest.raises(ValueError, match="has no source"):
        plan(job, parts_of(job.recipe), max_variants=16)


def test_a_described_source_is_measured_in_its_pixels_and_another_guessed_from_its_bytes() -> None:
    """A small file of many pixels, such as a drawing, is worth several tasks once that is known."""
    job = job_of(recipe_of(*[OutputFormat.AVIF] * 4, side=2800), size=100_000)
    large = DESCRIPTION.model_copy(update={"width": 6000, "height": 6000})

    assert len(plan(job, parts_of(job.recipe), max_variants=16)) == 1
    assert len(plan(replace(job, description=large), parts_of(job.recipe), max_variants=16)) == 4


LOGO = Overlay(job_id=JOB_ID, variant="logo")


def stamped(name: str, *overlays: Overlay) -> Variant:
    steps = tuple(Watermark(op="watermark", image=overlay) for overlay in overlays)
    return Variant(name=name, operations=steps, output=Output(format=OutputFormat.JPEG))


def picture(side: int) -> VariantResult:
    return VariantResult(key="logo/1/a.png", format=ImageFormat.PNG, size=100, width=side, height=side, sha256="0" * 64)


def test_a_task_names_the_images_that_its_own_variants_need_and_that_are_there() -> None:
    other, gone = (LOGO.model_copy(update={"variant": name}) for name in ("other", "gone"))
    found = {LOGO: picture(10), other: picture(20).model_copy(update={"key": "other/1/a.png"})}
    recipe = Recipe(variants=(stamped("a", LOGO, LOGO), stamped("b", other, gone), stamped("c")))
    tasks = plan(job_of(recipe), {"a", "b", "c"}, overlays=found, max_variants=1)
    assert [[planned.key for planned in task.overlays] for task in tasks] == [["logo/1/a.png"], ["other/1/a.png"], []]
    assert [planned.overlay for planned in tasks[1].overlays] == [other]
