"""SIGTERM while there is work: none is begun any more, none is lost, and nobody gets an error."""

import asyncio
import os
import signal
from uuid import uuid4

import httpx
import pytest

from tests.support.waiting import until
from tests.system.faults.arena import IMPATIENT, Arena
from tests.system.faults.evidence import all_items
from tests.system.faults.killing import PICTURE, CleanRun, submitted

JOBS = 6
METADATA = {"recipe": "metadata"}
NOTICE_SECONDS = 0.7
"""A signal waits until the process has its turn on a busy machine."""
BUDGET_SECONDS = float(IMPATIENT["DARKROOM_DRAIN_SECONDS"]) + 5
"""The drain, the last poll, and the end of the interpreter."""


@pytest.mark.parametrize("service", ["orchestrator", "processor"])
async def test_a_consumer_that_is_told_to_stop_receives_no_more_and_loses_nothing(
    service: str, arena: Arena, clean: CleanRun
) -> None:
    proxy, clock = arena.proxies[service], asyncio.get_running_loop().time
    job_ids = await asyncio.gather(*(submitted(arena, uuid4().hex) for _ in range(JOBS)))
    told_at = clock()
    os.kill(arena.service(service).pid, signal.SIGTERM)
    async with asyncio.timeout(BUDGET_SECONDS):
        assert await arena.service(service).wait() == 0
    late = [name for at, name in proxy.asked if at > told_at + NOTICE_SECONDS and name.startswith("ReceiveMessage")]
    assert late == []
    await arena.mend()
    for job_id in job_ids:
        assert await arena.over(job_id) == "completed"
        assert await arena.evidence(job_id) == clean.evidence


async def test_an_upload_service_that_is_told_to_stop_answers_all_it_has_begun(arena: Arena) -> None:
    jobs_before = len(await all_items(arena.cloud, arena.installation))
    statuses: list[int] = []
    stopping = asyncio.Event()

    async def client() -> None:
        while True:
            try:
                # A connection each: one that is kept may be closed just when it is used again.
                answer = await arena.api.http.post(
                    "/uploads", files={"file": ("cat.jpg", PICTURE)}, data=METADATA, headers={"Connection": "close"}
                )
            except (httpx.ConnectError, httpx.ReadError):
                assert stopping.is_set()
                return
            statuses.append(answer.status_code)

    clients = [asyncio.create_task(client()) for _ in range(3)]
    await until(lambda: len(statuses) >= 3)
    stopping.set()
    os.kill(arena.service("upload").pid, signal.SIGTERM)
    async with asyncio.timeout(BUDGET_SECONDS):
        assert await arena.service("upload").wait() == 0
    await asyncio.gather(*clients)
    assert set(statuses) == {202}
    assert len(await all_items(arena.cloud, arena.installation)) - jobs_before == len(statuses)
