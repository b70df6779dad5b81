"""Tests of `GET /status/{id}`."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from darkroom import clock
from darkroom.job_details import JobDetails
from darkroom.jobs import Job, JobStatus, new_job_id
from darkroom.tables.recipe_item import recipe_item
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tests.upload.examples import CREATED, PRESETS, completed, queued, waiting
from tests.upload.records import put_job
from tests.upload.service import STRANGER_KEY, RunningService, running_service, settings_for


async def ask(service: RunningService, job: Job, *, etag: str | None = None, **query: Any) -> httpx.Response:
    headers = {"if-none-match": etag} if etag else {}
    return await service.client.get(f"/status/{job.job_id}", params=query, headers=headers)


async def test_an_open_job_has_a_retry_after(cloud: Cloud, upload: RunningService) -> None:
    answer = await ask(upload, await put_job(upload, queued()))
    assert answer.status_code == 200
    assert answer.json()["status"] == "queued"
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["cache-control"] == "private, no-cache"


async def test_a_finished_job_has_no_retry_after_and_its_results_can_be_fetched(
    cloud: Cloud, upload: RunningService
) -> None:
    job = await put_job(upload, completed())
    for state in job.variants.values():
        assert state.result
        await cloud.s3.put_object(Bucket=upload.settings.results_bucket, Key=state.result.key, Body=b"picture")
    answer = await ask(upload, job)
    assert "retry-after" not in answer.headers
    async with httpx.AsyncClient(trust_env=False) as anyone:
        picture = await anyone.get(answer.json()["variants"][0]["url"])
    assert picture.content == b"picture"
    assert picture.headers["content-disposition"] == 'inline; filename="cat-square-64.webp"'


async def test_the_etag_changes_only_with_the_body(cloud: Cloud, upload: RunningService) -> None:
    job = await put_job(upload, queued())  # A queued job has no links, which change every 15 minutes.
    first = await ask(upload, job)
    again = await ask(upload, job)
    assert (first.content, first.headers["etag"]) == (again.content, again.headers["etag"])
    for etag in (first.headers["etag"], "*", f'"other", W/{first.headers["etag"]}'):
        same = await ask(upload, job, etag=etag)
        assert (same.status_code, same.content) == (304, b"")
        # `*` names neither the plain nor the compressed form.
        assert same.headers["etag"].replace("-gzip", "") == first.headers["etag"].replace("-gzip", "")
    await put_job(upload, job, JobDetails(metadata={"a": "b"}))
    changed = await ask(upload, job, etag=first.headers["etag"])
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


async def test_a_wait_ends_with_the_change(cloud: Cloud, upload: RunningService) -> None:
    job = await put_job(upload, waiting())
    asked = asyncio.create_task(ask(upload, job, wait=20))
    await until(lambda: job.job_id in upload.services.watcher._waiters)
    assert not asked.done()
    await put_job(upload, queued(job_id=job.job_id))
    await until(asked.done, seconds=15)  # Before the wait would end by itself.
    assert (await asked).json()["status"] == "queued"


async def test_a_wait_ends_after_its_seconds(cloud: Cloud, upload: RunningService) -> None:
    job = await put_job(upload, waiting())
    answer = await ask(upload, job, wait=1)
    assert (answer.status_code, answer.json()["status"]) == (200, "awaiting_upload")
    assert (await ask(upload, job, wait=1, etag=answer.headers["etag"])).status_code == 304


@pytest.mark.parametrize("status", [status for status in JobStatus if not status.is_open])
async def test_a_finished_job_is_answered_without_a_wait(
    cloud: Cloud, upload: RunningService, status: JobStatus
) -> None:
    job = await put_job(upload, replace(completed(), status=status))
    async with asyncio.timeout(5):
        assert (await ask(upload, job, wait=20)).json()["status"] == status.value


async def test_a_client_with_an_older_version_is_answered_without_a_wait(cloud: Cloud, upload: RunningService) -> None:
    job = await put_job(upload, waiting())
    etag = (await ask(upload, job)).headers["etag"]
    await put_job(upload, queued(job_id=job.job_id))
    async with asyncio.timeout(5):
        answer = await ask(upload, job, wait=20, etag=etag)
    assert (answer.status_code, answer.json()["status"]) == (200, "queued")


async def test_a_wait_for_a_deleted_job_ends_with_404(cloud: Cloud, upload: RunningService) -> None:
    job = await put_job(upload, waiting())
    asked = asyncio.create_task(ask(upload, job, wait=20))
    await until(lambda: job.job_id in upload.services.watcher._waiters)
    await cloud.dynamodb.delete_item(TableName=upload.settings.jobs_table, Key={"job_id": {"S": job.job_id}})
    async with asyncio.timeout(5):
        assert (await asked).status_code == 404


async def test_many_can_wait_at_once(cloud: Cloud, upload: RunningService) -> None:
    jobs = await asyncio.gather(*(put_job(upload, waiting()) for _ in range(105)))
    asked = [asyncio.create_task(ask(upload, job, wait=20)) for job in jobs]
    await until(lambda: len(upload.services.watcher._waiters) >= len(jobs))
    await asyncio.gather(*(put_job(upload, queued(job_id=job.job_id)) for job in jobs))
    async with asyncio.timeout(15):
        answers = await asyncio.gather(*asked)
    assert {answer.json()["status"] for answer in answers} == {"queued"}


@pytest.mark.parametrize("wait", ["-1", "21", "x", "1.5", "", "9" * 5000, "nan", "\x00"])
async def test_a_wait_is_a_number_of_seconds_up_to_20(cloud: Cloud, upload: RunningService, wait: str) -> None:
    answer = await ask(upload, await put_job(upload, waiting()), wait=wait)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert "/wait" in answer.json()["errors"][0]["pointer"]


async def test_an_unknown_parameter_is_refused(cloud: Cloud, upload: RunningService) -> None:
    answer = await ask(upload, await put_job(upload, waiting()), wiat=1)
    assert answer.status_code == 400
    assert "wiat" in answer.json()["detail"]


async def test_another_owners_job_is_not_found(cloud: Cloud, upload: RunningService) -> None:
    job = await put_job(upload, waiting())
    stranger = await upload.client.get(f"/status/{job.job_id}", headers={"x-api-key": STRANGER_KEY})
    nobody = await upload.client.get(f"/status/{new_job_id()}", headers={"x-api-key": STRANGER_KEY})
    assert (stranger.status_code, nobody.status_code) == (404, 404)
    assert stranger.json()["detail"] == nobody.json()["detail"]


@pytest.mark.parametrize("job_id", ["1", "x" * 3000, "%00", "%ff", "..%2f..", "{0}", "urn:uuid:{0}", "{0}x"])
async def test_a_text_that_is_not_an_id_is_not_found(cloud: Cloud, upload: RunningService, job_id: str) -> None:
    job = await put_job(upload, waiting())
    path = job_id.format(job.job_id if job_id != "{0}" else "{" + job.job_id + "}")
    answer = await upload.client.get(f"/status/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_an_id_may_be_written_in_capitals(cloud: Cloud, upload: RunningService) -> None:
    job = await put_job(upload, waiting())
    answer = await upload.client.get(f"/status/{job.job_id.upper()}")
    assert answer.json()["job_id"] == job.job_id


async def test_stopping_ends_a_wait_at_once(cloud: Cloud) -> None:
    async with cloud.installation() as installation, running_service(settings_for(installation)) as service:
        job = await put_job(service, waiting(created_at=clock.now()))
        asked = asyncio.create_task(ask(service, job, wait=20))
        await until(lambda: job.job_id in service.services.watcher._waiters)
        service.stop.set()
        async with asyncio.timeout(3):
            assert (await asked).json()["status"] == "awaiting_upload"


async def test_a_job_shows_its_runs_and_whether_it_can_be_retried(cloud: Cloud, upload: RunningService) -> None:
    failed = completed(failed=("square-64",), attempt=2, queued_at=CREATED, started_at=CREATED)
    running, done = queued(), completed()
    for job in (failed, running, done):
        await put_job(upload, job)
    bodies = [(await upload.client.get(f"/status/{job.job_id}")).json() for job in (failed, running, done)]
    assert [body["retryable"] for body in bodies] == [True, False, False]
    codes = [body["retry_refusal"] and body["retry_refusal"]["code"] for body in bodies]
    assert codes == [None, "job_open", "not_failed"]
    assert (bodies[0]["attempt"], bodies[0]["queued_at"], bodies[1]["started_at"]) == (2, clock.iso(CREATED), None)


async def test_the_recipe_is_shown_if_it_is_asked_for(cloud: Cloud, upload: RunningService) -> None:
    job = completed()
    await put_job(upload, job)
    await cloud.dynamodb.put_item(
        TableName=upload.settings.jobs_table, Item=recipe_item(job.job_id, PRESETS["thumbnails"])
    )
    plain = await upload.client.get(f"/status/{job.job_id}")
    told = await upload.client.get(f"/status/{job.job_id}?include=recipe")
    assert "recipe_document" not in plain.json()
    assert told.json()["recipe_document"] == PRESETS["thumbnails"].model_dump(mode="json")
    assert told.headers["etag"] != plain.headers["etag"]
    assert (await upload.client.get(f"/status/{job.job_id}?include=all")).status_code == 400
