"""Tests of `POST /uploads` with the URL of an image."""

import asyncio
from typing import Any

import httpx
import pytest

from darkroom.accounts.allowances import KeyLimits
from darkroom.jobs import Job
from darkroom.messages import FetchRequested
from darkroom.outbound_urls import MAX_CHARACTERS
from darkroom.runtime.queue import SqsQueue
from darkroom.tables.daily_counter import counter_key
from darkroom_local.installation import Installation
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tests.upload.service import RunningService, put_key

URL = "https://images.example/photos/my%20cat.jpg?token=hunter2"


async def ask(service: RunningService, key: str | None = None, **changes: Any) -> httpx.Response:
    headers = {"idempotency-key": key} if key else {}
    wanted = {"url": URL, "recipe": "thumbnails", **changes}
    body = {name: value for name, value in wanted.items() if value is not None}
    return await service.client.post("/uploads", json=body, headers=headers)


async def commands(cloud: Cloud, service: RunningService) -> list[str]:
    """Receive and delete all commands, and return the ids of their jobs."""
    queue, found = SqsQueue(cloud.sqs, str(service.settings.imports_queue_url)), list[str]()
    while deliveries := await queue.receive(most=10, wait_seconds=0):
        await queue.delete(deliveries)
        found += [FetchRequested.model_validate_json(one.body).job_id for one in deliveries]
    return found


async def stored(service: RunningService, answer: httpx.Response) -> Job:
    job = await service.services.jobs.get(answer.json()["job_id"])
    assert job is not None
    return job


async def test_import_is_a_job_that_awaits_its_image_and_a_command(cloud: Cloud, upload: RunningService) -> None:
    answer = await ask(upload, metadata={"album": "holidays"}, publish=True, keep_original=True)
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert answer.headers["location"] == f"/status/{body['job_id']}"
    assert (body["status"], body["recipe"], body["metadata"]) == (
        "awaiting_upload",
        "thumbnails",
        {"album": "holidays"},
    )
    assert body["source"]["filename"] == "my cat.jpg"
    assert body["source"]["imported_from"] == "images.example"
    assert (body["source"]["bytes"], body["source"]["content_type"]) == (None, None)
    assert body["job_id"] in await commands(cloud, upload)
    job = await stored(upload, answer)
    assert (job.published, job.keep_original) == (True, True)
    assert job.pending_import is not None
    assert CIPHER.decrypt(job.pending_import.url, place=job.job_id) == URL


async def test_url_and_its_token_are_nowhere_in_clear_text(cloud: Cloud, upload: RunningService) -> None:
    answer = await ask(upload)
    status = await upload.client.get(f"/status/{answer.json()['job_id']}")
    items = await cloud.dynamodb.scan(TableName=upload.settings.jobs_table)
    for text in (answer.text, status.text, str(items["Items"])):
        assert "hunter2" not in text
        assert "photos" not in text


@pytest.mark.parametrize(
    ("url", "filename", "shown"),
    [
        ("https://a.example/", "", "image"),
        ("https://a.example", "", "image"),
        ("https://a.example/caf%C3%A9.png", "", "café.png"),
        ("https://a.example/a%2F..%2F..%2Fetc%2Fpasswd", "", "passwd"),
        ("https://a.example/a.jpg", "../b\r\nc.png", "bc.png"),
    ],
)
async def test_name_is_the_given_one_or_the_last_part_of_the_path(
    upload: RunningService, url: str, filename: str, shown: str
) -> None:
    answer = await ask(upload, url=url, filename=filename)
    assert answer.json()["source"]["filename"] == shown
    assert (await stored(upload, answer)).original_key.startswith(f"uploads/{answer.json()['job_id']}/")


@pytest.mark.parametrize(
    ("changes", "pointer", "reason"),
    [
        ({"url": None}, "/url", "required"),
        ({"url": 1}, "/url", "string"),
        ({"url": "ftp://a.example/"}, "/url", "must begin with https:// or http://"),
        ({"url": "file:///etc/passwd"}, "/url", "must begin with https:// or http://"),
        ({"url": "https://user:password@a.example/"}, "/url", "user name or a password"),
        ({"url": "https://a.example:22/"}, "/url", "must use port 80, port 443"),
        ({"url": "https://2130706433/"}, "/url", "host name or an IP address"),
        ({"url": "https://a.example/#b"}, "/url", "fragment"),
        ({"url": "https://a.example/" + "a" * MAX_CHARACTERS}, "/url", f"at most {MAX_CHARACTERS} characters"),
        ({"callback_url": "ftp://a.example/"}, "/callback_url", "must begin with"),
        ({"headers": {"authorization": "a"}}, "/headers", "Extra inputs"),
        ({"filename": "a" * 1025}, "/filename", "1024"),
        ({"publish": "yes"}, "/publish", "boolean"),
    ],
)
async def test_bad_field_is_refused_by_its_name(
    cloud: Cloud, upload: RunningService, changes: dict[str, Any], pointer: str, reason: str
) -> None:
    answer = await ask(upload, **changes)
    assert answer.status_code == 400, answer.text
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == pointer
    assert reason in fault["message"]


async def test_unknown_preset_is_refused(upload: RunningService) -> None:
    answer = await ask(upload, recipe="nothing")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_recipe")


async def test_options_are_no_query_parameters(upload: RunningService) -> None:
    answer = await upload.client.post("/uploads?recipe=web", json={"url": URL})
    assert answer.status_code == 400


async def test_other_path_for_uploads_takes_no_url(upload: RunningService) -> None:
    answer = await upload.client.post("/v1/images/upload", json={"url": URL})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_repeated_request_is_the_same_job_and_sends_a_lost_command(cloud: Cloud, upload: RunningService) -> None:
    first = await ask(upload, "one-import")
    again = await ask(upload, "one-import")
    assert first.json()["job_id"] == again.json()["job_id"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert (await commands(cloud, upload)).count(first.json()["job_id"]) == 2
    other = await ask(upload, "one-import", url="https://images.example/other.jpg")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


async def test_parallel_requests_with_one_key_make_one_job(upload: RunningService) -> None:
    answers = await asyncio.gather(*(ask(upload, "many-imports") for _ in range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["job_id"] for answer in answers}) == 1


async def test_import_counts_as_a_job_and_not_yet_with_bytes(
    cloud: Cloud, upload: RunningService, shared_installation: Installation
) -> None:
    limits = KeyLimits(jobs_per_day=2, bytes_per_day=1000)
    await put_key(cloud.dynamodb, shared_installation, "importing-key", "importer", limits=limits)
    headers = {"x-api-key": "importing-key"}
    answers = [await upload.client.post("/uploads", json={"url": URL}, headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    job = await stored(upload, answers[0])
    assert job.pending_import is not None
    assert (job.original_bytes, job.pending_import.bytes_per_day) == (None, 1000)
    assert job.charged_to is not None
    assert job.charged_to.endswith(counter_key("", job.created_at).removeprefix("usage#"))
    item = await cloud.dynamodb.get_item(TableName=upload.settings.accounts_table, Key={"id": {"S": job.charged_to}})
    assert (item["Item"]["used_jobs"], item["Item"]["used_bytes"]) == ({"N": "2"}, {"N": "0"})


async def test_import_needs_the_scope_of_uploads(upload: RunningService) -> None:
    answer = await upload.client.post("/uploads", json={"url": URL}, headers={"x-api-key": "nobody"})
    assert answer.status_code == 401
