"""Tests of the original of a job: how it is stored, what its body says, and the link to it."""

import json
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from darkroom import clock
from darkroom.job_details import JobDetails
from darkroom.jobs import Job, JobStatus, ObjectRef, new_job_id
from darkroom_local.installation import Installation
from darkroom_upload.originals.original_link import original_link
from tests.support.emulator import Cloud
from tests.upload.examples import DESCRIPTION, completed, waiting
from tests.upload.records import put_job
from tests.upload.service import STRANGER_KEY, RunningService, put_key
from tools.testbed.images import jpeg

DAY = timedelta(days=1)


async def stored(cloud: Cloud, upload: RunningService, *, key: str | None = None, **changes: Any) -> Job:
    """Return a completed job whose original is in the bucket."""
    job = replace(completed(), created_at=clock.now(), **changes)
    key = key or job.original_key
    answer = await cloud.s3.put_object(Bucket=upload.settings.originals_bucket, Key=key, Body=b"the file")
    original = ObjectRef(key=key, version_id=answer["VersionId"], etag=answer["ETag"], size=8)
    return await put_job(upload, replace(job, original_key=key, original=original))


async def tags_of(cloud: Cloud, upload: RunningService, prefix: str) -> list[dict[str, str]]:
    """Return the tags of each object below a prefix of the bucket of originals."""
    bucket, found = upload.settings.originals_bucket, []
    for entry in (await cloud.s3.list_objects_v2(Bucket=bucket, Prefix=prefix)).get("Contents", []):
        answer = await cloud.s3.get_object_tagging(Bucket=bucket, Key=entry["Key"])
        found.append({tag["Key"]: tag["Value"] for tag in answer["TagSet"]})
    return found


@pytest.mark.parametrize("fields", [{}, {"keep_original": "true"}])
async def test_everything_that_arrives_expires_until_its_job_begins(
    cloud: Cloud, upload: RunningService, fields: dict[str, str]
) -> None:
    answer = await upload.client.post("/uploads", files={"file": jpeg(8, 8)}, data=fields)
    job = answer.json()
    assert (answer.status_code, job["original"], job["results_expire_at"]) == (202, None, None)
    assert await tags_of(cloud, upload, f"uploads/{job['job_id']}/") == [{"expire": "7"}]
    written = await upload.services.jobs.get(job["job_id"])
    assert written is not None
    assert (written.keep_original, written.original_days) == (bool(fields), 7)


async def test_a_presigned_form_must_send_the_tag(upload: RunningService) -> None:
    body = {"content_type": "image/jpeg", "size": 100, "keep_original": True}
    fields = (await upload.client.post("/uploads/presigned", json=body)).json()["upload"]["fields"]
    tagging = "<Tagging><TagSet><Tag><Key>expire</Key><Value>7</Value></Tag></TagSet></Tagging>"
    assert fields["tagging"] == tagging
    assert {"tagging": tagging} in json.loads(b64decode(fields["policy"]))["conditions"]


async def test_an_api_key_can_keep_originals_by_default_and_a_request_overrides_it(
    cloud: Cloud, upload: RunningService, shared_installation: Installation
) -> None:
    await put_key(cloud.dynamodb, shared_installation, "dk_keeper", "keeper", keep_original=True)
    kept = []
    for fields in ({}, {"keep_original": "false"}):
        answer = await upload.client.post(
            "/uploads", files={"file": jpeg(8, 8)}, data=fields, headers={"x-api-key": "dk_keeper"}
        )
        job = await upload.services.jobs.get(answer.json()["job_id"])
        assert job is not None
        kept.append(job.keep_original)
    assert kept == [True, False]


async def test_the_body_tells_how_long_there_is_an_original(cloud: Cloud, upload: RunningService) -> None:
    job = await stored(cloud, upload, original_days=3)
    told = (await upload.client.get(f"/status/{job.job_id}")).json()["original"]
    assert told == {
        "url": f"/jobs/{job.job_id}/original",
        "bytes": 8,
        "kept": False,
        "expires_at": clock.iso(job.created_at + 3 * DAY),
    }
    kept = await stored(cloud, upload, keep_original=True, queued_at=clock.now())
    told = (await upload.client.get(f"/status/{kept.job_id}")).json()["original"]
    assert (told["kept"], told["expires_at"]) == (True, None)


async def test_the_original_is_a_redirect_to_the_file(cloud: Cloud, upload: RunningService) -> None:
    job = await stored(cloud, upload)
    for query, disposition in [({}, "inline"), ({"download": "1"}, "attachment")]:
        answer = await upload.client.get(f"/jobs/{job.job_id}/original", params=query)
        assert answer.status_code == 307
        async with httpx.AsyncClient(trust_env=False) as anyone:
            file = await anyone.get(answer.headers["location"])
        assert (file.content, file.headers["content-type"]) == (b"the file", "image/jpeg")
        assert file.headers["content-disposition"] == f'{disposition}; filename="cat.jpg"'


async def test_the_link_to_a_presigned_upload_is_for_the_version_that_the_job_has_read(
    cloud: Cloud, upload: RunningService
) -> None:
    job = await stored(cloud, upload, key=f"direct/{new_job_id()}/cat.jpg")
    await cloud.s3.put_object(Bucket=upload.settings.originals_bucket, Key=job.original_key, Body=b"another")
    answer = await upload.client.get(f"/jobs/{job.job_id}/original")
    async with httpx.AsyncClient(trust_env=False) as anyone:
        assert (await anyone.get(answer.headers["location"])).content == b"the file"


def test_an_original_of_a_type_that_may_have_scripts_is_saved_as_a_file() -> None:
    job = completed(content_type="image/svg+xml", filename="cat.svg", original_key="incoming/web/cat.svg")
    assert job.original is not None
    link = original_link(job, JobDetails(), job.original, download=False)
    assert (link.download, link.content_type) == (True, "application/octet-stream")
    seen = original_link(job, JobDetails(description=DESCRIPTION), job.original, download=False)
    assert (seen.download, seen.content_type) == (False, "image/jpeg")


async def test_an_original_that_is_gone_says_so(cloud: Cloud, upload: RunningService) -> None:
    old = await stored(cloud, upload)
    await put_job(upload, replace(old, created_at=clock.now() - 7 * DAY))
    deleted = await put_job(upload, replace(completed(), created_at=clock.now()))
    never = await put_job(upload, waiting(status=JobStatus.CANCELLED))
    for job, words in [(old, "was kept for 7 days"), (deleted, "was kept for 7 days"), (never, "none arrived")]:
        answer = await upload.client.get(f"/jobs/{job.job_id}/original")
        assert (answer.status_code, answer.json()["code"]) == (410, "original_gone")
        assert words in answer.json()["detail"]


async def test_an_original_that_is_awaited_or_belongs_to_another_owner_is_not_given(
    cloud: Cloud, upload: RunningService
) -> None:
    job = await put_job(upload, waiting())
    answer = await upload.client.get(f"/jobs/{job.job_id}/original")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    there = await stored(cloud, upload)
    strange = await upload.client.get(f"/jobs/{there.job_id}/original", headers={"x-api-key": STRANGER_KEY})
    assert strange.status_code == 404
