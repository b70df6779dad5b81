"""Tests how a job is cut into tasks."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.formats import ImageFormat
from darkroom.jobs import SOURCE_PART, Job, JobStatus, ObjectRef, VariantResult, parts_of, unsettled
from darkroom.messages import ProcessTask
from darkroom.planner.estimate import task_estimate, variant_ms
from darkroom.planner.source import Source
from darkroom.planner.task_split import TASK_CPU_SECONDS
from darkroom.recipes import Output, OutputFormat, Overlay, Recipe, Resize, Variant, Watermark
from darkroom.runtime.queue import body_of
from darkroom_orchestrator.dispatch.tasks import cut_into_tasks
from tests.orchestrator.harness import PRESETS
from tests.orchestrator.task_reports import DESCRIPTION

MOMENT = datetime(2035, 11, 22, 12, tzinfo=UTC)
JOB_ID = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"


def job_of(recipe: Recipe, *, size: int = 100_000, attempt: int = 1) -> Job:
    """Return a job with an original of `size` bytes."""
    return Job(
        job_id=JOB_ID,
        owner="demo",
        recipe_name="custom",
        status=JobStatus.QUEUED,
        created_at=MOMENT,
        updated_at=MOMENT,
        filename="Café cat.JPG",
        content_type="image/jpeg",
        original_key=f"uploads/{JOB_ID}/cat.jpg",
        deadline=MOMENT,
        attempt=attempt,
        original=ObjectRef(key=f"uploads/{JOB_ID}/cat.jpg", version_id="1", etag='"e"', size=size),
        variants=unsettled(recipe),
    )


def planned(
    recipe: Recipe, parts: Collection[str] | None = None, *, size: int = 100_000, attempt: int = 1, **options: Any
) -> tuple[ProcessTask, ...]:
    """Return the tasks of a job with this recipe, by default for all parts."""
    job = job_of(recipe, size=size, attempt=attempt)
    return cut_into_tasks(
        job, recipe, parts_of(job.variants) if parts is None else parts, **{"max_variants": 16} | options
    )


def recipe_of(*formats: OutputFormat, side: int = 100) -> Recipe:
    """Return a recipe with a variant for each format, at most `side` pixels wide and high."""
    resize = Resize(op="resize", width=side, height=side)
    return Recipe(
        variants=tuple(
            Variant(name=f"v{number}", operations=(resize,), output=Output(format=one))
            for number, one in enumerate(formats)
        )
    )


def names(task: ProcessTask) -> list[str]:
    return [each.variant.name for each in task.variants]


@pytest.mark.parametrize("preset", ["web", "augment", "thumbnails", "grayscale", "optimize"])
def test_variants_of_a_preset_share_one_task_and_one_decoding(preset: str) -> None:
    recipe, size = PRESETS[preset], 10 * 1024 * 1024

    [task] = planned(recipe, size=size)

    assert names(task) == [variant.name for variant in recipe.variants]
    assert (task.describe, task.task, task.attempt) == (True, 0, 1)
    assert task.original == job_of(recipe, size=size).original
    assert (task.job_id, task.owner) == (JOB_ID, "demo")


def test_recipe_without_variants_makes_one_task_that_describes() -> None:
    [task] = planned(PRESETS["metadata"])

    assert (task.variants, task.describe) == ((), True)


def test_no_pending_part_makes_no_task() -> None:
    assert planned(PRESETS["web"], []) == ()


def test_retry_makes_only_failed_variants_and_describes_only_if_needed() -> None:
    [task] = planned(PRESETS["thumbnails"], {"square-512", "square-64"}, attempt=3)

    assert names(task) == ["square-64", "square-512"]
    assert (task.describe, task.attempt) == (False, 3)


def test_variants_beyond_the_limit_of_one_task_are_spread_evenly() -> None:
    tasks = planned(recipe_of(*[OutputFormat.JPEG] * 20), max_variants=8)

    assert sorted(len(task.variants) for task in tasks) == [6, 7, 7]
    assert [task.task for task in tasks] == [0, 1, 2]
    assert [task.describe for task in tasks] == [True, False, False]


def test_expensive_variants_are_spread_and_balanced_by_cost() -> None:
    cheap, dear = [OutputFormat.JPEG] * 4, [OutputFormat.AVIF] * 16
    recipe = recipe_of(*cheap, *dear, side=1000)

    tasks = planned(recipe, size=10_000_000)

    source = Source.guessed(size=10_000_000, content_type="image/jpeg")
    costs = [sum(variant_ms(each.variant, source) for each in task.variants) for task in tasks]
    together = task_estimate(source, recipe.variants, describe=False).cpu_ms / 1000
    assert len(tasks) == ceil(together / TASK_CPU_SECONDS) > 2
    assert max(costs) < 1.3 * min(costs)


def test_expensive_variant_is_in_one_task_only() -> None:
    [task] = planned(recipe_of(OutputFormat.AVIF, side=8192), size=100_000_000)

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
    recipe = recipe_of(*formats, side=side)
    parts = data.draw(st.sets(st.sampled_from(sorted(parts_of(unsettled(recipe))))))

    tasks = planned(recipe, parts, size=size, max_variants=max_variants)

    made = [name for task in tasks for name in names(task)] + [SOURCE_PART for task in tasks if task.describe]
    assert sorted(made) == sorted(parts)
    assert all(len(task.variants) <= max_variants for task in tasks)
    assert [task.task for task in tasks] == list(range(len(tasks)))


def test_task_too_large_for_a_message_is_halved_until_it_fits() -> None:
    recipe = recipe_of(*[OutputFormat.PNG] * 10)
    [whole] = planned(recipe)
    largest = len(body_of(whole)) // 2

    tasks = planned(recipe, largest_bytes=largest)

    assert all(len(body_of(task)) <= largest for task in tasks)
    assert [name for task in tasks for name in names(task)] == [variant.name for variant in recipe.variants]
    assert [task.task for task in tasks] == list(range(len(tasks)))
    assert [task.describe for task in tasks] == [True] + [False] * (len(tasks) - 1)


def test_results_are_named_after_folder_job_and_file() -> None:
    [task] = planned(PRESETS["augment"], {"90-degree"})

    assert task.variants[0].key_stem == f"augmented-images/90-degree/{JOB_ID}/Cafe-cat"


def test_job_without_an_original_cannot_be_cut_into_tasks() -> None:
    job = replace(job_of(PRESETS["web"]), original=None)

    with pytest.raises(ValueError, match="has no original"):
        cut_into_tasks(job, PRESETS["web"], parts_of(job.variants), max_variants=16)


def test_cost_is_computed_from_described_pixels_or_guessed_from_bytes() -> None:
    """A small file may have many pixels, as drawings do. Once described, it is worth several tasks."""
    recipe = recipe_of(*[OutputFormat.AVIF] * 4, side=2800)
    large = DESCRIPTION.model_copy(update={"width": 6000, "height": 6000})

    assert len(planned(recipe)) == 1
    assert len(planned(recipe, description=large)) == 4


LOGO = Overlay(job_id=JOB_ID, variant="logo")


def stamped(name: str, *overlays: Overlay) -> Variant:
    steps = tuple(Watermark(op="watermark", image=overlay) for overlay in overlays)
    return Variant(name=name, operations=steps, output=Output(format=OutputFormat.JPEG))


def picture(side: int) -> VariantResult:
    return VariantResult(key="logo/1/a.png", format=ImageFormat.PNG, size=100, width=side, height=side, sha256="0" * 64)


def test_task_names_the_existing_watermark_images_of_its_own_variants() -> None:
    other, gone = (LOGO.model_copy(update={"variant": name}) for name in ("other", "gone"))
    found = {LOGO: picture(10), other: picture(20).model_copy(update={"key": "other/1/a.png"})}
    recipe = Recipe(variants=(stamped("a", LOGO, LOGO), stamped("b", other, gone), stamped("c")))
    tasks = planned(recipe, {"a", "b", "c"}, overlays=found, max_variants=1)
    assert [[overlay.key for overlay in task.overlays] for task in tasks] == [["logo/1/a.png"], ["other/1/a.png"], []]
    assert [each.overlay for each in tasks[1].overlays] == [other]
