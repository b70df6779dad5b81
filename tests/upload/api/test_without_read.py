"""Tests of keys without the scope `read`: every route of the OpenAPI document shows only a job's id and status."""

import json
from collections.abc import AsyncIterator
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio

from darkroom.accounts.api_keys import Scope
from darkroom.job_details import JobDetails
from darkroom.jobs import Job, JobStatus, new_job_id
from darkroom_local.installation import Installation
from tests.support.cipher import encrypted
from tests.support.emulator import Cloud
from tests.upload.examples import DESCRIPTION, completed, queued
from tests.upload.records import put_job
from tests.upload.service import OWNER, RunningService, put_key, running_service, settings_for
from tools.testbed import images

CAT: Final = images.jpeg(64, 48)
SECRETS: Final = (
    "nobody-s-business",
    "cat-of-the-owner",
    "square-64",
    "time_limit",
    "hook.example",
    "whsec_",
    "mocked",
)
"""Parts of the name, the metadata, the variants, the faults, the callback URL and the links of the owner's job."""
RECEIPT: Final = {"job_id", "status", "status_url"}
WITHOUT_READ: Final = [frozenset(), frozenset({Scope.UPLOAD})]

every_key_without_read = pytest.mark.parametrize("scopes", WITHOUT_READ, ids=["no scope", "upload"])


@pytest_asyncio.fixture(scope="module")
async def service(cloud: Cloud, shared_installation: Installation) -> AsyncIterator[RunningService]:
    """A service whose orchestrator does what it is asked, or refuses with details of the job."""

    def orchestrator(request: httpx.Request) -> httpx.Response:
        refused = request.url.path.endswith("/cancel")
        return httpx.Response(409, json={"detail": "mocked: run 19 times"}) if refused else httpx.Response(202)

    for scopes in WITHOUT_READ:
        await put_key(cloud.dynamodb, shared_installation, key_of(scopes), OWNER, scopes=scopes)
    async with running_service(settings_for(shared_installation), orchestrator) as service:
        yield service


def key_of(scopes: frozenset[Scope]) -> str:
    return f"only-{'-'.join(scopes) or 'nothing'}"


async def owners_jobs(service: RunningService) -> list[Job]:
    more: dict[str, Any] = {
        "filename": "cat-of-the-owner.jpg",
        "callback_url": "https://hook.example/",
    }
    jobs = [
        queued(**more),
        completed(**more),
        completed(failed=("square-128",), **more),
        completed(**more, status=JobStatus.FAILED),
    ]
    details = JobDetails(metadata={"album": "nobody-s-business"}, description=DESCRIPTION)
    for job in map(encrypted, jobs):
        await put_job(service, job, details)
    return jobs


async def operations(service: RunningService) -> list[str]:
    paths = (await service.client.get("/openapi.json")).json()["paths"]
    return [
        f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method, told in methods.items()
        if "security" in told
    ]


def tells_no_more(answer: httpx.Response, job: Job | None = None) -> None:
    """Assert that an answer shows nothing of a job but its id and status."""
    text = answer.text.replace(answer.request.url.path, "") + str(answer.headers)
    assert not [secret for secret in SECRETS if secret in text], text
    if answer.is_success and answer.content:
        assert set(answer.json()) == RECEIPT, answer.text
        if job:
            assert answer.json() == {
                "job_id": job.job_id,
                "status": job.status,
                "status_url": f"/status/{job.job_id}",
            }


@every_key_without_read
async def test_no_route_shows_more_of_a_job_than_id_and_status(
    service: RunningService, scopes: frozenset[Scope]
) -> None:
    answered = 0
    for job in await owners_jobs(service):
        for route in await operations(service):
            method, path = route.split()
            if "upload" in path:
                continue
            for body in (None, {"job_id": job.job_id, "recipe": "web"}):
                answer = await service.client.request(
                    method,
                    path.format(job_id=job.job_id, name=next(iter(job.variants)), action_id=new_job_id()),
                    headers={"x-api-key": key_of(scopes)},
                    json=body,
                    follow_redirects=False,
                )
                tells_no_more(answer, job)
                answered += answer.is_success
    assert (answered > 0) == bool(scopes), "the test proves nothing if every route refuses"


async def test_a_key_with_read_sees_the_whole_job(service: RunningService) -> None:
    """Prove that the test above is about scopes, and not about routes that show nothing to anyone."""
    job = (await owners_jobs(service))[2]
    told = (await service.client.post(f"/jobs/{job.job_id}/retry")).json()
    assert (told["source"]["filename"], told["recipe"]) == ("cat-of-the-owner.jpg", "thumbnails")
    assert "attempts" in (await service.client.post(f"/jobs/{job.job_id}/deliveries/replay")).json()
    refused = await service.client.delete(f"/jobs/{(await owners_jobs(service))[0].job_id}")
    assert refused.json()["detail"] == "mocked: run 19 times"


@pytest.mark.parametrize("path", ["/uploads", "/v1/images/upload"])
async def test_a_repeated_idempotency_key_shows_only_id_and_status(service: RunningService, path: str) -> None:
    again: dict[str, Any] = {"content": CAT, "params": {"filename": "cat-of-the-owner.jpg", "recipe": "thumbnails"}}
    headers = {"idempotency-key": f"without-read-{path}", "content-type": "image/jpeg"}
    first = await service.client.post(path, headers=headers, **again)
    assert first.json()["source"]["filename"] == "cat-of-the-owner.jpg"
    for _ in range(2):
        answer = await service.client.post(
            path, headers=headers | {"x-api-key": key_of(frozenset({Scope.UPLOAD}))}, **again
        )
        assert (answer.status_code, answer.headers["idempotency-replayed"]) == (202, "true")
        assert answer.headers["location"] == f"/status/{first.json()['job_id']}"
        assert answer.json()["job_id"] == first.json()["job_id"]
        tells_no_more(answer)


async def test_the_answer_to_a_new_upload_has_id_and_status(service: RunningService) -> None:
    headers = {"x-api-key": key_of(frozenset({Scope.UPLOAD}))}
    form = {"recipe": "thumbnails", "metadata": '{"album": "nobody-s-business"}'}
    answer = await service.client.post(
        "/uploads", files={"file": ("cat-of-the-owner.jpg", CAT)}, data=form, headers=headers
    )
    assert answer.status_code == 202
    tells_no_more(answer)


async def test_a_presigned_form_contains_only_what_was_sent(service: RunningService) -> None:
    wanted = {"filename": "a.jpg", "content_type": "image/jpeg", "size": len(CAT), "recipe": "thumbnails"}
    headers = {"x-api-key": key_of(frozenset({Scope.UPLOAD})), "idempotency-key": "presigned-without-read"}
    first = await service.client.post("/uploads/presigned", json=wanted, headers=headers)
    again = await service.client.post("/uploads/presigned", json=wanted, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert set(again.json()) == {"job_id", "status_url", "upload"}
    assert first.json()["job_id"] == again.json()["job_id"]


@pytest.mark.parametrize("path", ["/uploads", "/uploads/presigned"])
async def test_a_watermark_of_a_jobs_result_needs_read(service: RunningService, path: str) -> None:
    job = (await owners_jobs(service))[1]
    headers = {"x-api-key": key_of(frozenset({Scope.UPLOAD}))}
    for job_id in (job.job_id, "0199a3c0-5b1e-7c3d-9a2f-4d5e6f708192"):
        stamp = {"op": "watermark", "image": {"job_id": job_id, "variant": "square-64"}}
        recipe: dict[str, Any] = {"variants": [{"name": "stamped", "operations": [stamp]}]}
        send: dict[str, Any] = {"files": {"file": CAT}, "data": {"recipe": json.dumps(recipe)}}
        if path.endswith("presigned"):
            send = {"json": {"content_type": "image/jpeg", "size": len(CAT), "recipe": recipe}}
        answer = await service.client.post(path, headers=headers, **send)
        assert (answer.status_code, answer.json()["code"], answer.json()["scope"]) == (403, "forbidden", "read")
        assert job_id not in answer.text
    own = {"variants": [{"name": "stamped", "operations": [{"op": "watermark", "text": "mine"}]}]}
    send = {"files": {"file": CAT}, "data": {"recipe": json.dumps(own)}}
    if path.endswith("presigned"):
        send = {"json": {"content_type": "image/jpeg", "size": len(CAT), "recipe": own}}
    assert (await service.client.post(path, headers=headers, **send)).is_success, "a watermark of text needs no scope"
