"""Tests one owner's flood against another owner's single job, by the order of the jobs and not by a clock."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.support.api import Api, open_api
from tests.support.waiting import until
from tests.system.conftest import new_key
from tests.system.faults.evidence import all_items
from tests.system.faults.killing import PICTURE
from tests.system.faults.rig import IMPATIENT, Rig

FLOOD = 24
SHARE = int(IMPATIENT["DARKROOM_TASKS_PER_OWNER"])
IN_HAND = 2
"""Tasks that the rig's processor receives at the same time."""


@pytest_asyncio.fixture
async def quiet(rig: Rig) -> AsyncIterator[Api]:
    """Open the client of an owner with one job."""
    async with open_api(rig.system.url, await new_key(rig.cloud, rig.installation)) as api:
        yield api


async def uploaded(api: Api, count: int) -> list[str]:
    """Upload images and return the IDs of the jobs, in order."""
    return [(await api.upload(PICTURE))["job_id"] for _ in range(count)]


async def order_of(rig: Rig, job_ids: list[str], moment: str) -> list[str]:
    """Return the jobs in the order of this moment, after all have ended."""

    async def all_over() -> bool:
        items = await all_items(rig.cloud, rig.installation)
        ended = {item["job_id"] for item in items if item["status"] == "completed"}
        return ended >= set(job_ids)

    await until(all_over, seconds=60)
    reached = {item["job_id"]: item[moment] for item in await all_items(rig.cloud, rig.installation)}
    return sorted(job_ids, key=lambda job_id: reached[job_id])


async def test_job_is_processed_before_an_earlier_flood_of_another_owner(rig: Rig, quiet: Api) -> None:
    await rig.service("processor").kill()
    flood = await uploaded(rig.api, FLOOD)
    [job_id] = await uploaded(quiet, 1)

    async def all_queued() -> bool:
        items = await all_items(rig.cloud, rig.installation)
        return all(item["status"] == "queued" for item in items if item["job_id"] in {*flood, job_id})

    await until(all_queued)
    assert await rig.depth(rig.installation.tasks.url) <= SHARE + IN_HAND + 1

    await rig.mend()

    order = await order_of(rig, [*flood, job_id], "completed_at")
    assert order.index(job_id) <= SHARE + IN_HAND


async def test_job_is_started_before_an_earlier_flood_of_another_owner(rig: Rig, quiet: Api) -> None:
    await rig.service("orchestrator").kill()
    flood = await uploaded(rig.api, FLOOD)
    [job_id] = await uploaded(quiet, 1)

    await rig.mend()

    order = await order_of(rig, [*flood, job_id], "queued_at")
    assert order.index(job_id) <= FLOOD // 2
