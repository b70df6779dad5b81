"""Tests many simultaneous clients."""

import asyncio
import json
from collections import Counter
from itertools import islice

from darkroom_local.system import System
from tests.support.api import Api, Job, keys_of
from tests.support.emulator import Cloud
from tools.testbed.images import jpeg

UPLOADS = 200
CLIENTS = 8
TWO_VARIANTS = json.dumps(
    {
        "variants": [
            {"name": "small", "operations": [{"op": "resize", "width": 16, "height": 16}]},
            {"name": "grey", "operations": [{"op": "grayscale"}]},
        ]
    }
)


async def test_no_upload_of_many_simultaneous_ones_is_lost_or_done_twice(
    cloud: Cloud, system: System, newcomer: Api
) -> None:
    pictures = iter([jpeg(40 + number % 20, 30 + number // 20) for number in range(UPLOADS)])

    async def client() -> list[Job]:
        mine = [await newcomer.upload(picture, TWO_VARIANTS) for picture in islice(pictures, UPLOADS // CLIENTS)]
        return [await newcomer.ended(job["job_id"], seconds=120) for job in mine]

    jobs = [job for jobs in await asyncio.gather(*(client() for _ in range(CLIENTS))) for job in jobs]
    assert len({job["job_id"] for job in jobs}) == UPLOADS
    assert Counter(job["status"] for job in jobs) == {"completed": UPLOADS}
    assert len({job["source"]["sha256"] for job in jobs}) == UPLOADS

    keys = sorted(key for job in jobs for key in keys_of(job))
    assert await object_versions(cloud, system, {job["job_id"] for job in jobs}) == keys


async def object_versions(cloud: Cloud, system: System, job_ids: set[str]) -> list[str]:
    """Return the keys of all result versions of these jobs, one for each write."""
    bucket = system.installation.topology.results.name
    pages = cloud.s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    keys = [version["Key"] async for page in pages for version in page.get("Versions", [])]
    # The name of a thumbnail's object is the id of its job; other keys have the id as a folder.
    return sorted(key for key in keys if job_ids & {part.removesuffix(".webp") for part in key.split("/")})
