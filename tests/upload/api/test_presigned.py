"""Tests of `POST /uploads/presigned`."""

import base64
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from darkroom import clock
from darkroom.limits import MAX_FAULTS
from tests.support.emulator import Cloud
from tests.upload.service import RunningService
from tools.testbed import images

CAT = images.jpeg(64, 48)
WANTED = {"filename": "My cat.jpg", "content_type": "image/jpeg", "size": len(CAT), "recipe": "thumbnails"}


async def ask(service: RunningService, key: str | None = None, **changes: Any) -> httpx.Response:
    headers = {"idempotency-key": key} if key else {}
    wanted = {name: value for name, value in {**WANTED, **changes}.items() if value is not None}
    return await service.client.post("/uploads/presigned", json=wanted, headers=headers)


def policy(answer: httpx.Response) -> list[Any]:
    """Return the conditions that S3 checks an upload against."""
    conditions: list[Any] = json.loads(base64.b64decode(answer.json()["upload"]["fields"]["policy"]))["conditions"]
    return conditions


async def test_the_form_uploads_the_file_of_a_waiting_job(cloud: Cloud, upload: RunningService) -> None:
    answer = await ask(upload, metadata={"album": "holidays"})
    assert answer.status_code == 201
    body = answer.json()
    assert body["status_url"] == answer.headers["location"] == f"/status/{body['job_id']}"

    async with httpx.AsyncClient(trust_env=False) as anyone:
        put = await anyone.post(body["upload"]["url"], data=body["upload"]["fields"], files={"file": CAT})
    assert put.status_code == 204, put.text
    key = f"direct/{body['job_id']}/My-cat.jpg"
    there = await cloud.s3.get_object(Bucket=upload.settings.originals_bucket, Key=key)
    assert await there["Body"].read() == CAT
    assert there["ContentType"] == "image/jpeg"
    assert there["Metadata"] == {"job-id": body["job_id"], "recipe": "thumbnails"}

    status = (await upload.client.get(body["status_url"])).json()
    assert (status["status"], status["recipe"]) == ("awaiting_upload", "thumbnails")
    assert status["metadata"] == {"album": "holidays"}
    assert status["source"]["filename"] == "My cat.jpg"
    assert (status["source"]["bytes"], status["source"]["sha256"]) == (len(CAT), None)


async def test_the_form_fixes_key_type_and_size(upload: RunningService) -> None:
    answer = await ask(upload, content_type=" Image/JPEG ")
    conditions = policy(answer)
    assert {"key": f"direct/{answer.json()['job_id']}/My-cat.jpg"} in conditions
    assert {"Content-Type": "image/jpeg"} in conditions
    assert ["content-length-range", 1, len(CAT)] in conditions
    assert {"bucket": upload.settings.originals_bucket} in conditions


async def test_the_form_is_valid_for_ten_minutes_and_the_job_a_little_longer(upload: RunningService) -> None:
    answer = await ask(upload)
    job = await upload.services.jobs.get(answer.json()["job_id"])
    assert job is not None
    assert job.deadline is not None
    left = clock.parse(answer.json()["upload"]["expires_at"]) - clock.now()
    assert timedelta(minutes=9.5) < left <= timedelta(minutes=10)
    assert timedelta(minutes=11.5) < job.deadline - clock.now() <= timedelta(minutes=12)


@pytest.mark.parametrize(
    "changes",
    [{"filename": None}, {"recipe": None}, {"recipe": {"variants": []}}, {"recipe": '{"variants": []}'}],
    ids=str,
)
async def test_most_fields_are_optional(upload: RunningService, changes: dict[str, Any]) -> None:
    assert (await ask(upload, **changes)).status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"size": 0}, 400, "malformed_request"),
        ({"size": -1}, 400, "malformed_request"),
        ({"size": "12"}, 400, "malformed_request"),
        ({"size": 1.5}, 400, "malformed_request"),
        ({"size": True}, 400, "malformed_request"),
        ({"size": None}, 400, "malformed_request"),
        ({"size": 10 * 1024 * 1024 + 1}, 413, "upload_too_large"),
        ({"size": 10**40}, 413, "upload_too_large"),
        ({"content_type": "application/pdf"}, 415, "unsupported_media_type"),
        ({"content_type": "image/svg+xml"}, 415, "unsupported_media_type"),
        ({"content_type": ""}, 415, "unsupported_media_type"),
        ({"content_type": 1}, 400, "malformed_request"),
        ({"content_type": None}, 400, "malformed_request"),
        ({"filename": ["x"]}, 400, "malformed_request"),
        ({"filename": "x" * 2000}, 400, "malformed_request"),
        ({"recipe": "nope"}, 422, "invalid_recipe"),
        ({"recipe": {"variants": 1}}, 422, "invalid_recipe"),
        ({"recipe": []}, 400, "malformed_request"),
        ({"metadata": {"a": 1}}, 400, "malformed_request"),
        ({"metadata": {str(number): "" for number in range(17)}}, 400, "malformed_request"),
        ({"recipes": "web"}, 400, "malformed_request"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_an_unacceptable_upload_is_refused_with_the_reason(
    upload: RunningService, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = await ask(upload, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    if status == 413:
        assert answer.json()["limit"] == 10 * 1024 * 1024
        assert answer.json()["actual"] == changes["size"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"filename": "\\ud800", "content_type": "image/png", "size": 1}',
        b'{"content_type": "image/png", "size": 1, "metadata": {"\\udfff": "x"}}',
        b'{"content_type": "image/png", "size": 1, "\\ud800": "x"}',
        b'{"size": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"size": NaN}',
    ],
    ids=range(11),
)
async def test_another_document_is_refused(upload: RunningService, body: bytes) -> None:
    answer = await upload.client.post("/uploads/presigned", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request"), answer.text


async def test_a_document_with_countless_faults_lists_some_of_them(upload: RunningService) -> None:
    answer = await ask(upload, metadata={str(number): number for number in range(9_000)})
    assert (answer.status_code, len(answer.json()["errors"])) == (400, MAX_FAULTS)


async def test_junk_in_names_is_harmless(upload: RunningService) -> None:
    body = (
        b'{"filename": "../\\u0000\\u202e.jpg", "content_type": "image/jpeg", "size": 1, "metadata": {"\\u0000": ""}}'
    )
    answer = await upload.client.post("/uploads/presigned", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 201
    assert answer.json()["upload"]["fields"]["key"].endswith("/image.jpg")


async def test_a_document_that_is_too_long_is_refused(upload: RunningService) -> None:
    answer = await ask(upload, recipe=" " * 300_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")


async def test_the_same_key_gives_a_form_for_the_same_job(upload: RunningService) -> None:
    first, again = await ask(upload, "p1"), await ask(upload, "p1")
    assert first.json()["job_id"] == again.json()["job_id"]
    assert first.json()["upload"]["expires_at"] == again.json()["upload"]["expires_at"]
    assert again.headers["idempotency-replayed"] == "true"


async def test_the_same_key_for_another_upload_is_refused(upload: RunningService) -> None:
    await ask(upload, "p2")
    for changes in ({"size": 1}, {"filename": "y"}, {"recipe": "web"}, {"metadata": {"a": "b"}}):
        answer = await ask(upload, "p2", **changes)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")
    answer = await upload.client.post("/uploads", files={"file": CAT}, headers={"idempotency-key": "p2"})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")


async def test_the_key_of_an_upload_that_is_over_is_used_up(cloud: Cloud, upload: RunningService) -> None:
    first = await ask(upload, "p3")
    await cloud.dynamodb.delete_item(
        TableName=upload.settings.jobs_table, Key={"job_id": {"S": first.json()["job_id"]}}
    )
    again = await ask(upload, "p3")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
