"""Tests of requests for variants on request that get no image. The tests play the orchestrator."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Final

import httpx
import pytest
from aiohttp import web
from pydantic import HttpUrl

from darkroom import clock
from darkroom.errors import OriginalGone, SourceGone
from darkroom.jobs import Fault, Job, not_requested
from darkroom.recipes import OutputFormat
from darkroom.requested_images import RequestedImage, RequestId, RequestKind, deadline_of
from darkroom.tables.dynamodb import serialized
from darkroom.tables.request_item import outcome_values, request_key, request_values
from darkroom_local.installation import Installation
from darkroom_upload.results.image_watcher import ImageWatcher
from tests.support.emulator import Cloud
from tests.support.receiver import receiving
from tests.upload.examples import completed
from tests.upload.records import put_job
from tests.upload.service import RunningService, running_service, settings_for

Serving = Callable[[web.Response], AbstractAsyncContextManager[RunningService]]
PATHS: Final = ("/jobs/{}/variants/later", "/public/{}/later.webp")


@pytest.fixture
def serving(cloud: Cloud, installation: Installation) -> Serving:
    """Return what runs the service beside an orchestrator with this answer."""

    @asynccontextmanager
    async def run(answer: web.Response) -> AsyncIterator[RunningService]:
        async with receiving(answer) as orchestrator:
            url = HttpUrl(orchestrator.url.removesuffix("/hook"))
            async with running_service(settings_for(installation, orchestrator_url=url)) as upload:
                yield upload

    return run


async def put_published(upload: RunningService) -> Job:
    """Write a published job with a variant on request."""
    job = completed(published=True)
    later = not_requested(OutputFormat.WEBP)
    return await put_job(upload, replace(job, variants={**job.variants, "later": later}))


async def put_item(cloud: Cloud, upload: RunningService, job: Job, fault: Fault | None = None) -> None:
    """Write the item for which clients wait. With a fault its making has failed."""
    request_id = RequestId(job_id=job.job_id, kind=RequestKind.VARIANT, name="later")
    image = RequestedImage(id=request_id, owner=job.owner, token="t", deadline=deadline_of(clock.now()))
    values = request_values(image) | (outcome_values(None, fault, image.cost) if fault else {})
    await cloud.dynamodb.put_item(
        TableName=upload.settings.jobs_table, Item=request_key(request_id) | serialized(values)
    )


def begun() -> web.Response:
    return web.json_response({"name": "later"}, status=202)


def require_unavailable(answer: httpx.Response) -> None:
    """Require an answer that tells the client to ask again, and when."""
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize("path", PATHS)
async def test_an_image_that_is_not_there_in_time_is_asked_for_again(
    cloud: Cloud, serving: Serving, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = ImageWatcher.ended.__kwdefaults__
    assert defaults
    monkeypatch.setitem(defaults, "within_seconds", 0.05)
    async with serving(begun()) as upload:
        job = await put_published(upload)
        await put_item(cloud, upload, job)
        require_unavailable(await upload.client.get(path.format(job.job_id)))


@pytest.mark.parametrize("path", PATHS)
async def test_a_try_that_was_dropped_is_asked_for_again_at_once(serving: Serving, path: str) -> None:
    async with serving(begun()) as upload:
        job = await put_published(upload)
        require_unavailable(await upload.client.get(path.format(job.job_id)))


@pytest.mark.parametrize("path", PATHS)
async def test_a_try_that_no_processor_could_make_is_asked_for_again(cloud: Cloud, serving: Serving, path: str) -> None:
    async with serving(begun()) as upload:
        job = await put_published(upload)
        await put_item(cloud, upload, job, Fault(code="unavailable", message="No processor could make it."))
        require_unavailable(await upload.client.get(path.format(job.job_id)))


@pytest.mark.parametrize("path", PATHS)
async def test_an_original_that_is_gone_is_told(serving: Serving, path: str) -> None:
    gone = web.json_response({"detail": "The original is gone: it was kept for 7 days."}, status=410)
    async with serving(gone) as upload:
        job = await put_published(upload)
        answer = await upload.client.get(path.format(job.job_id))
        assert (answer.status_code, answer.json()["code"]) == (410, OriginalGone.code)
        assert "7 days" in answer.json()["detail"]


@pytest.mark.parametrize("path", PATHS)
async def test_an_original_that_a_processor_did_not_find_is_told(cloud: Cloud, serving: Serving, path: str) -> None:
    async with serving(begun()) as upload:
        job = await put_published(upload)
        await put_item(cloud, upload, job, Fault(code=SourceGone.code, message="There is no original."))
        answer = await upload.client.get(path.format(job.job_id))
        assert (answer.status_code, answer.json()["code"]) == (410, OriginalGone.code)
