"""Pictures and the jobs that name them: never one without the other."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.support.aws_calls import Call
from tests.support.aws_proxy import Answer, Moment
from tests.support.interceptions import Observed
from tests.support.waiting import until
from tests.system.faults.arena import Arena
from tests.system.faults.evidence import Item, orphans
from tests.system.faults.killing import submitted


class Readable:
    """Looks at every state in which a job becomes complete, and whether its pictures can be read then."""

    def __init__(self, arena: Arena) -> None:
        self.completed: set[str] = set()
        self.missing: list[str] = []
        self._arena = arena

    async def look(self, call: Call, answer: Answer) -> None:
        """See Observed. The end is part of a transaction, which tells nothing of the job after it."""
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


async def test_no_job_is_complete_before_all_its_pictures_can_be_read(arena: Arena) -> None:
    readable = Readable(arena)
    with (
        arena.proxies["orchestrator"].intercepted(Observed("TransactWriteItems", readable.look)),
        arena.proxies["processor"].trap("PutObject results", occurrence=2, moment=Moment.BEFORE) as trap,
    ):
        job_id = await submitted(arena, uuid4().hex)
        async with asyncio.timeout(30):
            await trap.sprung.wait()
        # Once another job has gone all the way, a report that was sent too early would have been read as well.
        other = await submitted(arena, uuid4().hex)
        await until(lambda: completed(arena, other))
        assert (await arena.item(job_id))["pending"]
        trap.let_go()
        assert await arena.over(job_id) == "completed"
    assert (readable.completed, readable.missing) == ({job_id, other}, [])


def _moves(part: dict[str, Any]) -> bool:
    """Whether a part of a transaction changes the status of a job."""
    update = part.get("Update", {})
    return "job_id" in update.get("Key", {}) and "#status" in update.get("UpdateExpression", "")


async def completed(arena: Arena, job_id: str) -> bool:
    return bool((await arena.item(job_id))["status"] == "completed")


@pytest.mark.parametrize(
    "call",
    ["DeleteObjects results", pytest.param("TransactWriteItems jobs+jobs+jobs+accounts", marks=pytest.mark.exhaustive)],
)
async def test_a_deletion_that_dies_halfway_is_finished_by_the_next(call: str, arena: Arena) -> None:
    job_id = await submitted(arena, uuid4().hex)
    assert await arena.over(job_id) == "completed"
    with arena.proxies["orchestrator"].trap(call, moment=Moment.UNANSWERED) as trap:
        deletion = asyncio.create_task(arena.api.http.delete(f"/jobs/{job_id}"))
        async with asyncio.timeout(30):
            await trap.sprung.wait()
        await arena.service("orchestrator").kill()
    assert (await deletion).status_code == 503
    await arena.mend()
    assert (await arena.api.http.delete(f"/jobs/{job_id}")).status_code in {204, 404}
    assert await arena.item(job_id) == {}
    assert (await arena.evidence(job_id)).pictures == {}
    assert await orphans(arena.cloud, arena.installation) == []
