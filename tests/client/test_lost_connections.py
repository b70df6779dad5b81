"""Both clients against the running system, by a relay that breaks their connections."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio

from darkroom_client import AsyncClient, JobStatus, errors
from darkroom_local.system import System
from tests.client.shells import Shell, opened
from tests.support.relay import Fault, Relay, relaying
from tests.support.waiting import until
from tools.testbed.images import jpeg

CAT = jpeg(400, 300) + bytes(200_000)


@pytest_asyncio.fixture
async def relay(system: System) -> AsyncIterator[Relay]:
    """The way of the client to the service."""
    async with relaying(system.url) as relay:
        yield relay


@pytest_asyncio.fixture
async def darkroom(shell: Shell, relay: Relay, key: str) -> AsyncIterator[AsyncClient]:
    """A client behind the relay."""
    async with opened(shell, relay.url, key) as client:
        yield client


@pytest.mark.parametrize(
    "fault",
    [Fault(sent=0), Fault(sent=100_000), Fault(answered=0), Fault(answered=20)],
    ids=["before the upload", "in the upload", "before the answer", "in the answer"],
)
async def test_upload_over_a_broken_connection_makes_one_job(darkroom: AsyncClient, relay: Relay, fault: Fault) -> None:
    relay.faults = [fault]
    told: list[int] = []
    receipt = await darkroom.upload(CAT, recipe="metadata", progress=lambda sent, _: told.append(sent))
    assert told[-1] == len(CAT)
    assert [job.job_id async for job in darkroom.jobs()] == [receipt.job_id]
    assert (await darkroom.wait(receipt)).status == JobStatus.COMPLETED


async def test_upload_that_never_gets_through_is_given_up(darkroom: AsyncClient, relay: Relay) -> None:
    relay.faults = [Fault(sent=100_000)] * 4
    with pytest.raises(errors.Unreachable):
        await darkroom.upload(CAT, recipe="metadata")
    assert relay.faults == []
    assert [job async for job in darkroom.jobs()] == []


async def test_stream_that_breaks_is_taken_up_where_it_was(darkroom: AsyncClient, relay: Relay) -> None:
    waiting = await presigned(darkroom)
    following = asyncio.create_task(statuses(darkroom, waiting))

    def came(times: int) -> bool:
        return relay.times_sent(b"/events") == times

    for times in (1, 2, 3):
        await until(partial(came, times))
        await asyncio.sleep(0.2)
        relay.cut()
    await until(partial(came, 4))
    await darkroom.delete(waiting)
    assert await following == [JobStatus.AWAITING_UPLOAD, JobStatus.CANCELLED]
    assert relay.times_sent(b"last-event-id: ") == 3
    assert relay.times_sent(b"/status/") == 0


async def test_status_is_asked_for_where_streams_do_not_get_through(darkroom: AsyncClient, relay: Relay) -> None:
    relay.breaks_at = lambda piece: b"/events" in piece
    waiting = await presigned(darkroom)
    following = asyncio.create_task(statuses(darkroom, waiting))
    await until(lambda: relay.times_sent(b"?wait=20") == 1)
    await darkroom.delete(waiting)
    assert await following == [JobStatus.AWAITING_UPLOAD, JobStatus.CANCELLED]
    assert relay.times_sent(b"/events") == 3


async def test_change_that_may_have_been_made_is_not_repeated(darkroom: AsyncClient, relay: Relay) -> None:
    waiting = await presigned(darkroom)
    relay.cut()
    await asyncio.sleep(0.1)  # The client sees that its connection is gone, and opens one that loses an answer.
    relay.faults = [Fault(answered=0)]
    with pytest.raises(errors.Unreachable):
        await darkroom.delete(waiting)
    assert (await darkroom.job(waiting)).status == JobStatus.CANCELLED


async def statuses(darkroom: AsyncClient, job_id: str) -> list[JobStatus]:
    """Return every status that the client reports, up to the end of the job."""
    return [job.status async for job in darkroom.events(job_id)]


async def presigned(darkroom: AsyncClient) -> str:
    """The id of a job whose image does not come."""
    body = {"filename": "cat.jpg", "content_type": "image/jpeg", "size": 9, "recipe": "metadata"}
    return str((await darkroom.ask("POST", "/uploads/presigned", json=body))["job_id"])
