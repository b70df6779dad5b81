"""Jobs in DynamoDB: the form of an item, and reading and creating on a real table."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.formats import ImageFormat
from darkroom.items import Item, epoch
from darkroom.job_item import from_item, key, open_shard, to_item
from darkroom.job_parts import details_item, details_of, recipe_item, recipe_of
from darkroom.job_table import JobTable
from darkroom.jobs import (
    SOURCE_PART,
    Cost,
    DeliveryAttempt,
    Fault,
    Job,
    JobDetails,
    JobStatus,
    NewJob,
    ObjectRef,
    Place,
    Turn,
    VariantResult,
    VariantState,
    VariantStatus,
    VariantWarning,
    new_job_id,
    parts_of,
    unsettled,
)
from darkroom.recipes import load_presets
from darkroom.topology import OPEN_BY_DEADLINE, OPEN_SHARDS
from darkroom_local.installation import Installation
from tests.shared.examples import DESCRIPTION, JOB_ID
from tests.support.emulator import Cloud

PRESETS = load_presets()
MOMENT = datetime(2026, 11, 22, 5, 54, 1, 123_000, tzinfo=UTC)


def new_job(job_id: str = JOB_ID) -> Job:
    """As the upload service creates it."""
    return Job(
        job_id=job_id,
        owner="demo",
        recipe_name="web",
        status=JobStatus.AWAITING_UPLOAD,
        created_at=MOMENT,
        updated_at=MOMENT,
        filename="Кошка.jpg",
        content_type="image/jpeg",
        source_key=f"uploads/{job_id}/jpg",
        deadline=datetime(2026, 11, 22, 6, tzinfo=UTC),
        variants=unsettled(PRESETS["web"]),
    )


def new(job: Job | None = None, **metadata: str) -> NewJob:
    """The same with its recipe."""
    return NewJob(job=job or new_job(), recipe=PRESETS["web"], metadata=metadata)


# Names that DynamoDB's set and map take, moments as they are stored, and text of any kind.
texts = st.text(max_size=20)
sizes = st.integers(min_value=0, max_value=2**53)
moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis wants bounds without a zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - the same
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
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
    st.builds(VariantState, status=st.just(VariantStatus.COMPLETED), result=results),
    st.builds(VariantState, status=st.just(VariantStatus.FAILED), fault=faults),
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
    """Any job that the services can make."""
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
        source_key=draw(texts),
        deadline=draw(moments).replace(microsecond=0) if status.is_open else None,
        attempt=draw(st.integers(1, 99)),
        source=draw(st.none() | st.builds(ObjectRef, key=texts, version_id=st.none() | texts, etag=texts, size=sizes)),
        source_sha256=draw(st.none() | texts),
        described=draw(st.booleans()),
        variants={variant.name: draw(states) for variant in recipe.variants},
        pending=draw(st.frozensets(st.sampled_from(sorted(parts_of(unsettled(recipe)))))),
        place=draw(st.none() | st.builds(Place, turn=st.sampled_from(Turn), tasks=st.integers(1, 32))),
        fault=draw(st.none() | faults),
        cost=draw(st.builds(Cost, cpu_ms=sizes, bytes_read=sizes, bytes_written=sizes)),
        queued_at=draw(st.none() | moments),
        started_at=draw(st.none() | moments),
        completed_at=draw(st.none() | moments),
        worker=draw(st.none() | texts),
        redrives=draw(st.integers(0, 5)),
        callback_url=draw(st.none() | texts.filter(bool)),
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
def test_an_item_survives_json_and_so_the_wire(job: Job) -> None:
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


def test_the_deadline_is_in_seconds_as_the_index_wants_it() -> None:
    assert epoch(datetime(1970, 1, 1, 0, 0, 1, 999_999, tzinfo=UTC)) == 1
    assert to_item(new_job())["deadline"] == {"N": str(epoch(datetime(2026, 11, 22, 6, tzinfo=UTC)))}


def test_open_jobs_spread_over_all_shards() -> None:
    shards = Counter(open_shard(new_job_id()) for _ in range(400))
    assert set(shards) == set(range(OPEN_SHARDS))
    assert max(shards.values()) < 200


@pytest.fixture
def table(cloud: Cloud, installation: Installation) -> JobTable:
    return JobTable(cloud.dynamodb, installation.topology.jobs.name)


async def test_a_created_job_is_there_at_once_with_its_recipe_and_details(table: JobTable) -> None:
    job = replace(new_job(), pending=parts_of(new_job().variants))
    assert await table.create(new(job, order="42"))
    assert await table.get(JOB_ID) == job
    assert await table.recipe_of(JOB_ID) == PRESETS["web"]
    assert await table.with_details(JOB_ID) == (job, JobDetails(metadata={"order": "42"}))


async def test_a_job_that_nothing_is_told_of_has_no_details(cloud: Cloud, table: JobTable) -> None:
    assert await table.create(new())
    assert await table.with_details(JOB_ID) == (new_job(), JobDetails())
    items = (await cloud.dynamodb.scan(TableName=table.name))["Items"]
    assert sorted(item["job_id"]["S"].removeprefix(JOB_ID) for item in items) == ["", "#recipe"]


async def test_a_job_with_a_callback_url_has_details_that_its_deliveries_go_into(cloud: Cloud, table: JobTable) -> None:
    assert await table.create(new(replace(new_job(), callback_url="https://example.com/hook")))
    items = (await cloud.dynamodb.scan(TableName=table.name))["Items"]
    assert {item["job_id"]["S"] for item in items} == {JOB_ID, f"{JOB_ID}#recipe", f"{JOB_ID}#details"}


async def test_a_job_that_is_described_while_it_is_read_is_told_with_the_description(
    cloud: Cloud, table: JobTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cloud.dynamodb.put_item(TableName=table.name, Item=to_item(replace(new_job(), described=True)))
    read = table.batch

    async def described_in_between(keys: list[Item], projection: str | None = None) -> list[Item]:
        items = await read(keys, projection)
        await cloud.dynamodb.put_item(
            TableName=table.name, Item=details_item(JOB_ID, JobDetails(description=DESCRIPTION))
        )
        return items

    monkeypatch.setattr(table, "batch", described_in_between)
    found = await table.with_details(JOB_ID)
    assert found is not None
    assert found[1].description == DESCRIPTION


async def test_a_job_is_created_once_and_leaves_the_recipe_of_the_first(table: JobTable) -> None:
    assert await table.create(new())
    other = NewJob(job=replace(new_job(), owner="other"), recipe=PRESETS["optimize"])
    assert not await table.create(other)
    kept = await table.get(JOB_ID)
    assert kept is not None
    assert kept.owner == "demo"
    assert await table.recipe_of(JOB_ID) == PRESETS["web"]


async def test_a_job_that_is_not_there_is_none(table: JobTable) -> None:
    assert await table.get(JOB_ID) is None
    assert await table.recipe_of(JOB_ID) is None
    assert await table.with_details(JOB_ID) is None
    assert key(JOB_ID) == {"job_id": {"S": JOB_ID}}


async def test_pending_parts_are_a_set_that_an_update_can_take_from(cloud: Cloud, installation: Installation) -> None:
    table = JobTable(cloud.dynamodb, installation.topology.jobs.name)
    await table.create(new(replace(new_job(), pending=frozenset({SOURCE_PART, "320w-webp"}))))
    await cloud.dynamodb.update_item(
        TableName=installation.topology.jobs.name,
        Key=key(JOB_ID),
        UpdateExpression="DELETE pending :part",
        ConditionExpression="contains(pending, :name)",
        ExpressionAttributeValues={":part": {"SS": ["320w-webp"]}, ":name": {"S": "320w-webp"}},
    )
    left = await table.get(JOB_ID)
    assert left is not None
    assert left.pending == {SOURCE_PART}
