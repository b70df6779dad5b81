"""Tests of recovery: a region is lost, and a second installation takes over the copies of tables and results.

The emulator replicates neither, so the tests copy them. It has one Secrets Manager for all regions.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
import pytest_asyncio

from darkroom_local.service import Service
from rehearsal.conftest import ACCOUNT, COPIES, KEY, Rehearsal
from rehearsal.copies import copy_objects, copy_table
from rehearsal.forbidden import RESULTS
from rehearsal.left_out import leave_out
from rehearsal.tasks import FIRST, Installation, running, usable_roles
from tests.support.api import Api, open_api
from tools.testbed.images import jpeg

_SECOND: Final = Installation(prefix="darkroom-west", region=COPIES)
_TABLES: Final = ("darkroom-dev-jobs", "darkroom-dev-accounts")
_COPY: Final = f"darkroom-dev-results-replica-{ACCOUNT}"


@pytest_asyncio.fixture(scope="module")
async def job(api: Api) -> dict[str, Any]:
    """Make a job in the installation that is then lost."""
    return await api.made(jpeg(64, 64), "thumbnails")


@pytest.fixture(scope="module")
def assembly(rehearsal: Rehearsal) -> Path:
    """Synthesize the installation that takes over. It needs a domain, since its region is not the edge stack's."""
    zone = boto3.client("route53").create_hosted_zone(Name="example.org", CallerReference="rehearsal")["HostedZone"]
    domain = {
        "name": "west.example.org",
        "hosted_zone_id": zone["Id"].rpartition("/")[2],
        "hosted_zone_name": "example.org",
        "certificate_arn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/site",
        "origin_certificate_arn": f"arn:aws:acm:{_SECOND.region}:{ACCOUNT}:certificate/origin",
    }
    assembly = rehearsal.toolkit.synth(
        "recovery",
        stage="dev",
        prefix=_SECOND.prefix,
        region=_SECOND.region,
        recovers=FIRST.prefix,
        domain=json.dumps(domain),
    )
    leave_out(assembly)
    return assembly


@pytest_asyncio.fixture(scope="module")
async def recovered(
    rehearsal: Rehearsal, services: dict[str, Service], job: dict[str, Any], assembly: Path
) -> AsyncIterator[Api]:
    """Run the second installation's services and return a client. The first one's services are stopped meanwhile."""
    for each in services.values():
        await each.stop()
    for table in _TABLES:
        copy_table(table, table, region=_SECOND.region)
    copy_objects(RESULTS, _COPY)
    rehearsal.toolkit.deploy(assembly, "Services")
    async with (
        running(usable_roles(ACCOUNT, _SECOND), rehearsal.emulator.environment(), _SECOND) as started,
        open_api(started["upload"].url, KEY) as api,
    ):
        yield api
    for each in services.values():
        await each.start()
    for each in services.values():
        await each.ready(seconds=60)


async def test_an_api_key_and_the_results_of_a_job_survive(recovered: Api, job: dict[str, Any]) -> None:
    found = await recovered.job(job["job_id"])
    assert found["status"] == "completed"
    assert _COPY in found["variants"][0]["url"]
    assert (await recovered.pictures(found)).keys() == {each["name"] for each in job["variants"]}


async def test_new_jobs_are_processed(recovered: Api) -> None:
    assert (await recovered.made(jpeg(64, 64), "thumbnails"))["status"] == "completed"


def test_destroying_the_second_installation_keeps_the_copies(
    rehearsal: Rehearsal, assembly: Path, recovered: Api
) -> None:
    rehearsal.toolkit.destroy(assembly)
    dynamodb = boto3.client("dynamodb", _SECOND.region)
    assert set(dynamodb.list_tables()["TableNames"]) == set(_TABLES)
    assert boto3.client("s3").list_objects_v2(Bucket=_COPY)["KeyCount"] > 0
    for table in _TABLES:
        dynamodb.delete_table(TableName=table)
