"""Tests of invalidations, at the emulator's CloudFront."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest_asyncio

from darkroom.runtime.aws import Aws
from darkroom_orchestrator.publishing.cloudfront import MOST_PATHS, CloudFrontCdn
from darkroom_orchestrator.publishing.withdraw import Withdraw
from darkroom_orchestrator.records.public_works import PublicWorks
from darkroom_orchestrator.storage.public_copies import PublicCopies
from tests.orchestrator.harness import Harness
from tests.orchestrator.publishing.stories import ended_job
from tests.support.emulator import Cloud


@pytest_asyncio.fixture(scope="module")
async def cloudfront(cloud: Cloud) -> AsyncIterator[Any]:
    async with Aws().cloudfront() as client:
        yield client


@pytest_asyncio.fixture
async def distribution(cloudfront: Any) -> str:
    """Return the id of a new distribution."""
    answer = await cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": uuid4().hex,
            "Comment": "",
            "Enabled": True,
            "Origins": {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "results",
                        "DomainName": "results.s3.amazonaws.com",
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                    }
                ],
            },
            "DefaultCacheBehavior": {"TargetOriginId": "results", "ViewerProtocolPolicy": "https-only"},
        }
    )
    return str(answer["Distribution"]["Id"])


async def invalidated(cloudfront: Any, distribution: str) -> list[list[str]]:
    """Return the paths of all invalidations of a distribution."""
    listed = await cloudfront.list_invalidations(DistributionId=distribution)
    found = []
    for each in listed["InvalidationList"].get("Items", []):
        told = await cloudfront.get_invalidation(DistributionId=distribution, Id=each["Id"])
        found.append(sorted(told["Invalidation"]["InvalidationBatch"]["Paths"]["Items"]))
    return found


async def test_paths_of_several_jobs_are_one_invalidation(cloudfront: Any, distribution: str) -> None:
    cdn = CloudFrontCdn(cloudfront, distribution, collecting_seconds=0.2)
    ids = await asyncio.gather(*(cdn.invalidate([f"/public/{job}/a.webp"], reference=job) for job in "123"))
    assert len(set(ids)) == 1
    assert await invalidated(cloudfront, distribution) == [[f"/public/{job}/a.webp" for job in "123"]]
    assert ids[0] is not None
    assert await cdn.is_invalidated(ids[0])


async def test_full_batch_is_sent_at_once_and_no_batch_is_too_large(cloudfront: Any, distribution: str) -> None:
    cdn = CloudFrontCdn(cloudfront, distribution, collecting_seconds=3600)
    many = [f"/public/1/{number}.webp" for number in range(MOST_PATHS - 1)]
    first = asyncio.create_task(cdn.invalidate(many, reference="1"))
    await asyncio.sleep(0)
    second = asyncio.create_task(cdn.invalidate(["/public/2/a.webp", "/public/2/b.webp"], reference="2"))
    assert await first != await second
    assert sorted(map(len, await invalidated(cloudfront, distribution))) == [2, MOST_PATHS - 1]


async def test_repetition_is_the_same_invalidation_and_another_withdrawal_is_not(
    cloudfront: Any, distribution: str
) -> None:
    cdn = CloudFrontCdn(cloudfront, distribution, collecting_seconds=0)
    paths = ["/public/1/a.webp", "/public/1/b.webp"]
    ids = [await cdn.invalidate(paths, reference=reference) for reference in ("first", "first", "second")]
    assert ids[0] == ids[1] != ids[2]
    assert await invalidated(cloudfront, distribution) == [paths, paths]


async def test_unknown_invalidation_was_completed_long_ago(cloudfront: Any, distribution: str) -> None:
    assert await CloudFrontCdn(cloudfront, distribution).is_invalidated("unknown")


async def test_withdrawal_invalidates_the_exact_paths_and_ends_when_the_cdn_confirms(
    harness: Harness, cloudfront: Any, distribution: str
) -> None:
    job = await ended_job(harness, published=True)
    paths = sorted(f"/{key}" for key in await harness.public_keys())
    settings, dynamodb = harness.settings, harness.clients.dynamodb
    works = PublicWorks(
        dynamodb, settings.jobs_table, now=harness.now, period=harness.orchestrator.publish.works.period
    )
    withdraw = Withdraw(
        jobs=harness.jobs,
        works=works,
        copies=PublicCopies(harness.s3, settings.results_bucket),
        cdn=CloudFrontCdn(cloudfront, distribution, collecting_seconds=0),
    )
    assert await withdraw.begin(job)

    await withdraw(job.job_id)

    assert await invalidated(cloudfront, distribution) == [paths]
    work = await works.get(job.job_id)
    assert work is not None
    assert work.invalidation is not None
    harness.now.forward(minutes=2)
    await withdraw(job.job_id)
    assert await works.get(job.job_id) is None
    assert await invalidated(cloudfront, distribution) == [paths], "nothing is paid for twice"
