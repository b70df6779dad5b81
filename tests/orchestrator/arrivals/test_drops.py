"""Tests that the job of a drop depends on the object alone."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from darkroom.jobs import JobStatus, ObjectRef
from darkroom.object_keys import OriginalKey
from darkroom.tables.find_preset import FoundPreset
from darkroom_orchestrator.arrivals.drops import drop_id, dropped_job
from darkroom_orchestrator.storage.originals import Original
from tests.orchestrator.harness import PRESETS

MODIFIED = datetime(2035, 11, 22, 12, 0, 7, tzinfo=UTC)
ORIGINAL = Original(
    ref=ObjectRef(key="incoming/web/cat.jpg", version_id="v1", etag='"e"', size=3),
    content_type="image/jpeg",
    last_modified=MODIFIED,
)


def test_same_object_always_gives_the_same_job_id() -> None:
    assert drop_id("originals", ORIGINAL) == drop_id("originals", replace(ORIGINAL, content_type=None))


def test_another_version_key_or_bucket_gives_another_job_id() -> None:
    version = replace(ORIGINAL, ref=ORIGINAL.ref.model_copy(update={"version_id": "v2"}))
    key = replace(ORIGINAL, ref=ORIGINAL.ref.model_copy(update={"key": "incoming/web/dog.jpg"}))

    ids = {drop_id("originals", one) for one in (ORIGINAL, version, key)} | {drop_id("others", ORIGINAL)}

    assert len(ids) == 4


def test_job_id_is_a_uuid7_with_the_time_of_the_object() -> None:
    for number in range(200):
        original = replace(ORIGINAL, ref=ORIGINAL.ref.model_copy(update={"version_id": str(number)}))
        uuid = UUID(drop_id("originals", original))

        assert (uuid.version, uuid.variant) == (7, "specified in RFC 4122")
        assert uuid.int >> 80 == int(MODIFIED.timestamp() * 1000)


def test_job_of_a_drop_has_the_default_owner_the_recipe_and_the_file_name() -> None:
    arrival = OriginalKey(recipe="web", filename="cat.jpg")
    preset = FoundPreset(name="web", version=None, recipe=PRESETS["web"])

    new = dropped_job("originals", ORIGINAL, arrival, owner="demo", preset=preset, original_days=3, now=MODIFIED)

    job = new.job
    assert (job.owner, job.recipe_name, new.recipe) == ("demo", "web", PRESETS["web"])
    assert list(job.variants) == [variant.name for variant in new.recipe.variants]
    assert (job.status, job.filename, job.original) == (JobStatus.AWAITING_UPLOAD, "cat.jpg", ORIGINAL.ref)
    assert (job.created_at, job.original_days, job.keep_original, job.copied_from) == (MODIFIED, 3, False, None)
