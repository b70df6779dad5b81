"""Tests of many lists and many waits at once: the answer beyond the slots is 503, and all others take little memory."""

import asyncio
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx

from darkroom.errors import Unavailable
from darkroom.tables.details_item import details_item
from darkroom.tables.job_item import to_item
from darkroom.tables.recipe_item import recipe_item
from darkroom_local.installation import Installation
from darkroom_upload.admission import Admission
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tests.upload.api.test_streaming import process
from tests.upload.examples import waiting
from tests.upload.records import put_job
from tests.upload.service import KEY, OWNER, STRANGER_KEY, RunningService
from tools.testbed.largest_jobs import largest_job

LISTS = 40
JOBS = 100
MOST_BYTES = 400 * 1024 * 1024


def taken(stack: ExitStack, places: Admission, owner: str) -> None:
    """Take all slots that an owner may hold."""
    with suppress(Unavailable):
        while True:
            stack.enter_context(places.slot(owner))


async def test_lists_beyond_the_owners_slots_are_refused(upload: RunningService) -> None:
    with ExitStack() as others:
        taken(others, upload.services.list_slots, OWNER)
        refused = await upload.client.get("/jobs")
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert refused.headers["retry-after"]
        assert (await upload.client.get("/jobs", headers={"x-api-key": STRANGER_KEY})).status_code == 200
    assert (await upload.client.get("/jobs")).status_code == 200


async def test_waits_beyond_the_owners_slots_are_refused(upload: RunningService) -> None:
    job = await put_job(upload, waiting())
    with ExitStack() as others:
        taken(others, upload.services.wait_slots, OWNER)
        refused = await upload.client.get(f"/status/{job.job_id}", params={"wait": 20})
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert refused.headers["retry-after"]
        assert (await upload.client.get(f"/status/{job.job_id}")).status_code == 200, (
            "a request without a wait is answered"
        )


async def test_a_wait_gives_its_slot_back(upload: RunningService) -> None:
    job = await put_job(upload, waiting())
    free = upload.services.wait_slots._free
    waits = [asyncio.create_task(upload.client.get(f"/status/{job.job_id}", params={"wait": 20})) for _ in range(3)]
    await until(lambda: upload.services.wait_slots._free == free - 3)
    await put_job(upload, waiting(job_id=job.job_id, attempt=2))
    assert {answer.status_code for answer in await asyncio.gather(*waits)} == {200}
    assert upload.services.wait_slots._free == free


async def test_forty_lists_of_the_largest_jobs_at_once_take_little_memory_and_block_nothing(
    cloud: Cloud, installation: Installation
) -> None:
    table = installation.topology.jobs.name
    for _ in range(JOBS):
        new, details = largest_job(32, owner=OWNER)
        job_id = new.job.job_id
        for item in (to_item(new.job), recipe_item(job_id, new.recipe), details_item(job_id, details)):
            await cloud.dynamodb.put_item(TableName=table, Item=item)
    async with (
        process(installation.environment()) as running,
        httpx.AsyncClient(
            base_url=running.url,
            headers={"x-api-key": KEY},
            timeout=120,
            limits=httpx.Limits(max_connections=None),
            trust_env=False,
        ) as client,
    ):
        lists = [asyncio.create_task(client.get("/jobs", params={"limit": JOBS})) for _ in range(LISTS)]
        await asyncio.sleep(0)
        healthy = asyncio.create_task(client.get("/healthz"))
        answers = await asyncio.gather(*lists)
        assert (await healthy).status_code == 200
        for answer in answers:
            assert answer.status_code == 200, answer.text
            assert len(answer.json()["items"]) == JOBS
        assert _peak_bytes(running.child.pid) < MOST_BYTES


def _peak_bytes(pid: int) -> int:
    """Return the greatest resident memory of a process so far, in bytes."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024
