"""Tests kill -9 of the orchestrator at each change of a publication and of a withdrawal."""

import asyncio
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import pytest

from tests.support.aws_proxy import Moment
from tests.support.waiting import until
from tests.system.faults.evidence import all_items, objects_in, public_keys_of, public_work, stored_bytes
from tests.system.faults.killing import submitted
from tests.system.faults.rig import LONGEST_WAIT_SECONDS, Rig

_MARK: Final = "TransactWriteItems jobs+jobs+accounts"
"""The transaction that publishes a job, or unpublishes it, and counts its copies."""


@dataclass(frozen=True, kw_only=True)
class Death:
    """A request, and the change of AWS during which the orchestrator dies."""

    request: str
    call: str
    occurrence: int = 1

    def __str__(self) -> str:
        return f"{self.request}: {self.call} {self.occurrence}"


DEATHS: Final = (
    Death(request="PUT /jobs/{}/published", call="PutItem jobs"),
    Death(request="PUT /jobs/{}/published", call="CopyObject results", occurrence=2),
    Death(request="PUT /jobs/{}/published", call=_MARK),
    Death(request="DELETE /jobs/{}/published", call=_MARK),
    Death(request="DELETE /jobs/{}/published", call="DeleteObjects results"),
    Death(request="DELETE /jobs/{}/published", call="DeleteObjects results", occurrence=2),
    Death(request="DELETE /jobs/{}", call=_MARK),
    Death(request="DELETE /jobs/{}", call="DeleteObjects results", occurrence=2),
)


async def settled(rig: Rig) -> None:
    """Wait until no work on public copies is left."""

    async def nothing_left() -> bool:
        return not await public_work(rig.cloud, rig.installation)

    async with rig.explained("public copies to be settled"):
        await until(nothing_left, seconds=LONGEST_WAIT_SECONDS)


async def ended_job(rig: Rig, *, published: bool) -> str:
    """Return a job that has ended, published or not."""
    job_id = await submitted(rig, uuid4().hex)
    await rig.over(job_id)
    if not published:
        assert (await rig.api.http.delete(f"/jobs/{job_id}/published")).status_code == 204
    await settled(rig)
    return job_id


@pytest.mark.exhaustive
@pytest.mark.parametrize("death", DEATHS, ids=str)
async def test_orchestrator_may_die_while_it_publishes_and_withdraws(rig: Rig, death: Death) -> None:
    """Afterwards exactly the published results have public copies, and all are counted."""
    method, path = death.request.split()
    job_id = await ended_job(rig, published=method == "DELETE")
    with rig.proxies["orchestrator"].trap(death.call, occurrence=death.occurrence, moment=Moment.UNANSWERED) as trap:
        request = asyncio.create_task(rig.api.http.request(method, path.format(job_id)))
        async with rig.explained(f"{death.call}"), asyncio.timeout(LONGEST_WAIT_SECONDS):
            await trap.sprung.wait()
        await rig.service("orchestrator").kill()
        trap.cut()
        await rig.mend()
    await request
    if path.endswith("{}"):
        assert (await rig.api.http.request(method, path.format(job_id))).status_code in {204, 404}

    await settled(rig)

    items = await all_items(rig.cloud, rig.installation)
    assert {item["job_id"]: item for item in items}.get(job_id, {}).get("published", False) == (method == "PUT")
    objects = await objects_in(rig.cloud, rig.installation.topology.results.name)
    named = {key for item in items for key in public_keys_of(item)}
    assert {key for key in objects if key.startswith("public/")} == named
    counted = await stored_bytes(rig.cloud, rig.installation)
    assert counted == sum(item.get("stored_bytes", 0) for item in items)
