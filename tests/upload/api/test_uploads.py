"""Tests of `POST /uploads`: what it accepts, what it refuses, and what exists afterwards."""

import hashlib
import json
import re
from typing import Any
from urllib.parse import quote

import pytest

from darkroom.file_names import key_name
from darkroom.intake.incoming_original import PART_BYTES
from tests.support.emulator import Cloud
from tests.upload.evidence import CAT, LARGE, announcement, latest_jobs, multipart_uploads, stored
from tests.upload.multipart import CONTENT_TYPE, form, part, part_with_headers
from tests.upload.service import RunningService
from tools.testbed import images


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

    source = (await announcement(cloud, upload, body["job_id"])).original
    assert source.key == f"uploads/{body['job_id']}/My-cat.jpg"
    assert (source.size, source.etag, source.version_id) == (len(CAT), thing["ETag"], thing["VersionId"])


async def test_the_answer_to_an_upload_equals_the_status(upload: RunningService) -> None:
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


async def test_empty_fields_mean_the_defaults(upload: RunningService) -> None:
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
        source = (await announcement(cloud, upload, body["job_id"])).original
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
    "of another script": "写真.png",
    "of nothing but what is invisible": "\u200b\u202e\u0301.png",
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
async def test_dangerous_file_names_are_harmless(upload: RunningService, request_: dict[str, Any]) -> None:
    answer = await upload.client.post("/uploads", **request_)
    assert answer.status_code == 202
    job = await upload.services.jobs.get(answer.json()["job_id"])
    assert job is not None
    prefix, job_id, name = job.original_key.split("/")
    assert (prefix, job_id) == ("uploads", job.job_id)
    assert name == key_name(answer.json()["source"]["filename"])
    assert not re.search(r"[\x00-,/:-@\[-^`{-\xa0\u2028-\u202e]|\.\.|^[._-]|[._-]$", name)
    assert len(name.encode()) <= 200
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
    "another file": (raw(PDF), 415, "unsupported_media_type", "Unsupported image format"),
    "another file in a form": (
        parts(part("file", PDF, "cat.jpg")),
        415,
        "unsupported_media_type",
        "Unsupported image format",
    ),
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
async def test_an_unacceptable_upload_is_refused_with_the_reason(
    cloud: Cloud, upload: RunningService, request_: dict[str, Any], status: int, code: str, words: str
) -> None:
    before = await latest_jobs(upload)
    answer = await upload.client.post("/uploads", **request_)
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in problem["detail"]
    assert await latest_jobs(upload) == before
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
