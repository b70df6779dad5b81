"""How long S3 keeps each version of an object, by the lifecycle rules of the buckets."""

from datetime import UTC, datetime, timedelta

import pytest

from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.support.lifecycle import DAY, fate

KEY = "uploads/0/cat.jpg"
PUT_AT = [
    datetime(2026, 3, 1, tzinfo=UTC),
    datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC),
]


async def put_twice(cloud: Cloud, bucket: str) -> tuple[str, str]:
    """Put an object twice. Return the ids of the replaced version and of the current one."""
    first, second = [
        (await cloud.s3.put_object(Bucket=bucket, Key=KEY, Body=body))["VersionId"] for body in (b"1", b"2")
    ]
    for version_id, body in ((first, b"1"), (second, b"2")):
        answer = await cloud.s3.get_object(Bucket=bucket, Key=KEY, VersionId=version_id)
        assert await answer["Body"].read() == body
    return first, second


@pytest.mark.parametrize("put_at", PUT_AT)
async def test_an_original_is_readable_for_seven_days_and_gone_as_every_version_by_day_nine(
    cloud: Cloud, installation: Installation, put_at: datetime
) -> None:
    bucket = installation.topology.originals.name
    rules = (await cloud.s3.get_bucket_lifecycle_configuration(Bucket=bucket))["Rules"]
    replaced, current = await put_twice(cloud, bucket)
    replaced_at = put_at + timedelta(minutes=10)
    fates = {
        replaced: fate(rules, put_at, replaced_at=replaced_at),
        current: fate(rules, replaced_at),
    }
    hidden_at = fates[current].hidden_at
    assert hidden_at is not None
    assert hidden_at >= replaced_at + 7 * DAY
    for version_id, put in ((replaced, put_at), (current, replaced_at)):
        deleted_at = fates[version_id].deleted_at
        assert deleted_at is not None
        assert deleted_at <= put + 9 * DAY
    assert fates[replaced].deleted_at == datetime(2026, 3, 3, tzinfo=UTC) + (
        DAY if replaced_at.date() > put_at.date() else timedelta()
    )


async def test_results_do_not_expire_and_a_deleted_one_can_be_restored_for_thirty_days(
    cloud: Cloud, installation: Installation
) -> None:
    bucket = installation.topology.results.name
    rules = (await cloud.s3.get_bucket_lifecycle_configuration(Bucket=bucket))["Rules"]
    deleted, _ = await put_twice(cloud, bucket)
    deleted_at = PUT_AT[0] + 100 * DAY
    fates = {deleted: fate(rules, PUT_AT[0], replaced_at=deleted_at), "kept": fate(rules, PUT_AT[0])}
    assert fates[deleted].deleted_at == deleted_at + 30 * DAY
    assert fates["kept"].hidden_at is None
