"""Tests of callback URLs, their deliveries, and the secret that signs webhooks."""

import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from darkroom import clock
from darkroom.job_details import DeliveryAttempt, JobDetails
from darkroom.jobs import JobStatus, new_job_id
from darkroom.runtime.settings import Environment
from darkroom_local.installation import Installation
from tests.support.cipher import CIPHER, encrypted
from tests.support.emulator import Cloud
from tests.upload.examples import CREATED, completed, waiting
from tests.upload.records import put_job
from tests.upload.service import STRANGER_KEY, RunningService, put_key, running_service, settings_for
from tools.testbed import images

CAT = images.jpeg(64, 48)
URL = "https://hooks.example/darkroom?token=a%2Fb"
PRODUCTION_KEY = "a-key-of-production"


async def by_form(client: httpx.AsyncClient, url: str, **headers: str) -> httpx.Response:
    return await client.post("/uploads", files={"file": CAT}, data={"callback_url": url}, headers=headers)


async def by_body(client: httpx.AsyncClient, url: str, **headers: str) -> httpx.Response:
    return await client.post(
        "/uploads", content=CAT, params={"callback_url": url}, headers={"content-type": "image/jpeg", **headers}
    )


async def by_alias(client: httpx.AsyncClient, url: str, **headers: str) -> httpx.Response:
    return await client.post(
        "/v1/images/upload",
        content=CAT,
        params={"callback_url": url},
        headers={"content-type": "image/jpeg", **headers},
    )


async def by_presigned_form(client: httpx.AsyncClient, url: str, **headers: str) -> httpx.Response:
    wanted = {"content_type": "image/jpeg", "size": len(CAT), "callback_url": url}
    return await client.post("/uploads/presigned", json=wanted, headers=headers)


every_way_in = pytest.mark.parametrize("send", [by_form, by_body, by_alias, by_presigned_form])


@pytest_asyncio.fixture(scope="module")
async def production(cloud: Cloud, shared_installation: Installation) -> AsyncIterator[RunningService]:
    """A service in production, and a client with a key for it."""
    await put_key(cloud.dynamodb, shared_installation, PRODUCTION_KEY, "demo")
    settings = settings_for(
        shared_installation, environment=Environment.PRODUCTION, data_keys=SecretStr("a-key-of-production-" * 2)
    )
    async with running_service(settings) as service:
        service.client.headers["x-api-key"] = PRODUCTION_KEY
        yield service


@every_way_in
async def test_a_callback_url_is_kept_with_the_job(upload: RunningService, send: Any) -> None:
    answer = await send(upload.client, URL)
    assert answer.is_success, answer.text
    job = await upload.services.jobs.get(answer.json()["job_id"])
    assert job is not None
    assert job.callback_url is not None
    assert CIPHER.decrypt(job.callback_url, place=job.job_id) == URL
    assert URL not in job.callback_url


@every_way_in
async def test_without_a_callback_url_there_is_none(upload: RunningService, send: Any) -> None:
    answer = await send(upload.client, "")
    job = await upload.services.jobs.get(answer.json()["job_id"])
    assert job is not None
    assert job.callback_url is None


@every_way_in
@pytest.mark.parametrize(
    "url",
    [
        "ftp://hooks.example/",
        "hooks.example",
        "https://user:password@hooks.example/",
        "https://hooks.example/#fragment",
        "https://hooks.example:22/",
        "https://2130706433/",
        "https://hooks.example/" + "a" * 2048,
    ],
)
async def test_a_callback_url_that_cannot_be_used_is_refused(upload: RunningService, send: Any, url: str) -> None:
    answer = await send(upload.client, url)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert answer.json()["detail"].startswith("The callback_url ")
    assert answer.json()["errors"][0]["pointer"] == "/callback_url"


@every_way_in
async def test_plain_http_is_for_development_only(
    upload: RunningService, production: RunningService, send: Any
) -> None:
    assert (await send(upload.client, "http://localhost:9000/hook")).is_success
    answer = await send(production.client, "http://localhost:9000/hook")
    assert answer.status_code == 400
    assert "must begin with https://" in answer.json()["detail"]
    assert (await send(production.client, URL)).is_success


@every_way_in
async def test_another_callback_url_is_another_request(upload: RunningService, send: Any) -> None:
    key = {"idempotency-key": f"callback-{send.__name__}"}
    first = await send(upload.client, URL, **key)
    again = await send(upload.client, URL, **key)
    other = await send(upload.client, f"{URL}&b=c", **key)
    assert again.json()["job_id"] == first.json()["job_id"]
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


async def test_a_form_has_at_most_one_callback_url(upload: RunningService) -> None:
    answer = await upload.client.post("/uploads", files={"file": CAT}, data={"callback_url": [URL, URL]})
    assert answer.status_code == 400


async def test_deliveries_are_shown_newest_first(cloud: Cloud, upload: RunningService) -> None:
    attempts = (
        DeliveryAttempt(event_id="e", at=CREATED, number=1, error="timeout", duration_ms=10_003),
        DeliveryAttempt(event_id="e", at=CREATED + timedelta(seconds=5), number=2, status=500, duration_ms=7),
        DeliveryAttempt(event_id="e", at=CREATED + timedelta(seconds=65), number=3, status=200, duration_ms=8),
    )
    job = await put_job(upload, encrypted(completed(callback_url=URL)), JobDetails(deliveries=attempts))
    answer = await upload.client.get(f"/jobs/{job.job_id}/deliveries")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["callback_url"], body["gone_at"]) == (URL, None)
    assert [(one["attempt"], one["delivered"], one["status"], one["error"]) for one in body["attempts"]] == [
        (3, True, 200, None),
        (2, False, 500, None),
        (1, False, None, "timeout"),
    ]
    assert body["attempts"][-1] == {
        "event_id": "e",
        "attempt": 1,
        "at": clock.iso(CREATED),
        "delivered": False,
        "status": None,
        "error": "timeout",
        "duration_ms": 10_003,
    }


async def test_a_job_without_webhooks_has_no_deliveries(cloud: Cloud, upload: RunningService) -> None:
    job = await put_job(upload, waiting())
    answer = await upload.client.get(f"/jobs/{job.job_id}/deliveries")
    assert answer.json() == {"callback_url": None, "gone_at": None, "attempts": []}


async def test_the_deliveries_show_that_a_receiver_is_gone(cloud: Cloud, upload: RunningService) -> None:
    job = await put_job(upload, encrypted(completed(callback_url=URL)), JobDetails(callback_gone_at=CREATED))
    answer = await upload.client.get(f"/jobs/{job.job_id}/deliveries")
    assert answer.json()["gone_at"] == clock.iso(CREATED)


@pytest.mark.parametrize(("method", "path"), [("GET", "deliveries"), ("POST", "deliveries/replay")])
async def test_another_owners_deliveries_are_not_found(
    cloud: Cloud, upload: RunningService, method: str, path: str
) -> None:
    job = await put_job(upload, encrypted(completed(callback_url=URL)))
    answers = [
        await upload.client.request(method, f"/jobs/{job_id}/{path}", headers={"x-api-key": STRANGER_KEY})
        for job_id in (job.job_id, new_job_id())
    ]
    assert [(answer.status_code, answer.json()["detail"]) for answer in answers] == [(404, "There is no such job.")] * 2


async def test_a_replay_goes_to_the_orchestrator(cloud: Cloud, shared_installation: Installation) -> None:
    asked: list[tuple[str, str]] = []

    def orchestrator(request: httpx.Request) -> httpx.Response:
        asked.append((request.method, request.url.path))
        return httpx.Response(202 if len(asked) == 1 else 409, json={"detail": "The job has no callback_url."})

    async with running_service(settings_for(shared_installation), orchestrator) as service:
        job = await put_job(service, encrypted(completed(callback_url=URL, status=JobStatus.COMPLETED)))
        accepted = await service.client.post(f"/jobs/{job.job_id}/deliveries/replay")
        refused = await service.client.post(f"/jobs/{job.job_id}/deliveries/replay")
    assert asked == [("POST", f"/api/jobs/{job.job_id}/deliveries/replay")] * 2
    assert (accepted.status_code, accepted.json()["callback_url"]) == (202, URL)
    assert (refused.status_code, refused.json()["detail"]) == (409, "The job has no callback_url.")


async def test_an_owner_reads_and_replaces_its_own_secret(upload: RunningService) -> None:
    first = await upload.client.get("/webhooks/secret")
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    secret = first.json()["secret"]
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert (await upload.client.get("/webhooks/secret")).json() == first.json()
    other = await upload.client.get("/webhooks/secret", headers={"x-api-key": STRANGER_KEY})
    assert other.json()["secret"] != secret

    rotated = await upload.client.post("/webhooks/secret/rotate")
    assert rotated.status_code == 200
    assert rotated.headers["cache-control"] == "no-store"
    assert rotated.json()["secret"] != secret
    assert first.json()["previous_until"] is None
    assert clock.parse(rotated.json()["previous_until"]) > clock.now() + timedelta(hours=23)
    assert (await upload.client.get("/webhooks/secret")).json() == rotated.json()


@pytest.mark.parametrize(("method", "path"), [("GET", "/webhooks/secret"), ("POST", "/webhooks/secret/rotate")])
async def test_nobody_reads_a_secret_without_a_key(upload: RunningService, method: str, path: str) -> None:
    for key in ("", "no-such-key"):
        answer = await upload.client.request(method, path, headers={"x-api-key": key})
        assert answer.status_code == 401
        assert "whsec_" not in answer.text
