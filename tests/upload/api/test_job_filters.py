"""Tests of the filters, orders and views of `GET /jobs`."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from darkroom import clock
from darkroom.job_details import JobDetails
from darkroom.jobs import Job, JobStatus, Thumbnail, new_job_id
from darkroom.object_keys import thumbnail_key
from darkroom.tables.details_item import details_item
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.upload.examples import CREATED, completed, queued, waiting
from tests.upload.records import put_job
from tests.upload.service import RunningService, put_key

THUMBNAIL = Thumbnail(width=320, height=240, size=6000)


@pytest_asyncio.fixture
async def mine(
    cloud: Cloud, shared_installation: Installation, upload: RunningService
) -> AsyncIterator[RunningService]:
    """The service with a client of a new owner, whose name is the key."""
    key = f"key-{new_job_id()}"
    await put_key(cloud.dynamodb, shared_installation, key, key)
    async with httpx.AsyncClient(base_url=upload.url, headers={"x-api-key": key}, trust_env=False) as client:
        yield replace(upload, client=client)


async def put(service: RunningService, *some: Job) -> list[str]:
    """Write jobs of the client's owner. Return their ids."""
    owner = service.client.headers["x-api-key"]
    await asyncio.gather(*(put_job(service, replace(job, owner=owner)) for job in some))
    return [job.job_id for job in some]


async def put_metadata(cloud: Cloud, service: RunningService, job_id: str, **metadata: str) -> None:
    item = details_item(job_id, JobDetails(metadata=metadata))
    await cloud.dynamodb.put_item(TableName=service.settings.jobs_table, Item=item)


async def listed(service: RunningService, **query: Any) -> list[str]:
    """Return the ids on all pages."""
    found: list[str] = []
    while True:
        answer = await service.client.get("/jobs", params=query)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found += [job["job_id"] for job in body["items"]]
        if body["next_cursor"] is None:
            return found
        query["cursor"] = body["next_cursor"]


def moments(count: int) -> list[Job]:
    """Return jobs made one second after the other, oldest first."""
    return [waiting(created_at=CREATED + timedelta(seconds=number)) for number in range(count)]


async def test_several_statuses_are_listed_together(mine: RunningService) -> None:
    failed = replace(completed(), status=JobStatus.FAILED)
    ids = await put(mine, completed(), failed, queued())
    assert set(await listed(mine, status=["failed", "queued"])) == set(ids[1:])


async def test_jobs_of_one_preset_are_listed(mine: RunningService) -> None:
    ids = await put(mine, waiting(recipe_name="web"), waiting(), waiting(recipe_name="web"))
    assert set(await listed(mine, preset="web")) == {ids[0], ids[2]}
    assert await listed(mine, preset="we") == []


async def test_jobs_whose_file_name_begins_so_are_listed(mine: RunningService) -> None:
    ids = await put(mine, waiting(filename="IMG_1.jpg"), waiting(filename="img_2.jpg"), waiting(filename="IMG_30.jpg"))
    assert set(await listed(mine, filename="IMG_")) == {ids[0], ids[2]}


async def test_jobs_with_these_metadata_are_listed(cloud: Cloud, mine: RunningService) -> None:
    ids = await put(mine, *moments(4))
    await put_metadata(cloud, mine, ids[0], album="summer", by="ann")
    await put_metadata(cloud, mine, ids[1], album="summer")
    await put_metadata(cloud, mine, ids[2], album="winter")
    assert await listed(mine, **{"metadata.album": "summer"}) == [ids[1], ids[0]]
    assert await listed(mine, **{"metadata.album": "summer", "metadata.by": "ann"}) == [ids[0]]
    assert await listed(mine, **{"metadata.album": "summer", "status": "failed"}) == []


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("limit", [1, 3, 100])
async def test_both_orders_list_all_jobs_once(mine: RunningService, order: str, limit: int) -> None:
    ids = await put(mine, *moments(11))
    assert await listed(mine, order=order, limit=limit) == (ids if order == "oldest" else ids[::-1])


@pytest.mark.parametrize("order", ["newest", "oldest"])
async def test_a_range_of_time_includes_its_begin_and_not_its_end(mine: RunningService, order: str) -> None:
    jobs = moments(9)
    ids = await put(mine, *jobs)
    begin, end = clock.iso(jobs[2].created_at), clock.iso(jobs[6].created_at)
    within = ids[2:6] if order == "oldest" else ids[2:6][::-1]
    assert await listed(mine, created_after=begin, created_before=end, order=order, limit=2) == within
    assert await listed(mine, created_after=end, created_before=begin, order=order) == []


async def test_a_date_is_its_first_moment_in_utc_and_zones_are_understood(mine: RunningService) -> None:
    [job_id] = await put(mine, waiting())
    assert await listed(mine, created_after="2026-11-22", created_before="2026-11-23") == [job_id]
    assert await listed(mine, created_before="2026-11-22") == []
    assert await listed(mine, created_after="2026-11-22T06:54:01.123+01:00") == [job_id]
    assert await listed(mine, created_after="2026-11-22T06:54:01.124+01:00") == []


async def test_a_cursor_goes_on_only_with_the_same_filter(mine: RunningService) -> None:
    await put(mine, *moments(3))
    cursor = (await mine.client.get("/jobs", params={"limit": 1})).json()["next_cursor"]
    for other in ({"order": "oldest"}, {"status": "failed"}, {"metadata.a": "b"}):
        answer = await mine.client.get("/jobs", params={"cursor": cursor, **other})
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
        assert "other filters" in answer.json()["detail"]


async def test_the_summary_view_shows_thumbnail_and_size(mine: RunningService) -> None:
    described = completed(thumbnail=THUMBNAIL)
    await put(mine, described)
    [item] = (await mine.client.get("/jobs", params={"view": "summary"})).json()["items"]
    url = item["thumbnail"].pop("url")
    assert f"/{thumbnail_key(described.job_id)}?" in url
    assert item == {
        "job_id": described.job_id,
        "status": "completed",
        "filename": "cat.jpg",
        "bytes": 829183,
        "thumbnail": {"width": 320, "height": 240},
        "progress": {"done": 4, "failed": 0, "total": 4},
        "created_at": clock.iso(described.created_at),
        "updated_at": clock.iso(described.updated_at),
        "completed_at": clock.iso(CREATED + timedelta(seconds=1)),
    }
    shown = (await mine.client.get(f"/status/{described.job_id}")).json()["thumbnail"]
    assert shown == {"url": url, "width": 320, "height": 240}


async def test_the_summary_view_of_a_job_without_thumbnail_says_so(mine: RunningService) -> None:
    await put(mine, waiting(original_bytes=None))
    [item] = (await mine.client.get("/jobs", params={"view": "summary"})).json()["items"]
    assert (item["thumbnail"], item["bytes"]) == (None, None)


@pytest.mark.parametrize("view", ["standard", "summary"])
async def test_an_unchanged_list_is_not_sent_again(mine: RunningService, view: str) -> None:
    await put(mine, completed(thumbnail=THUMBNAIL))
    first = await mine.client.get("/jobs", params={"view": view})
    again = await mine.client.get("/jobs", params={"view": view}, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    await put(mine, queued())
    changed = await mine.client.get("/jobs", params={"view": view}, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
