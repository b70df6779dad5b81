"""Tests refused requests, failing jobs, and the errors that clients get."""

import asyncio
import json
import struct
import zlib
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import httpx
import pytest
import pytest_asyncio

from darkroom.jobs import new_job_id
from darkroom.limits import DEFAULT_UPLOAD_BYTES, MAX_FRAMES, MAX_PIXELS
from darkroom_local.system import System
from tests.support.api import Api, variants_of
from tests.support.corpus import CORPUS, needs_corpus
from tools.testbed.images import animation, encoded, jpeg, photo, png

CAT = jpeg(40, 30)
JPEG_MAGIC = CAT[:20]


@pytest_asyncio.fixture(scope="module")
async def stranger(system: System) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client without a key."""
    async with httpx.AsyncClient(base_url=system.url, trust_env=False) as stranger:
        yield stranger


def check_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance", "code"} <= set(problem)
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["instance"] == answer.request.url.path
    assert "Traceback" not in answer.text
    return problem


def png_header(width: int, height: int) -> bytes:
    """Return the beginning of a PNG whose header has this size, in pixels."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + bytes(64)


@pytest.mark.parametrize(
    "request_",
    [
        {"url": "/uploads", "data": {"recipe": "web"}, "files": {"recipe": (None, "web")}},
        {"url": "/uploads", "files": {"file": ("cat.jpg", b"")}},
        {"url": "/uploads", "files": {"file": ("cat.jpg", CAT), "colour": (None, "red")}},
        {"url": "/uploads", "files": [("file", ("a.jpg", CAT)), ("file", ("b.jpg", CAT))]},
        {"url": "/uploads", "files": {"file": ("cat.jpg", CAT), "metadata": (None, "{")}},
        {"url": "/uploads", "files": {"file": ("cat.jpg", CAT), "metadata": (None, '{"a": 1}')}},
        {"url": "/uploads", "content": b"--x", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"url": "/uploads", "content": b"", "headers": {"Content-Type": "multipart/form-data"}},
        {"url": "/uploads", "content": b"", "headers": {"Content-Type": "image/jpeg"}},
        {"url": "/uploads?recipes=web", "content": CAT, "headers": {"Content-Type": "image/jpeg"}},
        {"url": "/uploads", "files": {"file": ("cat.jpg", CAT)}, "headers": {"Idempotency-Key": "a b"}},
        {"url": "/uploads/presigned", "content": b"{", "headers": {"Content-Type": "application/json"}},
        {"url": "/uploads/presigned", "json": {"filename": "cat.jpg"}},
        {"url": "/uploads/presigned", "json": {"content_type": "image/jpeg", "size": 0}},
    ],
    ids=lambda request: str(request["url"]),
)
async def test_invalid_form_is_malformed(request_: dict[str, Any], api: Api) -> None:
    check_problem(await api.http.post(**request_), 400, "malformed_request")


@pytest.mark.parametrize(
    "path", ["/status/x?wait=-1", "/jobs?limit=0", "/jobs?limit=101", "/jobs?cursor=x", "/jobs?a=1"]
)
async def test_parameter_out_of_range_is_malformed(path: str, api: Api) -> None:
    path = path.replace("/x", f"/{new_job_id()}")
    check_problem(await api.http.get(path), 400, "malformed_request")


@pytest.mark.parametrize("key", [None, "", "wrong", "x" * 5000])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/uploads"),
        ("POST", "/v1/images/upload"),
        ("POST", "/uploads/presigned"),
        ("GET", "/status/{id}"),
        ("GET", "/jobs"),
        ("POST", "/jobs/{id}/retry"),
        ("DELETE", "/jobs/{id}"),
        ("GET", "/jobs/{id}/variants/x"),
        ("GET", "/jobs/{id}/deliveries"),
        ("POST", "/jobs/{id}/deliveries/replay"),
        ("GET", "/webhooks/secret"),
        ("POST", "/webhooks/secret/rotate"),
        ("GET", "/recipes"),
        ("GET", "/recipes/web"),
        ("GET", "/recipes/schema"),
    ],
)
async def test_request_without_a_key_is_refused(
    method: str, path: str, key: str | None, stranger: httpx.AsyncClient
) -> None:
    headers = {} if key is None else {"x-api-key": key}
    answer = await stranger.request(method, path.replace("{id}", new_job_id()), headers=headers)
    check_problem(answer, 401, "unauthenticated")
    assert "www-authenticate" in answer.headers


async def test_health_and_documentation_need_no_key(stranger: httpx.AsyncClient) -> None:
    answers = [await stranger.get(path) for path in ("/healthz", "/readyz", "/docs", "/openapi.json")]
    assert {answer.status_code for answer in answers} == {HTTPStatus.OK}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/status/{id}"),
        ("GET", "/status/not-an-id"),
        ("POST", "/jobs/{id}/retry"),
        ("DELETE", "/jobs/{id}"),
        ("GET", "/jobs/{id}/variants/web"),
        ("GET", "/recipes/nope"),
        ("GET", "/nowhere"),
        ("GET", "/status/../../etc/passwd"),
    ],
)
async def test_missing_things_are_not_found(method: str, path: str, api: Api) -> None:
    check_problem(await api.http.request(method, path.replace("{id}", new_job_id())), 404, "not_found")


async def test_answer_to_a_wrong_method_names_the_right_ones(api: Api) -> None:
    answer = await api.http.put("/uploads")
    check_problem(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["allow"]


async def test_request_that_the_status_of_a_job_forbids_is_a_conflict(api: Api) -> None:
    job = await api.made(CAT, "grayscale")
    check_problem(await api.http.post(f"/jobs/{job['job_id']}/retry"), 409, "conflict")
    waiting = await api.http.post("/uploads/presigned", json={"content_type": "image/jpeg", "size": 1})
    picture = await api.http.get(f"/jobs/{waiting.json()['job_id']}/variants/320w-webp")
    check_problem(picture, 409, "conflict")


async def test_too_large_file_is_refused_by_its_announced_length(api: Api) -> None:
    answer = await api.http.post(
        "/uploads", content=bytes(DEFAULT_UPLOAD_BYTES + 1), headers={"Content-Type": "image/jpeg"}
    )
    problem = check_problem(answer, 413, "upload_too_large")
    assert (problem["limit"], problem["actual"]) == (DEFAULT_UPLOAD_BYTES, DEFAULT_UPLOAD_BYTES + 1)


async def test_too_large_file_is_refused_without_an_announced_length(api: Api) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield png(8, 8)
        for _ in range(DEFAULT_UPLOAD_BYTES // 65536 + 1):
            yield bytes(65536)

    answer = await api.http.post("/uploads", content=endless(), headers={"Content-Type": "image/png"})
    assert check_problem(answer, 413, "upload_too_large")["limit"] == DEFAULT_UPLOAD_BYTES


async def test_too_large_presigned_upload_gets_no_form(api: Api) -> None:
    wanted = {"content_type": "image/jpeg", "size": DEFAULT_UPLOAD_BYTES + 1}
    check_problem(await api.http.post("/uploads/presigned", json=wanted), 413, "upload_too_large")


@pytest.mark.parametrize(
    "data",
    [
        b"just a text",
        b"%PDF-1.7 with " + CAT,
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"PK\x03\x04" + CAT,
        b"\x00" + CAT,
    ],
    ids=["text", "pdf", "svg", "zip", "shifted"],
)
async def test_file_that_is_not_an_image_is_refused_whatever_its_name(data: bytes, api: Api) -> None:
    answer = await api.http.post("/uploads", files={"file": ("cat.jpg", data, "image/jpeg")})
    check_problem(answer, 415, "unsupported_media_type")


async def test_body_with_a_content_type_other_than_an_image_is_refused(api: Api) -> None:
    answer = await api.http.post("/uploads", content=CAT, headers={"Content-Type": "text/plain"})
    check_problem(answer, 415, "unsupported_media_type")


async def test_recipe_is_refused_with_a_pointer_to_each_fault(api: Api) -> None:
    recipe = {"variants": [{"name": "A", "operations": [{"op": "resize", "width": 0}, {"op": "zap"}]}]}
    answer = await api.http.post("/uploads", files={"file": ("cat.jpg", CAT)}, data={"recipe": json.dumps(recipe)})
    problem = check_problem(answer, 422, "invalid_recipe")
    assert {fault["pointer"] for fault in problem["errors"]} == {
        "/variants/0/name",
        "/variants/0/operations/0/width",
        "/variants/0/operations/1",
    }


async def test_unknown_preset_is_refused(api: Api) -> None:
    answer = await api.http.post("/uploads", files={"file": ("cat.jpg", CAT)}, data={"recipe": "nope"})
    assert "thumbnails" in check_problem(answer, 422, "invalid_recipe")["detail"]


async def test_image_of_too_many_pixels_is_refused_by_its_header(api: Api) -> None:
    answer = await api.http.post("/uploads", files={"file": ("bomb.png", png_header(60_000, 60_000))})
    problem = check_problem(answer, 422, "image_too_large")
    assert (problem["limit"], problem["actual"]) == (MAX_PIXELS, 60_000 * 60_000)


async def test_refused_requests_leave_no_job(newcomer: Api) -> None:
    refused = [
        await newcomer.http.post("/uploads", files={"file": ("cat.jpg", b"text")}),
        await newcomer.http.post("/uploads", files={"file": ("cat.jpg", CAT)}, data={"recipe": "nope"}),
        await newcomer.http.post("/uploads", files={"file": ("bomb.png", png_header(60_000, 60_000))}),
    ]
    assert {answer.status_code for answer in refused} == {415, 422}
    assert (await newcomer.http.get("/jobs")).json() == {"items": [], "next_cursor": None}


def large_canvas(frames: int) -> bytes:
    """Return a small GIF whose canvas has 20 megapixels in each frame."""
    return animation(8, 8, frames)[:6] + struct.pack("<HH", 5000, 4000) + animation(8, 8, frames)[10:]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (JPEG_MAGIC + b"and then nothing of the kind", "undecodable_image"),
        (png_header(30, 30), "truncated_image"),
        (encoded(photo(200, 200), "JPEG")[:-2000], "truncated_image"),
        (encoded(photo(200, 200), "PNG")[:-2000], "truncated_image"),
        (animation(2 * MAX_FRAMES + 2, 8, MAX_FRAMES + 1), "frame_limit"),
        (large_canvas(3), "pixel_limit"),
    ],
    ids=["garbage", "header only", "cut jpeg", "cut png", "frames", "pixels"],
)
async def test_image_that_cannot_be_processed_fails_its_job_with_the_reason(data: bytes, code: str, api: Api) -> None:
    job = await api.made(data, "grayscale", filename="cat")
    assert (job["status"], job["error"]["code"]) == ("failed", code)
    assert variants_of(job)["grayscale"]["error"]["code"] == code
    assert job["error"]["message"]
    assert job["completed_at"]


async def test_variant_that_is_too_large_fails_alone(api: Api) -> None:
    recipe = {
        "variants": [
            {"name": "good", "operations": [{"op": "flip"}]},
            {"name": "beside", "operations": [{"op": "crop", "left": 5000, "width": 10, "height": 10}]},
            {
                "name": "huge",
                "operations": [{"op": "pad", "top": 8000, "bottom": 8000}],
            },
        ]
    }
    job = await api.made(CAT, json.dumps(recipe))
    assert (job["status"], job["error"]) == ("partially_completed", None)
    assert job["progress"] == {"done": 1, "failed": 2, "total": 3}
    errors = {name: variant["error"] and variant["error"]["code"] for name, variant in variants_of(job).items()}
    assert errors["good"] is None
    assert errors["huge"] == "output_limit"
    assert errors["beside"]
    refused = await api.http.get(f"/jobs/{job['job_id']}/variants/huge")
    assert "The variant failed" in check_problem(refused, 409, "conflict")["detail"]


@needs_corpus
async def test_malformed_files_of_public_corpora_fail_only_their_jobs(api: Api) -> None:
    files = sorted((CORPUS / "malformed").iterdir())
    answers = await asyncio.gather(
        *(api.http.post("/uploads", files={"file": (path.name, path.read_bytes())}) for path in files)
    )
    assert {answer.status_code for answer in answers} <= {202, 415, 422}
    accepted = [answer.json()["job_id"] for answer in answers if answer.status_code == HTTPStatus.ACCEPTED]
    jobs = await asyncio.gather(*(api.ended(job_id) for job_id in accepted))
    codes = {job["error"]["code"] for job in jobs if job["error"]}
    assert codes <= {"undecodable_image", "truncated_image"}
    assert not [job["source"]["filename"] for job in jobs if job["status"] != "failed"]
