"""Tests kill -9 while a variant on request is made: the next request gets it, and nothing is left over."""

import asyncio
import json
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import httpx
import pytest

from tests.support.aws_proxy import Moment
from tests.support.waiting import until
from tests.system.faults.evidence import all_items, objects_in, orphans, public_work, stored_bytes
from tests.system.faults.killing import PICTURE
from tests.system.faults.rig import LONGEST_WAIT_SECONDS, Rig

_RECIPE: Final = {
    "publish": True,
    "variants": [
        {"name": "now", "operations": [{"op": "grayscale"}]},
        {
            "name": "later",
            "operations": [{"op": "rotate", "angle": 90}],
            "when": "requested",
            "output": {"format": "webp"},
        },
    ],
}


@dataclass(frozen=True, kw_only=True)
class Death:
    """A service, and the change of AWS during which it dies."""

    service: str
    call: str

    def __str__(self) -> str:
        return f"{self.service}: {self.call}"


BRIEF: Final = Death(service="orchestrator", call="CopyObject results")
"""The public copy is there, and the job does not name the variant yet."""
DEATHS: Final = (
    Death(service="orchestrator", call="UpdateItem jobs"),
    Death(service="orchestrator", call="SendMessageBatch tasks"),
    Death(service="orchestrator", call="TransactWriteItems jobs+accounts"),
    Death(service="orchestrator", call="DeleteMessageBatch reports"),
    Death(service="processor", call="PutObject results"),
    Death(service="processor", call="SendMessageBatch reports"),
    Death(service="processor", call="DeleteMessageBatch tasks"),
)


async def ended_job(rig: Rig) -> str:
    """Return a published job that has ended, with a variant on request."""
    answer = await rig.api.http.post(
        "/uploads",
        files={"file": ("cat.jpg", PICTURE)},
        data={"recipe": json.dumps(_RECIPE)},
        headers={"Idempotency-Key": uuid4().hex},
    )
    assert answer.status_code == 202, answer.text
    job_id = str(answer.json()["job_id"])
    assert await rig.over(job_id) == "completed"
    return job_id


async def asked(rig: Rig, job_id: str) -> httpx.Response:
    """Ask for the variant until it is there. Raises TimeoutError."""
    async with rig.explained("a variant on request"), asyncio.timeout(LONGEST_WAIT_SECONDS):
        while True:
            answer = await rig.api.http.get(f"/public/{job_id}/later.webp")
            if answer.status_code != 503:
                return answer
            await asyncio.sleep(0.2)


async def require_made_once(rig: Rig, job_id: str) -> None:
    """Require that the job names the variant, and that nothing else is stored or counted."""

    async def settled() -> bool:
        return not await public_work(rig.cloud, rig.installation)

    await rig.quiet()
    await until(settled, seconds=LONGEST_WAIT_SECONDS)
    items = await all_items(rig.cloud, rig.installation)
    (state,) = [item["variants"]["later"] for item in items if item["job_id"] == job_id]
    objects = await objects_in(rig.cloud, rig.installation.topology.results.name)
    assert state["status"] == "completed"
    assert len(objects[state["result"]["key"]]) == 1, "two tries made different results"
    assert f"public/{job_id}/later.webp" in objects
    assert await orphans(rig.cloud, rig.installation) == []
    counted = await stored_bytes(rig.cloud, rig.installation)
    assert counted == sum(item.get("stored_bytes", 0) for item in items)
    assert await rig.dead_letters() == 0


async def dies_and_makes_it_once(rig: Rig, death: Death) -> None:
    """Let the service die, and require that the client which asks again gets the variant."""
    job_id = await ended_job(rig)
    with rig.proxies[death.service].trap(death.call, moment=Moment.UNANSWERED) as trap:
        request = asyncio.create_task(asked(rig, job_id))
        async with rig.explained(death.call), asyncio.timeout(LONGEST_WAIT_SECONDS):
            await trap.sprung.wait()
        await rig.service(death.service).kill()
        trap.cut()
        await rig.mend()
    answer = await request
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    await require_made_once(rig, job_id)


async def test_variant_on_request_is_made_once_though_the_orchestrator_dies(rig: Rig) -> None:
    await dies_and_makes_it_once(rig, BRIEF)


@pytest.mark.exhaustive
@pytest.mark.parametrize("death", DEATHS, ids=str)
async def test_variant_on_request_is_made_once_wherever_a_service_dies(rig: Rig, death: Death) -> None:
    await dies_and_makes_it_once(rig, death)
