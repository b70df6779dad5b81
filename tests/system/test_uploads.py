"""Tests every way to send a file: forms, raw bodies, presigned forms, drops."""

import asyncio
import hashlib
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from darkroom_local.bootstrap import DEVELOPMENT_KEY
from darkroom_local.system import System
from tests.support.api import Api, Job
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tools.testbed.images import encoded, jpeg, png

CAT = jpeg(40, 30)
FILE = ("file", ("cat.jpg", CAT, "image/jpeg"))
RECIPE = ("recipe", (None, "grayscale"))
METADATA = ("metadata", (None, '{"order": "42", "kind": "猫"}'))


@pytest.mark.parametrize("parts", [[FILE, RECIPE, METADATA], [METADATA, RECIPE, FILE]], ids=["file first", "file last"])
async def test_form_may_have_its_parts_in_any_order(parts: list[tuple[str, Any]], api: Api) -> None:
    answer = await api.http.post("/uploads", files=parts)
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == f"/status/{job['job_id']}"
    assert (job["status"], job["recipe"]) == ("awaiting_upload", "grayscale")
    assert job["source"]["filename"] == "cat.jpg"
    assert (await api.ended(job["job_id"]))["status"] == "completed"


@pytest.mark.parametrize("path", ["/uploads", "/v1/images/upload"])
@pytest.mark.parametrize("content_type", ["image/jpeg", "image/png", "application/octet-stream"])
async def test_raw_body_is_judged_by_its_bytes_and_not_by_its_content_type(
    path: str, content_type: str, api: Api
) -> None:
    answer = await api.http.post(
        path,
        params={"recipe": "grayscale", "filename": "../a/cat.png"},
        content=CAT,
        headers={"Content-Type": content_type},
    )
    assert answer.status_code == 202
    job = await api.ended(answer.json()["job_id"])
    assert (job["status"], job["recipe"]) == ("completed", "grayscale")
    assert (job["source"]["filename"], job["source"]["content_type"]) == ("cat.png", "image/jpeg")
    assert job["variants"][0]["key"].endswith("/cat.jpg")


async def test_body_of_unknown_length_is_streamed(api: Api) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(CAT), 100):
            yield CAT[start : start + 100]

    answer = await api.http.post("/uploads", content=chunks(), headers={"Content-Type": "image/jpeg"})
    assert "content-length" not in answer.request.headers
    assert answer.json()["source"]["sha256"] == hashlib.sha256(CAT).hexdigest()
    await api.ended(answer.json()["job_id"])


async def test_large_file_arrives_complete(cloud: Cloud, system: System, api: Api) -> None:
    data = encoded(Image.frombytes("RGB", (1500, 1400), os.urandom(1500 * 1400 * 3)), "PNG", compress_level=0)
    assert len(data) > 6_000_000, "more than one part of a multipart upload"
    job = await api.made(data, "metadata", filename="noise.png")
    assert (job["status"], job["source"]["bytes"]) == ("completed", len(data))
    assert job["source"]["sha256"] == hashlib.sha256(data).hexdigest()
    key = f"uploads/{job['job_id']}/noise.png"
    stored = await cloud.s3.get_object(Bucket=system.installation.topology.originals.name, Key=key)
    assert await stored["Body"].read() == data
    assert stored["ContentType"] == "image/png"
    assert stored["Metadata"]["job-id"] == job["job_id"]


async def test_curl_can_upload(system: System, api: Api, tmp_path: Path) -> None:
    file = tmp_path / "my cat.jpg"
    file.write_bytes(CAT)
    key = f"x-api-key: {DEVELOPMENT_KEY}"
    form = await curl(system, "-H", key, "-F", f"file=@{file}", "-F", "recipe=augment", "/uploads")
    raw = await curl(
        system, "-H", key, "-H", "Content-Type: image/jpeg", "--data-binary", f"@{file}", "/uploads?recipe=metadata"
    )
    for job in (form, raw):
        assert (await api.ended(job["job_id"]))["status"] == "completed"
    assert form["source"]["filename"] == "my cat.jpg"


async def curl(system: System, *arguments: str) -> Job:
    *options, path = arguments
    process = await asyncio.create_subprocess_exec(
        "curl", "--silent", "--show-error", "--fail", *options, f"{system.url}{path}", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    job: Job = json.loads(out)
    return job


async def presigned(api: Api, **wanted: object) -> tuple[str, dict[str, Any]]:
    """Make a presigned job, and return its ID and its form."""
    answer = await api.http.post(
        "/uploads/presigned",
        json={"filename": "cat.jpg", "content_type": "image/jpeg", "size": len(CAT), "recipe": "grayscale", **wanted},
    )
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert answer.headers["location"] == body["status_url"] == f"/status/{body['job_id']}"
    return body["job_id"], body["upload"]


async def send(form: dict[str, Any], data: bytes, **fields: str) -> httpx.Response:
    """Send bytes to S3 as a browser does, without credentials."""
    async with httpx.AsyncClient(trust_env=False) as browser:
        return await browser.post(
            form["url"], data={**form["fields"], **fields}, files={"file": ("whatever.jpg", data)}
        )


async def test_file_sent_by_a_presigned_form_starts_its_job(api: Api) -> None:
    job_id, form = await presigned(api)
    assert (await api.job(job_id))["status"] == "awaiting_upload"
    assert form["expires_at"].endswith("Z")
    assert (await send(form, CAT)).status_code in (200, 201, 204)
    job = await api.ended(job_id)
    assert (job["status"], job["source"]["bytes"]) == ("completed", len(CAT))


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        (CAT + b"one byte more", {}),
        (CAT, {"Content-Type": "text/html"}),
        (CAT, {"key": "uploads/elsewhere.jpg"}),
        (CAT, {"x-amz-meta-job-id": "another"}),
    ],
    ids=["too large", "wrong type", "wrong key", "wrong metadata"],
)
async def test_presigned_form_accepts_nothing_else(data: bytes, fields: dict[str, str], api: Api) -> None:
    job_id, form = await presigned(api)
    answer = await send(form, data, **fields)
    assert answer.status_code in (400, 403), "S3 itself refuses it"
    assert (await api.job(job_id))["status"] == "awaiting_upload"


async def test_presigned_file_that_is_not_an_image_fails_its_job(api: Api) -> None:
    page = b"<html>".ljust(len(CAT))
    job_id, form = await presigned(api)
    assert (await send(form, page)).status_code in (200, 201, 204)
    job = await api.ended(job_id)
    assert (job["status"], job["error"]["code"]) == ("failed", "undecodable_image")


async def dropped(api: Api, filename: str) -> Job:
    """Wait for the job of the drop with this name, and return it."""
    found: list[Job] = []

    async def listed() -> bool:
        page = (await api.http.get("/jobs")).json()
        found.extend(job for job in page["items"] if job["filename"] == filename)
        return bool(found)

    await until(listed)
    return await api.ended(found[0]["job_id"])


async def test_drop_in_the_bucket_starts_a_job(cloud: Cloud, system: System, api: Api) -> None:
    bucket = system.installation.topology.originals.name
    await cloud.s3.put_object(Bucket=bucket, Key="incoming/augment/2026/dropped cat+ü.png", Body=png(40, 30))
    job = await dropped(api, "dropped cat+ü.png")
    assert (job["status"], job["recipe"]) == ("completed", "augment")
    assert (job["progress"]["done"], job["source"]["content_type"]) == (5, "image/png")


async def test_drop_may_name_a_preset_of_the_default_owner_with_a_version(
    cloud: Cloud, system: System, api: Api
) -> None:
    for name in ("first", "second"):
        document = {"variants": [{"name": name}]}
        assert (await api.http.put("/recipes/dropped-card", json=document)).is_success
    bucket = system.installation.topology.originals.name
    for folder, version, made in (("dropped-card", 2, "second"), ("dropped-card@1", 1, "first")):
        await cloud.s3.put_object(Bucket=bucket, Key=f"incoming/{folder}/{made}-drop.jpg", Body=CAT)
        job = await dropped(api, f"{made}-drop.jpg")
        assert (job["status"], job["preset"]) == ("completed", {"name": "dropped-card", "version": version})
        assert [variant["name"] for variant in job["variants"]] == [made]


async def test_drop_for_an_unknown_preset_fails_with_the_reason(cloud: Cloud, system: System, api: Api) -> None:
    bucket = system.installation.topology.originals.name
    await cloud.s3.put_object(Bucket=bucket, Key="incoming/no-such/lost-cat.jpg", Body=CAT)
    job = await dropped(api, "lost-cat.jpg")
    assert (job["status"], job["error"]["code"]) == ("failed", "invalid_recipe")


async def test_two_drops_of_the_same_name_are_two_jobs(cloud: Cloud, system: System, api: Api) -> None:
    bucket = system.installation.topology.originals.name
    for side in (40, 41):
        await cloud.s3.put_object(Bucket=bucket, Key="incoming/metadata/twin.jpg", Body=jpeg(side, 30))

    async def both() -> bool:
        items = (await api.http.get("/jobs")).json()["items"]
        twins = [await api.job(job["job_id"]) for job in items if job["filename"] == "twin.jpg"]
        return {job["source"]["width"] for job in twins} == {40, 41}

    await until(both)
