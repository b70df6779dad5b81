"""Tests kill -9 of each service at each of its calls to AWS: nothing is lost, done twice or left over.

The calls are those that the services make in a run without faults.
"""

import asyncio
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio

from tests.support.aws_proxy import Moment
from tests.system.faults.evidence import Evidence, all_items
from tests.system.faults.killing import (
    PICTURE,
    UPLOAD,
    CleanRun,
    clean_run,
    outcomes,
)
from tests.system.faults.rig import LONGEST_WAIT_SECONDS, Rig

SERVICES = ("upload", "orchestrator", "processor")


@dataclass(frozen=True, kw_only=True)
class End:
    """How a job ended."""

    status: str
    events: int
    evidence: Evidence


async def end_without_repetition(rig: Rig, call: str) -> End:
    """Kill the upload service after this call, for a client that does not repeat its upload."""
    await rig.mend()
    before = await _job_ids(rig)
    with rig.proxies["upload"].trap(call, moment=Moment.UNANSWERED) as trap:
        files = {"file": ("cat.jpg", PICTURE)}
        upload = asyncio.create_task(rig.api.http.post("/uploads", files=files, data=UPLOAD))
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            await trap.sprung.wait()
        await rig.service("upload").kill()
    (error,) = await asyncio.gather(upload, return_exceptions=True)
    assert isinstance(error, httpx.TransportError)
    await rig.mend()
    (job_id,) = await _job_ids(rig) - before
    status = await rig.over(job_id)
    return End(status=status, events=len(await rig.events_of(job_id)), evidence=await rig.evidence(job_id))


async def _job_ids(rig: Rig) -> set[str]:
    return {item["job_id"] for item in await all_items(rig.cloud, rig.installation)}


@pytest_asyncio.fixture(scope="module")
async def undisturbed(rigs: list[Rig]) -> CleanRun:
    """Return a run without faults."""
    return await clean_run(rigs[0])


@pytest.mark.parametrize("service", SERVICES)
async def test_service_may_die_after_a_change_before_it_gets_the_answer(
    service: str, rigs: list[Rig], undisturbed: CleanRun
) -> None:
    """The service dies at the worst moment of each call that changes something."""
    cases = [case for case in undisturbed.cases(service) if case.changes and case.moment is Moment.UNANSWERED]
    first = list({case.call: case for case in reversed(cases)}.values())
    assert await outcomes(rigs, first, undisturbed) == {}


@pytest.mark.exhaustive
async def test_upload_that_is_not_repeated_has_one_end(rigs: list[Rig], undisturbed: CleanRun) -> None:
    """The sweeper starts the job if its original exists, and otherwise lets it expire."""
    ends = await asyncio.gather(
        end_without_repetition(rigs[0], "TransactWriteItems jobs+jobs+accounts"),
        end_without_repetition(rigs[1], "PutObject originals"),
    )
    assert [end.status for end in ends] == ["expired", "completed"]
    assert [end.evidence.pictures for end in ends] == [{}, undisturbed.evidence.pictures]
    assert [end.events for end in ends] == [1, 1]


@pytest.mark.exhaustive
@pytest.mark.parametrize("service", SERVICES)
async def test_service_may_die_at_any_call(service: str, rigs: list[Rig], undisturbed: CleanRun) -> None:
    assert await outcomes(rigs, undisturbed.cases(service), undisturbed) == {}
