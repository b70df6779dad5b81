"""Tests of redirects to results and manifests."""

import asyncio
from dataclasses import replace

import httpx

from darkroom.jobs import Job, JobStatus, new_job_id
from tests.support.emulator import Cloud
from tests.upload.examples import completed, queued
from tests.upload.records import put_job
from tests.upload.service import STRANGER_KEY, RunningService


async def put(service: RunningService, *jobs: Job) -> None:
    """Write jobs."""
    await asyncio.gather(*(put_job(service, job) for job in jobs))


async def test_a_variant_redirects_to_its_result(cloud: Cloud, upload: RunningService) -> None:
    job = completed()
    await put(upload, job)
    key = f"thumbnails/square-64/{job.job_id}/cat.webp"
    await cloud.s3.put_object(Bucket=upload.settings.results_bucket, Key=key, Body=b"picture")
    for query, disposition in [
        ({}, 'inline; filename="cat-square-64.webp"'),
        ({"download": "0"}, 'inline; filename="cat-square-64.webp"'),
        ({"download": "1"}, 'attachment; filename="cat-square-64.webp"'),
        ({"download": "true"}, 'attachment; filename="cat-square-64.webp"'),
    ]:
        answer = await upload.client.get(f"/jobs/{job.job_id}/variants/square-64", params=query)
        assert answer.status_code == 307
        async with httpx.AsyncClient(trust_env=False) as anyone:
            picture = await anyone.get(answer.headers["location"])
        assert (picture.content, picture.headers["content-disposition"]) == (b"picture", disposition)


async def test_a_missing_result_has_a_reason(cloud: Cloud, upload: RunningService) -> None:
    job, failed, stopped = queued(), completed(failed=("square-64",)), replace(queued(), status=JobStatus.CANCELLED)
    await put(upload, job, failed, stopped)
    for job_id, name, status, words in [
        (job.job_id, "square-64", 409, "not ready"),
        (failed.job_id, "square-64", 409, "longer than an image may take"),
        (stopped.job_id, "square-64", 409, "was not made"),
        (job.job_id, "square-65", 404, "no such variant"),
        (job.job_id, "%00", 404, "no such variant"),
        (new_job_id(), "square-64", 404, "no such job"),
    ]:
        answer = await upload.client.get(f"/jobs/{job_id}/variants/{name}")
        assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text


async def test_another_owners_result_is_not_found(cloud: Cloud, upload: RunningService) -> None:
    job = completed()
    await put(upload, job)
    answer = await upload.client.get(f"/jobs/{job.job_id}/variants/square-64", headers={"x-api-key": STRANGER_KEY})
    assert answer.status_code == 404


async def test_the_manifest_is_a_redirect(cloud: Cloud, upload: RunningService) -> None:
    job = completed()
    await put(upload, job)
    key = f"manifests/{job.job_id}/manifest.json"
    await cloud.s3.put_object(Bucket=upload.settings.results_bucket, Key=key, Body=b"{}")
    answer = await upload.client.get(f"/jobs/{job.job_id}/manifest", params={"download": "1"})
    assert answer.status_code == 307
    told = (await upload.client.get(f"/status/{job.job_id}")).json()["manifest"]
    assert told["key"] == key
    async with httpx.AsyncClient(trust_env=False) as anyone:
        saved, shown = await anyone.get(answer.headers["location"]), await anyone.get(told["url"])
    assert saved.headers["content-disposition"] == 'attachment; filename="cat-manifest.json"'
    assert (saved.content, shown.content) == (b"{}", b"{}")


async def test_there_is_no_manifest_of_an_open_job_or_of_another_owners_job(
    cloud: Cloud, upload: RunningService
) -> None:
    job, ended = queued(), completed()
    await put(upload, job, ended)
    answer = await upload.client.get(f"/jobs/{job.job_id}/manifest")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    strange = await upload.client.get(f"/jobs/{ended.job_id}/manifest", headers={"x-api-key": STRANGER_KEY})
    assert strange.status_code == 404
