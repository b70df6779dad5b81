"""Tests of the images that watermarks name: which ones an owner may use when submitting a job."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from darkroom.jobs import Job, JobStatus, new_job_id
from darkroom.limits import MAX_OVERLAY_BYTES
from darkroom.recipes import parse_recipe
from darkroom_local.installation import Installation
from tests.upload.evidence import latest_jobs
from tests.upload.examples import completed, queued, waiting
from tests.upload.records import put_job
from tests.upload.service import STRANGER_KEY, RunningService, running_service, settings_for
from tools.testbed import images

CAT = images.jpeg(64, 48)


@pytest_asyncio.fixture(scope="module")
async def logo(upload: RunningService) -> Job:
    """A job of the client. All variants but one are completed."""
    job = completed(failed=("square-512",))
    await put_job(upload, job)
    return job


def recipe(*images: dict[str, Any]) -> str:
    operations = [{"op": "grayscale"}, *({"op": "watermark", "image": image} for image in images)]
    return json.dumps({"variants": [{"name": "plain"}, {"name": "stamped", "operations": operations}]})


def of(job: Job | str, variant: str = "square-64") -> dict[str, str]:
    return {"job_id": job if isinstance(job, str) else job.job_id, "variant": variant}


async def submit(service: RunningService, recipe: str, **headers: str) -> httpx.Response:
    return await service.client.post("/uploads", files={"file": CAT}, data={"recipe": recipe}, headers=headers)


def faults(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "invalid_recipe"
    return {error["pointer"]: error["message"] for error in answer.json()["errors"]}


async def test_a_completed_variant_of_an_own_job_can_be_used(upload: RunningService, logo: Job) -> None:
    answer = await submit(upload, recipe(of(logo), of(logo, "square-128")))
    assert answer.status_code == 202, answer.text
    assert await upload.services.jobs.recipe_of(answer.json()["job_id"]) == parse_recipe(
        recipe(of(logo), of(logo, "square-128"))
    )


async def test_another_owners_image_looks_like_a_missing_one(upload: RunningService, logo: Job) -> None:
    place = "/variants/1/operations/1/image/job_id"
    others = await submit(upload, recipe(of(logo)), **{"x-api-key": STRANGER_KEY})
    nobodys = await submit(upload, recipe(of(new_job_id())), **{"x-api-key": STRANGER_KEY})
    assert faults(others) == faults(nobodys) == {place: "there is no such job"}


async def test_each_fault_has_its_place(upload: RunningService, logo: Job) -> None:
    open_job = queued()
    await put_job(upload, open_job)
    answer = await submit(upload, recipe(of(logo, "square-512"), of(logo, "zap"), of(open_job), of(new_job_id())))
    not_there = "the variant is not completed, and only a completed one can be used"
    assert faults(answer) == {
        "/variants/1/operations/1/image/variant": not_there,
        "/variants/1/operations/2/image/variant": "the job's recipe has no such variant",
        "/variants/1/operations/3/image/variant": not_there,
        "/variants/1/operations/4/image/job_id": "there is no such job",
    }


async def test_an_image_too_large_for_a_watermark_is_refused(upload: RunningService) -> None:
    job = completed()
    state = job.variants["square-64"]
    assert state.result is not None
    large = replace(state, result=state.result.model_copy(update={"size": MAX_OVERLAY_BYTES + 1}))
    await put_job(upload, replace(job, variants={**job.variants, "square-64": large}))
    [message] = faults(await submit(upload, recipe(of(job)))).values()
    assert message == "the image has 10485761 bytes; a watermark's may have 10485760"


async def test_a_refused_upload_leaves_no_job(upload: RunningService) -> None:
    before = await latest_jobs(upload)
    assert (await submit(upload, recipe(of(new_job_id())))).status_code == 422
    assert await latest_jobs(upload) == before


async def test_a_presigned_upload_has_the_same_checks(upload: RunningService, logo: Job) -> None:
    async def ask(document: str, **headers: str) -> httpx.Response:
        wanted = {"content_type": "image/jpeg", "size": 10, "recipe": json.loads(document)}
        return await upload.client.post("/uploads/presigned", json=wanted, headers=headers)

    assert (await ask(recipe(of(logo)))).status_code == 201
    assert faults(await ask(recipe(of(logo)), **{"x-api-key": STRANGER_KEY})) == {
        "/variants/1/operations/1/image/job_id": "there is no such job"
    }


async def test_a_repeated_request_succeeds_although_the_image_is_gone(upload: RunningService) -> None:
    job = completed()
    await put_job(upload, job)
    first = await submit(upload, recipe(of(job)), **{"idempotency-key": job.job_id})
    await upload.services.jobs._client.delete_item(
        TableName=upload.settings.jobs_table, Key={"job_id": {"S": job.job_id}}
    )
    again = await submit(upload, recipe(of(job)), **{"idempotency-key": job.job_id})
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json()["job_id"] == first.json()["job_id"]


@pytest_asyncio.fixture
async def branded(shared_installation: Installation, logo: Job, tmp_path: Path) -> AsyncIterator[RunningService]:
    """A service with two presets: one names a result of a job, the other a missing one."""
    file = tmp_path / "presets.json"
    presets = {"branded": json.loads(recipe(of(logo))), "broken": json.loads(recipe(of(new_job_id())))}
    file.write_text(json.dumps(presets))
    async with running_service(settings_for(shared_installation, presets_file=file)) as service:
        yield service


async def test_an_image_of_a_preset_may_belong_to_any_owner(branded: RunningService, logo: Job) -> None:
    assert (await submit(branded, "branded", **{"x-api-key": STRANGER_KEY})).status_code == 202
    assert (await submit(branded, recipe(of(logo)), **{"x-api-key": STRANGER_KEY})).status_code == 422


async def test_a_preset_whose_image_is_gone_is_refused(branded: RunningService) -> None:
    assert list(faults(await submit(branded, "broken"))) == ["/variants/1/operations/1/image/job_id"]


@pytest.mark.parametrize("status", [JobStatus.AWAITING_UPLOAD, JobStatus.CANCELLED])
async def test_a_variant_without_a_result_cannot_be_used(upload: RunningService, status: JobStatus) -> None:
    job = replace(waiting(), status=status)
    await put_job(upload, job)
    assert list(faults(await submit(upload, recipe(of(job))))) == ["/variants/1/operations/1/image/variant"]
