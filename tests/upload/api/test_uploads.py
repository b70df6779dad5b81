"""`POST /uploads`: what is taken, what is refused, and what is there afterwards."""

import asyncio
import hashlib
import json
import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from darkroom.jobs import JobStatus
from darkroom.messages import UploadArrived
from darkroom_upload.adapters.originals import PART_BYTES
from tests.support import images
from tests.support.emulator import Cloud
from tests.upload.multipart import CONTENT_TYPE, form, part, part_with_headers
from tests.upload.service import STRANGER_KEY, RunningService, running_service, settings_for

CAT = images.jpeg(64, 48)
LARGE = images.png(16, 16) + b"\x00" * (2 * PART_BYTES)
"""Two parts and a bit; what follows the end of a PNG is nobody's business."""


async def stored(cloud: Cloud, service: RunningService, job_id: str) -> tuple[Any, bytes]:
    """The object of a job, and its bytes."""
    job = await service.services.jobs.get(job_id)
    assert job is not None
    answer = await cloud.s3.get_object(Bucket=service.settings.originals_bucket, Key=job.source_key)
    return answer, await answer["Body"].read()


async def announcement(cloud: Cloud, service: RunningService, job_id: str) -> UploadArrived:
    """The message that a job's bytes are there; those of other jobs are dropped."""
    async with asyncio.timeout(10):
        while True:
            answer = await cloud.sqs.receive_message(
                QueueUrl=str(service.settings.uploads_queue_url),
                MaxNumberOfMessages=10,
                WaitTimeSeconds=1,
                MessageAttributeNames=["All"],
            )
            for message in answer.get("Messages", []):
                # S3's own events have no attributes.
                if "MessageAttributes" in message and message["MessageAttributes"]["job_id"]["StringValue"] == job_id:
                    return UploadArrived.model_validate_json(message["Body"])


async def multipart_uploads(cloud: Cloud, bucket: str) -> list[str]:
    """Keys of uploads that were begun and neither completed nor aborted."""
    answer = await cloud.s3.list_multipart_uploads(Bucket=bucket)
    return [upload["Key"] for upload in answer.get("Uploads", [])]


async def test_a_form_becomes_a_job_an_object_and_an_announcement(cloud: Cloud, upload: RunningService) -> None:
    answer = await upload.client.post(
        "/uploads",
        files={"file": ("My cat.jpg", CAT, "text/plain")},
        data={"recipe": "thumbnails", "metadata": '{"album": "holidays"}'},
    )
    assert answer.status_code == 202
    body = answer.json()
    assert answer.headers["location"] == f"/status/{body['job_id']}"
    assert answer.headers["retry-after"] == "1"
    assert "idempotency-replayed" not in answer.headers
    assert (body["status"], body["recipe"]) == ("awaiting_upload", "thumbnails")
    assert body["metadata"] == {"album": "holidays"}
    assert body["source"]["filename"] == "My cat.jpg"
    assert body["source"]["content_type"] == "image/jpeg"
    assert (body["source"]["bytes"], body["source"]["sha256"]) == (len(CAT), hashlib.sha256(CAT).hexdigest())

    thing, data = await stored(cloud, upload, body["job_id"])
    assert data == CAT
    assert thing["ContentType"] == "image/jpeg"
    assert thing["Metadata"]["job-id"] == body["job_id"]

    source = (await announcement(cloud, upload, body["job_id"])).source
    assert source.key == f"uploads/{body['job_id']}/My-cat.jpg"
    assert (source.size, source.etag, source.version_id) == (len(CAT), thing["ETag"], thing["VersionId"])


async def test_the_answer_to_an_upload_is_what_the_status_says(upload: RunningService) -> None:
    answer = await upload.client.post("/uploads", files={"file": ("cat.jpg", CAT)})
    status = await upload.client.get(answer.headers["location"])
    assert status.json() == answer.json()
    assert status.headers["etag"] == answer.headers["etag"]


@pytest.mark.parametrize("path", ["/uploads", "/v1/images/upload"])
@pytest.mark.parametrize("content_type", ["image/jpeg", "image/x-anything", "application/octet-stream", None])
async def test_a_raw_body_is_an_upload(upload: RunningService, path: str, content_type: str | None) -> None:
    answer = await upload.client.post(
        path,
        params={"recipe": "grayscale", "filename": "größe.png"},
        content=images.png(20, 10),
        headers={"content-type": content_type} if content_type else {},
    )
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert body["recipe"] == "grayscale"
    assert (body["source"]["filename"], body["source"]["content_type"]) == ("größe.png", "image/png")


async def test_a_raw_body_needs_no_parameters(upload: RunningService) -> None:
    answer = await upload.client.post("/uploads", content=CAT, headers={"content-type": "image/png"})
    assert answer.json()["recipe"] == "web"
    assert answer.json()["source"]["filename"] == "image"


async def test_the_fields_of_a_form_may_follow_the_file(upload: RunningService) -> None:
    body = form([part("file", CAT, "x"), part("metadata", b'{"a": "b"}'), part("recipe", b'{"variants": []}')])
    answer = await upload.client.post("/uploads", content=body, headers={"content-type": CONTENT_TYPE})
    assert answer.status_code == 202
    assert (answer.json()["recipe"], answer.json()["metadata"]) == ("custom", {"a": "b"})


async def test_empty_fields_are_like_none(upload: RunningService) -> None:
    body = form([part("recipe", b""), part("metadata", b""), part("file", CAT, "")])
    answer = await upload.client.post("/uploads", content=body, headers={"content-type": CONTENT_TYPE})
    assert answer.status_code == 202
    assert answer.json()["recipe"] == "web"
    assert "metadata" not in answer.json()


@pytest.mark.parametrize("size", [PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES, len(LARGE)])
async def test_large_files_arrive_whole(cloud: Cloud, upload: RunningService, size: int) -> None:
    data = LARGE[:size]
    answer = await upload.client.post("/uploads", files={"file": ("large.png", data)}, data={"recipe": "metadata"})
    assert answer.status_code == (202 if size <= upload.settings.max_upload_bytes else 413)
    if answer.status_code == 202:
        body = answer.json()
        thing, there = await stored(cloud, upload, body["job_id"])
        assert there == data
        assert thing["ContentType"] == "image/png"
        assert thing["Metadata"] == {"job-id": body["job_id"], "recipe": "metadata"}
        source = (await announcement(cloud, upload, body["job_id"])).source
        assert (source.size, source.version_id) == (size, thing["VersionId"])


def raw(data: bytes, **more: Any) -> dict[str, Any]:
    return {"content": data, "headers": {"content-type": "image/png"}, **more}


def parts(*some: bytes) -> dict[str, Any]:
    return {"content": form(some), "headers": {"content-type": CONTENT_TYPE}}


NAMES = {
    "a path": "../../etc/passwd",
    "a path of Windows": "a\\b\\..\\cat.jpg",
    "written backwards": "\u202egpj.exe",
    "long": "a" * 500 + ".jpg",
    "of symbols": "😀.jpg",
    "escaped": "%00.jpg",
    "NUL": "a\0b.jpg",
    "a header": "a\r\nSet-Cookie: x=y\r\n\r\n.jpg",
    "a line of a log": 'a\n{"event": "forged"}.jpg',
    "a dot": ".",
    "a device": "con",
}


def by_form(filename: str) -> dict[str, Any]:
    disposition = f"Content-Disposition: form-data; name=\"file\"; filename*=utf-8''{quote(filename, safe='')}"
    return parts(part_with_headers(disposition.encode(), CAT))


def by_parameter(filename: str) -> dict[str, Any]:
    return raw(CAT, params={"filename": filename})


@pytest.mark.parametrize(
    ("request_"),
    [*map(by_form, NAMES.values()), *map(by_parameter, NAMES.values()), by_parameter("b" * 10_000 + ".jpg")],
    ids=[*(f"{name}, in a form" for name in NAMES), *(f"{name}, as a parameter" for name in NAMES), "10 kB"],
)
async def test_no_name_of_a_file_is_dangerous(upload: RunningService, request_: dict[str, Any]) -> None:
    answer = await upload.client.post("/uploads", **request_)
    assert answer.status_code == 202
    job = await upload.services.jobs.get(answer.json()["job_id"])
    assert job is not None
    prefix, job_id, name = job.source_key.split("/")
    assert (prefix, job_id) == ("uploads", job.job_id)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", name)
    assert ".." not in name
    shown = answer.json()["source"]["filename"]
    assert shown.isprintable()
    assert 0 < len(shown) <= 128
    assert not set(shown) & set("/\\")


PDF = b"%PDF-1.7" + b"x" * 100
FILE = part("file", CAT, "cat.jpg")

REFUSED: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "an empty body": (raw(b""), 400, "malformed_request", "empty"),
    "an empty file": (parts(part("file", b"", "x")), 400, "malformed_request", "empty"),
    "no file": (parts(part("recipe", b"web")), 400, "malformed_request", 'no part "file"'),
    "no parts": (parts(), 400, "malformed_request", 'no part "file"'),
    "two files": (parts(FILE, FILE), 400, "malformed_request", "more than one part"),
    "a misspelt field": (parts(FILE, part("recipes", b"web")), 400, "malformed_request", '"recipes"'),
    "no boundary": (
        {"content": form([FILE]), "headers": {"content-type": "multipart/form-data"}},
        400,
        "malformed_request",
        "boundary",
    ),
    "a cut form": (
        {"content": form([FILE], closed=False), "headers": {"content-type": CONTENT_TYPE}},
        400,
        "malformed_request",
        "closing boundary",
    ),
    "huge headers": (
        parts(part_with_headers(b"X: " + b"y" * 100_000, b"")),
        400,
        "malformed_request",
        "header size",
    ),
    "metadata that is no object": (parts(FILE, part("metadata", b"[]")), 400, "malformed_request", "metadata"),
    "metadata that is no UTF-8": (parts(FILE, part("metadata", b"\xff")), 400, "malformed_request", "UTF-8"),
    "an unknown preset": (parts(FILE, part("recipe", b"nope")), 422, "invalid_recipe", '"nope"'),
    "an unknown preset first": (parts(part("recipe", b"nope"), FILE), 422, "invalid_recipe", '"nope"'),
    "an unknown preset in the query": (raw(CAT, params={"recipe": "a\x00b"}), 422, "invalid_recipe", "a\\u0000b"),
    "a recipe with faults": (parts(FILE, part("recipe", b'{"variants": [{}]}')), 422, "invalid_recipe", "fault"),
    "another file": (raw(PDF), 415, "unsupported_media_type", "no image"),
    "another file in a form": (parts(part("file", PDF, "cat.jpg")), 415, "unsupported_media_type", "no image"),
    "a body of another type": (
        {"content": CAT, "headers": {"content-type": "text/plain"}},
        415,
        "unsupported_media_type",
        '"text/plain"',
    ),
    "a form of the other kind": (
        {"data": {"file": "x"}},
        415,
        "unsupported_media_type",
        "x-www-form-urlencoded",
    ),
    "a misspelt parameter": (raw(CAT, params={"recipes": "web"}), 400, "malformed_request", '"recipes"'),
    "a parameter twice": (raw(CAT, params=[("recipe", "web"), ("recipe", "web")]), 400, "malformed_request", "once"),
    "a parameter beside a form": (
        {**parts(FILE), "params": {"recipe": "web"}},
        400,
        "malformed_request",
        "takes none",
    ),
    "too many pixels": (
        raw(images.png(8, 8)[:16] + b"\x00\x01\x00\x00\x00\x01\x00\x00" + images.png(8, 8)[24:]),
        422,
        "image_too_large",
        "65536 × 65536",
    ),
}


@pytest.mark.parametrize(("request_", "status", "code", "words"), REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_taken_is_refused_with_the_reason(
    cloud: Cloud, upload: RunningService, request_: dict[str, Any], status: int, code: str, words: str
) -> None:
    before = await upload.client.get("/jobs", params={"limit": 1})
    answer = await upload.client.post("/uploads", **request_)
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in problem["detail"]
    assert (await upload.client.get("/jobs", params={"limit": 1})).json() == before.json()
    assert await multipart_uploads(cloud, upload.settings.originals_bucket) == []


async def test_faults_of_a_recipe_have_their_places(upload: RunningService) -> None:
    recipe = {"variants": [{"name": "a", "output": {"format": "jpeg", "quality": 101}}]}
    answer = await upload.client.post("/uploads", files={"file": CAT}, data={"recipe": json.dumps(recipe)})
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/variants/0/output/quality"]


async def test_a_large_upload_that_is_refused_at_its_end_leaves_nothing(cloud: Cloud, upload: RunningService) -> None:
    body = form([part("file", LARGE[: PART_BYTES + 100], "x"), part("recipe", b"nope")])
    answer = await upload.client.post("/uploads", content=body, headers={"content-type": CONTENT_TYPE})
    assert answer.status_code == 422
    assert await multipart_uploads(cloud, upload.settings.originals_bucket) == []


async def upload_with_key(service: RunningService, key: str, data: bytes = CAT, **fields: str) -> httpx.Response:
    return await service.client.post(
        "/uploads", files={"file": ("cat.jpg", data)}, data=fields, headers={"idempotency-key": key}
    )


async def test_the_same_key_makes_one_job(cloud: Cloud, upload: RunningService) -> None:
    first = await upload_with_key(upload, "one-job", recipe="thumbnails")
    again = await upload_with_key(upload, "one-job", recipe="thumbnails")
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json()["job_id"] == first.json()["job_id"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


@pytest.mark.parametrize("data", [CAT, LARGE[: PART_BYTES + 1]], ids=["small", "large"])
async def test_the_same_key_does_what_a_crash_left_undone(
    cloud: Cloud, upload: RunningService, data: bytes, request: pytest.FixtureRequest
) -> None:
    key = request.node.name
    first = await upload_with_key(upload, key, data)
    job_id = first.json()["job_id"]
    job = await upload.services.jobs.get(job_id)
    assert job is not None
    source = (await announcement(cloud, upload, job_id)).source
    await cloud.s3.delete_object(
        Bucket=upload.settings.originals_bucket, Key=job.source_key, VersionId=source.version_id or ""
    )

    assert (await upload_with_key(upload, key, data)).json()["job_id"] == job_id
    _, there = await stored(cloud, upload, job_id)
    assert there == data
    assert (await announcement(cloud, upload, job_id)).source.version_id != source.version_id


async def test_the_same_key_does_not_touch_a_job_that_has_begun(cloud: Cloud, upload: RunningService) -> None:
    first = await upload_with_key(upload, "begun", LARGE[: PART_BYTES + 1])
    job_id = first.json()["job_id"]
    await announcement(cloud, upload, job_id)
    await cloud.dynamodb.update_item(
        TableName=upload.settings.jobs_table,
        Key={"job_id": {"S": job_id}},
        UpdateExpression="SET #status = :queued",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":queued": {"S": JobStatus.QUEUED.value}},
    )
    again = await upload_with_key(upload, "begun", LARGE[: PART_BYTES + 1])
    assert (again.status_code, again.json()["status"]) == (202, "queued")
    versions = await cloud.s3.list_object_versions(Bucket=upload.settings.originals_bucket, Prefix=f"uploads/{job_id}/")
    assert len(versions["Versions"]) == 1
    assert await multipart_uploads(cloud, upload.settings.originals_bucket) == []


@pytest.mark.parametrize(
    "change",
    [{"data": images.jpeg(64, 49)}, {"recipe": "augment"}, {"metadata": '{"a": "c"}'}],
    ids=["file", "recipe", "metadata"],
)
async def test_the_same_key_for_something_else_is_refused(
    cloud: Cloud, upload: RunningService, change: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    key = hashlib.sha256(request.node.name.encode()).hexdigest()
    await upload_with_key(upload, key, metadata='{"a": "b"}')
    answer = await upload_with_key(upload, key, **{"metadata": '{"a": "b"}', **change})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")
    assert await multipart_uploads(cloud, upload.settings.originals_bucket) == []


async def test_requests_with_one_key_at_the_same_time_make_one_job(cloud: Cloud) -> None:
    async with cloud.installation() as installation, running_service(settings_for(installation)) as service:
        answers = await asyncio.gather(*(upload_with_key(service, "race") for _ in range(12)))
        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.json()["job_id"] for answer in answers}) == 1
        assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
        assert len((await service.client.get("/jobs")).json()["items"]) == 1


async def test_keys_of_different_owners_have_nothing_to_do_with_each_other(upload: RunningService) -> None:
    mine = await upload_with_key(upload, "everyone-s")
    theirs = await upload.client.post(
        "/uploads",
        files={"file": ("cat.jpg", CAT)},
        headers={"idempotency-key": "everyone-s", "x-api-key": STRANGER_KEY},
    )
    assert theirs.status_code == 202
    assert theirs.json()["job_id"] != mine.json()["job_id"]


@pytest.mark.parametrize("key", [b"", b"a b", b"\xc3\xa4", b"x" * 256, b"a\tb"])
async def test_a_key_is_of_visible_ascii(upload: RunningService, key: bytes) -> None:
    answer = await upload.client.post("/uploads", files={"file": CAT}, headers={b"idempotency-key": key})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert "Idempotency-Key" in answer.json()["detail"]


async def test_the_key_of_a_deleted_job_is_used_up(cloud: Cloud, upload: RunningService) -> None:
    first = await upload_with_key(upload, "deleted")
    await cloud.dynamodb.delete_item(
        TableName=upload.settings.jobs_table, Key={"job_id": {"S": first.json()["job_id"]}}
    )
    again = await upload_with_key(upload, "deleted")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


async def test_a_claim_that_has_expired_counts_no_more(cloud: Cloud, upload: RunningService) -> None:
    first = await upload_with_key(upload, "expired")
    digest = hashlib.sha256(b"expired").hexdigest()
    await cloud.dynamodb.update_item(
        TableName=upload.settings.accounts_table,
        Key={"id": {"S": f"idempotency#demo#{digest}"}},
        UpdateExpression="SET expires_at = :past",
        ExpressionAttributeValues={":past": {"N": "1000"}},
    )
    again = await upload_with_key(upload, "expired")
    assert again.status_code == 202
    assert again.json()["job_id"] != first.json()["job_id"]
