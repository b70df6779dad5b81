"""Tests that no result exists without a job that names it, and the reverse."""

import asyncio
from typing import Any, Final
from uuid import uuid4

import pytest

from tests.support.aws_calls import Call
from tests.support.aws_proxy import Answer, Moment
from tests.support.interceptions import Observed
from tests.support.waiting import until
from tests.system.faults.evidence import Item, orphans
from tests.system.faults.killing import submitted
from tests.system.faults.rig import LONGEST_WAIT_SECONDS, Rig

_DELETION: Final = "TransactWriteItems jobs+jobs+jobs+jobs+accounts"
"""The transaction that deletes a job, its recipe and its details, leaves a tombstone, and frees its stored bytes."""


class Readable:
    """Checks, whenever a job becomes complete, whether its results can be read."""

    def __init__(self, rig: Rig) -> None:
        self.completed: set[str] = set()
        self.missing: list[str] = []
        self._arena = rig

    async def look(self, call: Call, answer: Answer) -> None:
        """See Observed. The end is part of a transaction, whose answer does not contain the job."""
        del answer
        jobs = [part["Update"]["Key"]["job_id"]["S"] for part in call.fields()["TransactItems"] if _moves(part)]
        for job_id in jobs:
            await self._look_at(await self._arena.item(job_id))

    async def _look_at(self, job: Item) -> None:
        if job.get("status") != "completed":
            return
        self.completed.add(job["job_id"])
        stored = await self._arena.evidence(job["job_id"])
        named = {state["result"]["key"].replace(job["job_id"], "JOB") for state in job["variants"].values()}
        self.missing += sorted(named - set(stored.pictures))


async def test_no_job_is_complete_before_all_its_results_can_be_read(rig: Rig) -> None:
    readable = Readable(rig)
    with (
        rig.proxies["orchestrator"].intercepted(Observed("TransactWriteItems", readable.look)),
        rig.proxies["processor"].trap("PutObject results", occurrence=2, moment=Moment.BEFORE) as trap,
    ):
        job_id = await submitted(rig, uuid4().hex)
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            await trap.sprung.wait()
        # After another job has ended, a report that was sent too early would have been handled too.
        other = await submitted(rig, uuid4().hex)
        await until(lambda: completed(rig, other))
        assert (await rig.item(job_id))["pending"]
        trap.let_go()
        assert await rig.over(job_id) == "completed"
    assert (readable.completed, readable.missing) == ({job_id, other}, [])


def _moves(part: dict[str, Any]) -> bool:
    """Return whether a write of a transaction changes the status of a job."""
    update = part.get("Update", {})
    return "job_id" in update.get("Key", {}) and "#status" in update.get("UpdateExpression", "")


async def completed(rig: Rig, job_id: str) -> bool:
    return bool((await rig.item(job_id))["status"] == "completed")


@pytest.mark.parametrize(
    "call",
    ["DeleteObjects results", pytest.param(_DELETION, marks=pytest.mark.exhaustive)],
)
async def test_next_deletion_finishes_one_that_died_halfway(call: str, rig: Rig) -> None:
    job_id = await submitted(rig, uuid4().hex)
    assert await rig.over(job_id) == "completed"
    with rig.proxies["orchestrator"].trap(call, moment=Moment.UNANSWERED) as trap:
        deletion = asyncio.create_task(rig.api.http.delete(f"/jobs/{job_id}"))
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            await trap.sprung.wait()
        await rig.service("orchestrator").kill()
    assert (await deletion).status_code == 503
    await rig.mend()
    assert (await rig.api.http.delete(f"/jobs/{job_id}")).status_code in {204, 404}
    assert await rig.item(job_id) == {}
    assert (await rig.evidence(job_id)).pictures == {}
    assert await orphans(rig.cloud, rig.installation) == []
