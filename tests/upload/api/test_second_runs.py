"""Tests of second runs: new jobs on the originals of others."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from darkroom import clock
from darkroom.accounts.allowances import KeyLimits
from darkroom.jobs import Job, JobStatus, new_job_id
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.upload.api.test_original import stored
from tests.upload.examples import completed, waiting
from tests.upload.records import put_job
from tests.upload.service import STRANGER_KEY, RunningService, put_key

RECIPE = {"variants": [{"name": "grey", "operations": [{"op": "grayscale"}]}]}


async def ran(upload: RunningService, original_of: str, *, key: str | None = None, **fields: Any) -> Any:
    """Ask for a second run, and return the answer."""
    headers = {"Idempotency-Key": key} if key else {}
    return await upload.client.post("/jobs", json={"original_of": original_of, **fields}, headers=headers)


async def requested(cloud: Cloud, upload: RunningService) -> list[str]:
    """Receive the requests for copies, and return the ids of their jobs."""
    url, found = str(upload.settings.uploads_queue_url), []
    while messages := (await cloud.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)).get("Messages", []):
        for message in messages:
            await cloud.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            body = json.loads(message["Body"])
            found += [body["job_id"]] if body.get("type") == "copy.requested" else []
    return found


async def job_of(upload: RunningService, answer: Any) -> Job:
    """Return the job that an answer is about."""
    job = await upload.services.jobs.get(answer.json()["job_id"])
    assert job is not None
    return job


async def test_a_second_run_is_a_new_job_that_says_what_to_copy(cloud: Cloud, upload: RunningService) -> None:
    source = await stored(cloud, upload)
    answer = await ran(upload, source.job_id, recipe=RECIPE, metadata={"a": "b"}, keep_original=True)
    told = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (202, f"/status/{told['job_id']}")
    assert (told["status"], told["recipe"], told["metadata"]) == ("awaiting_upload", "custom", {"a": "b"})
    assert (told["original_of"], told["original"]) == (source.job_id, None)
    assert [variant["name"] for variant in told["variants"]] == ["grey"]
    job = await job_of(upload, answer)
    assert job.copied_from == source.original
    assert (job.original_key, job.keep_original) == (f"uploads/{job.job_id}/cat.jpg", True)
    assert (job.filename, job.content_type, job.original_bytes) == ("cat.jpg", "image/jpeg", 8)
    assert job.original_sha256 == source.original_sha256
    assert job.job_id in await requested(cloud, upload)


async def test_a_repetition_answers_with_the_first_job_and_requests_its_copy_again(
    cloud: Cloud, upload: RunningService
) -> None:
    source, key = await stored(cloud, upload), new_job_id()
    first, again = [await ran(upload, source.job_id, recipe="web", key=key) for _ in range(2)]
    assert first.json()["job_id"] == again.json()["job_id"]
    assert (again.status_code, again.headers["idempotency-replayed"]) == (202, "true")
    assert (await requested(cloud, upload)).count(first.json()["job_id"]) == 2
    other = await ran(upload, source.job_id, recipe="grayscale", key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


@pytest.mark.parametrize("state", ["deleted", "old", "never"])
async def test_a_run_on_an_original_that_is_gone_is_refused(cloud: Cloud, upload: RunningService, state: str) -> None:
    jobs = {
        "deleted": replace(completed(), created_at=clock.now()),
        "old": replace(await stored(cloud, upload), created_at=clock.now() - timedelta(days=7)),
        "never": waiting(status=JobStatus.EXPIRED),
    }
    job = await put_job(upload, jobs[state])
    answer = await ran(upload, job.job_id, recipe="web")
    assert (answer.status_code, answer.json()["code"]) == (410, "original_gone")


async def test_only_originals_that_have_arrived_and_are_yours_can_be_run_again(
    cloud: Cloud, upload: RunningService
) -> None:
    early = await put_job(upload, waiting())
    assert (await ran(upload, early.job_id)).status_code == 409
    for unknown in (new_job_id(), "not-a-uuid"):
        assert (await ran(upload, unknown)).status_code == 404
    source = await stored(cloud, upload)
    body = {"original_of": source.job_id}
    assert (await upload.client.post("/jobs", json=body, headers={"x-api-key": STRANGER_KEY})).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({}, 400, "/original_of"),
        ({"original_of": 7}, 400, "/original_of"),
        ({"original_of": "x", "recipes": "web"}, 400, "/recipes"),
        ({"original_of": "x", "keep_original": "yes"}, 400, "/keep_original"),
        ({"original_of": "x", "recipe": {"variants": [{"name": "A"}]}}, 422, "/variants/0/name"),
    ],
)
async def test_faults_of_the_body_are_named(
    upload: RunningService, body: dict[str, Any], status: int, pointer: str
) -> None:
    answer = await upload.client.post("/jobs", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)


async def test_a_second_run_counts_against_the_daily_quotas(
    cloud: Cloud, upload: RunningService, shared_installation: Installation
) -> None:
    limits = KeyLimits(jobs_per_day=1, bytes_per_day=100)
    await put_key(cloud.dynamodb, shared_installation, "dk_counted", "demo", limits=limits)
    source, headers = await stored(cloud, upload), {"x-api-key": "dk_counted"}
    answers = [
        await upload.client.post("/jobs", json={"original_of": source.job_id}, headers=headers) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [202, 429]
    used = (await upload.client.get("/usage", headers=headers)).json()
    assert (used["jobs"]["used"], used["bytes"]["used"]) == (1, 8)
