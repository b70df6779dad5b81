"""Tests of long answers after a revocation: event streams end at the next event, and waits are refused."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import httpx
import pytest

from darkroom import clock
from darkroom.accounts.api_keys import Scope, digest_of
from darkroom.accounts.users import User
from darkroom.jobs import Job, new_job_id
from darkroom.tables.api_key_table import KeyTable
from darkroom.tables.user_table import UserTable
from darkroom_local.installation import Installation
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tests.support.events import open_events, statuses
from tests.support.waiting import until
from tests.upload.browser import Browser
from tests.upload.examples import completed, queued, settled, waiting
from tests.upload.records import put_job
from tests.upload.service import RunningService, put_key

End = Callable[[], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Follower:
    """A client that may see the jobs of `owner` until `end` is called."""

    client: httpx.AsyncClient
    owner: str
    end: End


REVOKED: Final = ["a revoked key", "a key without the scope", "a key of another owner"]
OVER: Final = ["a logout", "a disabled user"]


@pytest.fixture(params=[*REVOKED, *OVER])
async def follower(
    request: pytest.FixtureRequest,
    cloud: Cloud,
    shared_installation: Installation,
    upload: RunningService,
    users: UserTable,
    user: User,
    ann: Browser,
) -> AsyncIterator[Follower]:
    end = request.param
    if end in OVER:
        yield Follower(client=ann.client, owner=user.owner, end=partial(_end_session, end, ann, users, user))
        return
    key, owner = f"key-{new_job_id()}", f"owner-{new_job_id()}"
    await put_key(cloud.dynamodb, shared_installation, key, owner)
    keys = KeyTable(cloud.dynamodb, shared_installation.topology.accounts.name, CIPHER)
    async with httpx.AsyncClient(
        base_url=upload.url, headers={"x-api-key": key}, timeout=30, trust_env=False
    ) as client:
        yield Follower(client=client, owner=owner, end=partial(_change_key, end, keys, digest_of(key)))


async def _end_session(how: str, ann: Browser, users: UserTable, user: User) -> None:
    if how == "a logout":
        assert (await ann.post("/auth/logout")).status_code == 204
    else:
        assert await users.change(user.disabled(clock.now()), instead_of=user)


async def _change_key(how: str, keys: KeyTable, digest: str) -> None:
    if how == "a revoked key":
        assert await keys.revoke(digest, clock.now())
        return
    kept = await keys.find(digest)
    assert kept is not None
    await keys.put(replace(kept, scopes=frozenset({Scope.UPLOAD})) if "scope" in how else replace(kept, owner="other"))


async def job_of(cloud: Cloud, upload: RunningService, follower: Follower) -> Job:
    return await put_job(upload, waiting(owner=follower.owner))


async def test_a_stream_ends_at_the_next_event(cloud: Cloud, upload: RunningService, follower: Follower) -> None:
    job = await job_of(cloud, upload, follower)
    begun = queued(job_id=job.job_id, owner=follower.owner)
    async with open_events(follower.client, job.job_id) as events:
        first = [await anext(events)]
        await put_job(upload, begun)
        first.append(await anext(events))
        assert statuses(first) == ["awaiting_upload", "queued"]
        await follower.end()
        await put_job(upload, settled(begun, "square-64"))
        assert [event async for event in events] == [], "the stream ends without the event"
    await until(lambda: job.job_id not in upload.services.watcher._waiters)
    again = await follower.client.get(f"/jobs/{job.job_id}/events")
    assert again.status_code in {401, 403, 404}


async def test_a_wait_does_not_show_the_job_after_a_revocation(
    cloud: Cloud, upload: RunningService, follower: Follower
) -> None:
    job = await job_of(cloud, upload, follower)
    asked = asyncio.create_task(follower.client.get(f"/status/{job.job_id}", params={"wait": 20}))
    await until(lambda: job.job_id in upload.services.watcher._waiters)
    await follower.end()
    await put_job(upload, completed(job_id=job.job_id, owner=follower.owner))
    answer = await asked
    assert answer.status_code in {401, 403}
    assert "cat.jpg" not in answer.text


async def test_a_revoked_key_does_not_learn_that_a_job_was_deleted(
    cloud: Cloud, upload: RunningService, follower: Follower
) -> None:
    job = await job_of(cloud, upload, follower)
    async with open_events(follower.client, job.job_id) as events:
        await anext(events)
        await follower.end()
        await cloud.dynamodb.delete_item(TableName=upload.settings.jobs_table, Key={"job_id": {"S": job.job_id}})
        assert [event async for event in events] == []
