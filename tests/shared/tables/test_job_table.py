"""The jobs table: reading and creating jobs."""

from dataclasses import replace

import pytest

from darkroom.job_details import JobDetails
from darkroom.jobs import SOURCE_PART, Job, NewJob, parts_of
from darkroom.tables.details_item import details_item
from darkroom.tables.dynamodb import Item
from darkroom.tables.job_item import key, to_item
from darkroom.tables.job_table import JobTable
from darkroom_local.installation import Installation
from tests.shared.examples import DESCRIPTION, JOB_ID, PRESETS, new_job
from tests.support.emulator import Cloud


def new(job: Job | None = None, **metadata: str) -> NewJob:
    """Return a new job with its recipe and this metadata."""
    return NewJob(job=job or new_job(), recipe=PRESETS["web"], metadata=metadata)


@pytest.fixture
def table(cloud: Cloud, installation: Installation) -> JobTable:
    return JobTable(cloud.dynamodb, installation.topology.jobs.name)


async def test_a_created_job_can_be_read_at_once_with_its_recipe_and_details(table: JobTable) -> None:
    job = replace(new_job(), pending=parts_of(new_job().variants))
    assert await table.create(new(job, order="42"))
    assert await table.get(JOB_ID) == job
    assert await table.recipe_of(JOB_ID) == PRESETS["web"]
    assert await table.with_details(JOB_ID) == (job, JobDetails(metadata={"order": "42"}))


async def test_a_job_without_metadata_and_callback_has_no_details(cloud: Cloud, table: JobTable) -> None:
    assert await table.create(new())
    assert await table.with_details(JOB_ID) == (new_job(), JobDetails())
    items = (await cloud.dynamodb.scan(TableName=table.name))["Items"]
    assert sorted(item["job_id"]["S"].removeprefix(JOB_ID) for item in items) == ["", "#recipe"]


async def test_a_job_with_a_callback_url_has_details_for_its_deliveries(cloud: Cloud, table: JobTable) -> None:
    assert await table.create(new(replace(new_job(), callback_url="https://example.com/hook")))
    items = (await cloud.dynamodb.scan(TableName=table.name))["Items"]
    assert {item["job_id"]["S"] for item in items} == {JOB_ID, f"{JOB_ID}#recipe", f"{JOB_ID}#details"}


async def test_a_job_that_is_described_during_a_read_is_read_with_its_description(
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


async def test_a_second_job_with_the_same_id_changes_nothing(table: JobTable) -> None:
    assert await table.create(new())
    other = NewJob(job=replace(new_job(), owner="other"), recipe=PRESETS["optimize"])
    assert not await table.create(other)
    kept = await table.get(JOB_ID)
    assert kept is not None
    assert kept.owner == "demo"
    assert await table.recipe_of(JOB_ID) == PRESETS["web"]


async def test_a_missing_job_is_none(table: JobTable) -> None:
    assert await table.get(JOB_ID) is None
    assert await table.recipe_of(JOB_ID) is None
    assert await table.with_details(JOB_ID) is None
    assert key(JOB_ID) == {"job_id": {"S": JOB_ID}}


async def test_an_update_can_remove_one_pending_part(cloud: Cloud, installation: Installation) -> None:
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
