"""A job, its recipe and its details as items of DynamoDB."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.formats import ImageFormat
from darkroom.job_details import DeliveryAttempt, JobDetails
from darkroom.jobs import (
    Cost,
    Fault,
    Job,
    JobSlots,
    JobStatus,
    ObjectRef,
    SlotState,
    VariantResult,
    VariantState,
    VariantStatus,
    VariantWarning,
    new_job_id,
    not_requested,
    parts_of,
    unsettled,
)
from darkroom.recipes import OutputFormat
from darkroom.tables.details_item import details_item, details_of
from darkroom.tables.dynamodb import epoch
from darkroom.tables.job_item import from_item, open_shard, to_item
from darkroom.tables.recipe_item import recipe_item, recipe_of
from darkroom.topology import OPEN_BY_DEADLINE, OPEN_SHARDS
from tests.shared.examples import DESCRIPTION, JOB_ID, MOMENT, PRESETS, new_job

# Names that DynamoDB's set and map take, moments as they are stored, and text of any kind.
texts = st.text(max_size=20)
sizes = st.integers(min_value=0, max_value=2**53)
moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis wants bounds without a zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - the same
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
formats = st.sampled_from(OutputFormat)
faults = st.builds(Fault, code=texts, message=texts)
results = st.builds(
    VariantResult,
    key=texts,
    format=st.sampled_from(ImageFormat),
    size=sizes,
    width=sizes,
    height=sizes,
    sha256=texts,
    warnings=st.sampled_from([(), (VariantWarning.LARGER_THAN_SOURCE,)]),
)
states = st.one_of(
    st.just(VariantState()),
    st.builds(not_requested, formats),
    st.builds(VariantState, status=st.just(VariantStatus.COMPLETED), result=results, on_request=st.none() | formats),
    st.builds(VariantState, status=st.just(VariantStatus.FAILED), fault=faults, on_request=st.none() | formats),
)

attempts = st.builds(
    DeliveryAttempt,
    event_id=texts,
    at=moments,
    number=st.integers(1, 10),
    status=st.none() | st.integers(100, 599),
    error=st.none() | texts,
    duration_ms=sizes,
)


@st.composite
def jobs(draw: st.DrawFn) -> Job:
    """Draw any job that the services can write."""
    recipe_name = draw(st.sampled_from(sorted(PRESETS)))
    recipe = PRESETS[recipe_name]
    status = draw(st.sampled_from(JobStatus))
    return Job(
        job_id=new_job_id(),
        owner=draw(texts.filter(bool)),
        recipe_name=recipe_name,
        status=status,
        created_at=draw(moments),
        updated_at=draw(moments),
        filename=draw(texts),
        content_type=draw(st.none() | texts),
        original_key=draw(texts),
        deadline=draw(moments).replace(microsecond=0) if status.is_open else None,
        attempt=draw(st.integers(1, 99)),
        original=draw(
            st.none() | st.builds(ObjectRef, key=texts, version_id=st.none() | texts, etag=texts, size=sizes)
        ),
        original_sha256=draw(st.none() | texts),
        described=draw(st.booleans()),
        variants={variant.name: draw(states) for variant in recipe.variants},
        pending=draw(st.frozensets(st.sampled_from(sorted(parts_of(unsettled(recipe)))))),
        slots=draw(st.none() | st.builds(JobSlots, state=st.sampled_from(SlotState), count=st.integers(1, 32))),
        fault=draw(st.none() | faults),
        cost=draw(st.builds(Cost, cpu_ms=sizes, bytes_read=sizes, bytes_written=sizes)),
        queued_at=draw(st.none() | moments),
        started_at=draw(st.none() | moments),
        completed_at=draw(st.none() | moments),
        worker=draw(st.none() | texts),
        redrives=draw(st.integers(0, 5)),
        callback_url=draw(st.none() | texts.filter(bool)),
        published=draw(st.booleans()),
        public_bytes=draw(sizes),
        deletion_began_at=draw(st.none() | moments),
    )


details = st.builds(
    JobDetails,
    metadata=st.dictionaries(texts, texts, max_size=3),
    description=st.sampled_from([None, DESCRIPTION]),
    deliveries=st.lists(attempts, max_size=3).map(tuple),
    callback_gone_at=st.none() | moments,
)


@given(details)
def test_details_are_read_back_as_they_were_written(details: JobDetails) -> None:
    assert details_of(details_item(JOB_ID, details)) == details
    assert details_of(None) == JobDetails()


@pytest.mark.parametrize("name", PRESETS)
def test_a_recipe_is_read_back_as_it_was_written(name: str) -> None:
    assert recipe_of(recipe_item(JOB_ID, PRESETS[name])) == PRESETS[name]


@given(jobs())
def test_a_job_is_read_back_as_it_was_written(job: Job) -> None:
    assert from_item(to_item(job)) == job


@given(jobs())
def test_an_item_survives_json(job: Job) -> None:
    def plain(value: Any) -> list[Any]:
        return sorted(value)

    item = to_item(job)
    assert from_item(json.loads(json.dumps(item, default=plain))) == job


@given(jobs())
def test_only_open_jobs_are_in_the_index_of_open_jobs(job: Job) -> None:
    item = to_item(job)
    assert (OPEN_BY_DEADLINE.partition.name in item) == job.status.is_open
    assert (OPEN_BY_DEADLINE.sort.name in item) == job.status.is_open


def test_variants_come_back_in_the_order_of_the_recipe() -> None:
    names = [variant.name for variant in PRESETS["web"].variants]
    item = to_item(new_job())
    item["variants"]["M"] = dict(reversed(item["variants"]["M"].items()))
    assert list(from_item(item).variants) == names != list(item["variants"]["M"])


def test_moments_are_stored_to_the_millisecond() -> None:
    job = replace(new_job(), updated_at=MOMENT + timedelta(microseconds=999))
    assert from_item(to_item(job)).updated_at == MOMENT


def test_the_deadline_is_stored_in_seconds() -> None:
    assert epoch(datetime(1970, 1, 1, 0, 0, 1, 999_999, tzinfo=UTC)) == 1
    assert to_item(new_job())["deadline"] == {"N": str(epoch(datetime(2026, 11, 22, 6, tzinfo=UTC)))}


def test_open_jobs_are_in_all_shards() -> None:
    shards = Counter(open_shard(new_job_id()) for _ in range(400))
    assert set(shards) == set(range(OPEN_SHARDS))
    assert max(shards.values()) < 200
