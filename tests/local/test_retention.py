"""How long S3 keeps each version of an object, by the lifecycle rules of the buckets."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from darkroom.limits import LONGEST_ORIGINAL_DAYS
from darkroom.topology import Topology
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.support.lifecycle import DAY, fate

if TYPE_CHECKING:
    from types_aiobotocore_s3.type_defs import LifecycleRuleOutputTypeDef

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
@pytest.mark.parametrize(("key", "tags"), [(KEY, {"expire": "7"}), ("incoming/web/cat.jpg", {})])
async def test_an_original_is_readable_for_seven_days_and_gone_as_every_version_by_day_nine(
    cloud: Cloud, installation: Installation, put_at: datetime, key: str, tags: dict[str, str]
) -> None:
    rules = await rules_of(cloud, installation.topology.originals.name)
    replaced_at = put_at + timedelta(minutes=10)
    replaced = fate(rules, put_at, key=key, tags=tags, replaced_at=replaced_at)
    current = fate(rules, replaced_at, key=key, tags=tags)
    assert current.hidden_at is not None
    assert current.hidden_at >= replaced_at + 7 * DAY
    for version, put in ((replaced, put_at), (current, replaced_at)):
        assert version.deleted_at is not None
        assert version.deleted_at <= put + 9 * DAY
    assert replaced.deleted_at == datetime(2026, 3, 3, tzinfo=UTC) + (
        DAY if replaced_at.date() > put_at.date() else timedelta()
    )


async def test_an_original_without_the_tag_is_kept_even_if_another_version_replaces_it(
    cloud: Cloud, installation: Installation
) -> None:
    rules = await rules_of(cloud, installation.topology.originals.name)
    replaced = fate(rules, PUT_AT[0], key=KEY, replaced_at=PUT_AT[1])
    assert replaced.deleted_at is None
    assert fate(rules, PUT_AT[1], key=KEY).hidden_at is None


@pytest.mark.parametrize("days", [1, LONGEST_ORIGINAL_DAYS])
async def test_every_number_of_days_that_may_be_chosen_has_its_rule(
    cloud: Cloud, installation: Installation, days: int
) -> None:
    rules = await rules_of(cloud, installation.topology.originals.name)
    assert fate(rules, PUT_AT[0], key=KEY, tags={"expire": str(days)}).hidden_at == PUT_AT[0] + days * DAY


def test_drops_expire_after_the_days_of_the_installation() -> None:
    (rule,) = [each for each in Topology.named("dr", original_days=3).originals.lifetimes if each.prefix]
    assert (rule.prefix, rule.days) == ("incoming/", 3)


async def test_results_do_not_expire_and_a_deleted_one_can_be_restored_for_thirty_days(
    cloud: Cloud, installation: Installation
) -> None:
    bucket = installation.topology.results.name
    rules = await rules_of(cloud, bucket)
    deleted, _ = await put_twice(cloud, bucket)
    deleted_at = PUT_AT[0] + 100 * DAY
    fates = {
        deleted: fate(rules, PUT_AT[0], key=KEY, replaced_at=deleted_at),
        "kept": fate(rules, PUT_AT[0], key=KEY),
    }
    assert fates[deleted].deleted_at == deleted_at + 30 * DAY
    assert fates["kept"].hidden_at is None


async def rules_of(cloud: Cloud, bucket: str) -> "list[LifecycleRuleOutputTypeDef]":
    """Return the lifecycle rules of a bucket."""
    return (await cloud.s3.get_bucket_lifecycle_configuration(Bucket=bucket))["Rules"]
