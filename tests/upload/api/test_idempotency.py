"""Tests of `Idempotency-Key`: a repeated upload makes one job, and completes what the first try left undone."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from darkroom.intake.incoming_original import PART_BYTES
from darkroom.jobs import JobStatus
from darkroom_local.installation import Installation
from tests.support.aws_proxy import AwsProxy, Moment, running_proxy
from tests.support.emulator import Cloud
from tests.upload.evidence import CAT, LARGE, announcement, multipart_uploads, stored
from tests.upload.service import STRANGER_KEY, RunningService, running_service, settings_for
from tools.testbed import images


@pytest_asyncio.fixture
async def proxied(
    cloud: Cloud, shared_installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[AwsProxy, RunningService]]:
    """A service, and the proxy between it and AWS, which can hold calls."""
    async with running_proxy(cloud.endpoint_url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        async with running_service(settings_for(shared_installation)) as service:
            yield proxy, service


async def upload_with_key(service: RunningService, key: str, data: bytes = CAT, **fields: str) -> httpx.Response:
    return await service.client.post(
        "/uploads", files={"file": ("cat.jpg", data)}, data=fields, headers={"idempotency-key": key}
    )


async def set_status(cloud: Cloud, service: RunningService, job_id: str, status: JobStatus) -> None:
    await cloud.dynamodb.update_item(
        TableName=service.settings.jobs_table,
        Key={"job_id": {"S": job_id}},
        UpdateExpression="SET #status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": status.value}},
    )


async def test_the_same_key_makes_one_job(cloud: Cloud, upload: RunningService) -> None:
    first = await upload_with_key(upload, "one-job", recipe="thumbnails")
    again = await upload_with_key(upload, "one-job", recipe="thumbnails")
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json()["job_id"] == first.json()["job_id"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


@pytest.mark.parametrize("data", [CAT, LARGE[: PART_BYTES + 1]], ids=["small", "large"])
async def test_the_same_key_completes_what_a_crash_left_undone(
    cloud: Cloud, upload: RunningService, data: bytes, request: pytest.FixtureRequest
) -> None:
    key = request.node.name
    first = await upload_with_key(upload, key, data)
    job_id = first.json()["job_id"]
    job = await upload.services.jobs.get(job_id)
    assert job is not None
    source = (await announcement(cloud, upload, job_id)).original
    await cloud.s3.delete_object(
        Bucket=upload.settings.originals_bucket, Key=job.original_key, VersionId=source.version_id or ""
    )

    assert (await upload_with_key(upload, key, data)).json()["job_id"] == job_id
    _, there = await stored(cloud, upload, job_id)
    assert there == data
    assert (await announcement(cloud, upload, job_id)).original.version_id != source.version_id


async def test_the_same_key_does_not_touch_a_job_that_has_begun(cloud: Cloud, upload: RunningService) -> None:
    first = await upload_with_key(upload, "begun", LARGE[: PART_BYTES + 1])
    job_id = first.json()["job_id"]
    await announcement(cloud, upload, job_id)
    await set_status(cloud, upload, job_id, JobStatus.QUEUED)
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
async def test_the_same_key_for_another_upload_is_refused(
    cloud: Cloud, upload: RunningService, change: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    key = hashlib.sha256(request.node.name.encode()).hexdigest()
    await upload_with_key(upload, key, metadata='{"a": "b"}')
    answer = await upload_with_key(upload, key, **{"metadata": '{"a": "b"}', **change})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")
    assert await multipart_uploads(cloud, upload.settings.originals_bucket) == []


async def test_simultaneous_requests_with_one_key_make_one_job(cloud: Cloud) -> None:
    async def insist(service: RunningService) -> httpx.Response:
        while (answer := await upload_with_key(service, "race")).status_code == 409:
            assert answer.headers["retry-after"] == "1"
        return answer

    async with cloud.installation() as installation, running_service(settings_for(installation)) as service:
        answers = await asyncio.gather(*(insist(service) for _ in range(12)))
        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.json()["job_id"] for answer in answers}) == 1
        assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
        assert len((await service.client.get("/jobs")).json()["items"]) == 1


async def test_a_slower_request_is_not_accepted_before_the_faster_one_has_stored_its_file(
    proxied: tuple[AwsProxy, RunningService],
) -> None:
    proxy, service = proxied
    with (
        proxy.trap("TransactWriteItems jobs+jobs+accounts", moment=Moment.BEFORE) as writing,
        proxy.trap("PutObject originals", moment=Moment.BEFORE) as storing,
    ):
        slower = asyncio.create_task(upload_with_key(service, "faster"))
        await writing.sprung.wait()
        faster = asyncio.create_task(upload_with_key(service, "faster"))
        await storing.sprung.wait()
        writing.let_go()
        answer = await slower
        assert (answer.status_code, answer.json()["code"]) == (409, "under_way")
        assert answer.headers["retry-after"] == "1"
        storing.let_go()
        assert (await faster).status_code == 202
    again = await upload_with_key(service, "faster")
    assert again.json()["job_id"] == (await faster).json()["job_id"]


async def test_the_key_of_an_expired_job_is_used_up(cloud: Cloud, upload: RunningService) -> None:
    first = await upload_with_key(upload, "came-to-nothing")
    await set_status(cloud, upload, first.json()["job_id"], JobStatus.EXPIRED)
    again = await upload_with_key(upload, "came-to-nothing")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert "Use a new key" in again.json()["detail"]


async def test_a_repeated_request_whose_job_expires_meanwhile_is_not_accepted(
    cloud: Cloud, proxied: tuple[AwsProxy, RunningService]
) -> None:
    proxy, service = proxied
    first = await upload_with_key(service, "too-late")
    with proxy.trap("PutObject originals", moment=Moment.BEFORE) as storing:
        again = asyncio.create_task(upload_with_key(service, "too-late"))
        await storing.sprung.wait()
        await set_status(cloud, service, first.json()["job_id"], JobStatus.EXPIRED)
        storing.let_go()
        assert (await again).status_code == 409


async def test_equal_keys_of_different_owners_are_independent(upload: RunningService) -> None:
    mine = await upload_with_key(upload, "everyone-s")
    theirs = await upload.client.post(
        "/uploads",
        files={"file": ("cat.jpg", CAT)},
        headers={"idempotency-key": "everyone-s", "x-api-key": STRANGER_KEY},
    )
    assert theirs.status_code == 202
    assert theirs.json()["job_id"] != mine.json()["job_id"]


@pytest.mark.parametrize("key", [b"", b"a b", b"\xc3\xa4", b"x" * 256, b"a\tb"])
async def test_a_key_is_visible_ascii(upload: RunningService, key: bytes) -> None:
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


async def test_an_expired_claim_no_longer_counts(cloud: Cloud, upload: RunningService) -> None:
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
