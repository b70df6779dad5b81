"""Tests of rates and quotas over HTTP."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from darkroom import clock
from darkroom.accounts.allowances import KeyLimits, Rate
from darkroom.jobs import new_job_id
from darkroom.tables.storage_counter import counter_keys
from darkroom_local.installation import Installation
from tests.support.aws_calls import Call
from tests.support.aws_proxy import Answer, Forward, running_proxy
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tests.upload.service import RunningService, put_key, running_service, settings_for
from tools.testbed import images

CAT = images.jpeg(16, 16)
IMAGE = {"content-type": "image/jpeg"}
DAY = 24 * 60 * 60

Newcomer = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture(autouse=True)
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock, so that no midnight falls between a charge and its count."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)


@pytest_asyncio.fixture
async def newcomer(cloud: Cloud, shared_installation: Installation, upload: RunningService) -> AsyncIterator[Newcomer]:
    """Return a function that makes clients whose keys have these limits."""
    made: list[httpx.AsyncClient] = []

    async def make(**more: Any) -> httpx.AsyncClient:
        key = f"key-{new_job_id()}"
        await put_key(cloud.dynamodb, shared_installation, key, f"owner-{key}", **more)
        made.append(httpx.AsyncClient(base_url=upload.url, headers={"x-api-key": key}, trust_env=False))
        return made[-1]

    yield make
    for client in made:
        await client.aclose()


def left(answer: httpx.Response) -> dict[str, tuple[int, int]]:
    """Return what remains of each policy, and the seconds until all of it is back."""
    items = re.findall(r'"(\w+)";r=(\d+);t=(\d+)', answer.headers["ratelimit"])
    return {name: (int(remaining), int(seconds)) for name, remaining, seconds in items}


async def test_responses_show_the_rate_until_it_is_exceeded(newcomer: Newcomer) -> None:
    client = await newcomer(limits=KeyLimits(rate=Rate.of(0.01, 2)))
    for remaining in (1, 0):
        answer = await client.get("/recipes/web")
        assert answer.status_code == 200
        assert answer.headers["ratelimit-policy"] == '"requests";q=2;w=200'
        assert left(answer)["requests"][0] == remaining
        assert "retry-after" not in answer.headers
    answer = await client.get("/recipes/web")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert 80 <= int(answer.headers["retry-after"]) <= 100
    assert left(answer)["requests"][0] == 0
    assert answer.headers["ratelimit-policy"] == '"requests";q=2;w=200'


async def test_forbidden_and_missing_pages_count_too(newcomer: Newcomer) -> None:
    client = await newcomer(limits=KeyLimits(rate=Rate.of(0.01, 2)), scopes=frozenset())
    codes = [(await client.get(path)).json()["code"] for path in ("/jobs", "/recipes/nothing", "/jobs")]
    assert codes == ["forbidden", "forbidden", "rate_limited"]


async def test_callers_without_limits_get_no_rate_limit_fields(upload: RunningService) -> None:
    answer = await upload.client.get("/recipes/web")
    assert not {"ratelimit", "ratelimit-policy"} & set(answer.headers)


async def test_the_daily_jobs_are_used_up_and_repeated_requests_do_not_count(newcomer: Newcomer) -> None:
    client = await newcomer(limits=KeyLimits(jobs_per_day=2))
    first = await client.post("/uploads", content=CAT, headers={**IMAGE, "idempotency-key": "one"})
    presigned = await client.post("/uploads/presigned", json={"content_type": "image/jpeg", "size": 1})
    assert (first.status_code, presigned.status_code) == (202, 201)
    for answer in (
        await client.post("/uploads", content=CAT, headers=IMAGE),
        await client.post("/uploads", files={"file": CAT}),
        await client.post("/uploads/presigned", json={"content_type": "image/jpeg", "size": 1}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (429, "quota_exceeded")
        assert {name: answer.json()[name] for name in ("quota", "limit", "used")} == {
            "quota": "jobs",
            "limit": 2,
            "used": 2,
        }
        assert 0 < int(answer.headers["retry-after"]) <= DAY
        assert answer.headers["ratelimit-policy"] == f'"jobs";q=2;w={DAY}'
        assert left(answer)["jobs"] == (0, int(answer.headers["retry-after"]))
    again = await client.post("/uploads", content=CAT, headers={**IMAGE, "idempotency-key": "one"})
    assert (again.status_code, again.json()["job_id"]) == (202, first.json()["job_id"])
    assert (await client.get("/usage")).json()["jobs"] == {"limit": 2, "used": 2, "remaining": 0}


async def test_a_refused_upload_is_not_counted(newcomer: Newcomer) -> None:
    client = await newcomer(limits=KeyLimits(jobs_per_day=1, bytes_per_day=len(CAT)))
    assert (await client.post("/uploads", content=b"no image", headers=IMAGE)).status_code == 415
    assert (await client.post("/uploads?recipe=nothing", content=CAT, headers=IMAGE)).status_code == 422
    assert (await client.post("/uploads", content=CAT, headers=IMAGE)).status_code == 202
    assert (await client.get("/usage")).json()["bytes"]["remaining"] == 0


async def test_a_body_announced_beyond_the_quota_is_not_read(newcomer: Newcomer, upload: RunningService) -> None:
    client = await newcomer(limits=KeyLimits(bytes_per_day=1000))
    reader, writer = await asyncio.open_connection("127.0.0.1", upload.port)
    key = client.headers["x-api-key"]
    lines = (
        "POST /uploads HTTP/1.1",
        "Host: x",
        f"x-api-key: {key}",
        "Content-Type: image/jpeg",
        "Content-Length: 1001",
    )
    writer.write("\r\n".join((*lines, "", "")).encode())
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 429")


async def test_unannounced_bytes_count_when_they_arrive(newcomer: Newcomer) -> None:
    client = await newcomer(limits=KeyLimits(bytes_per_day=len(CAT) - 1))

    async def chunked() -> AsyncIterator[bytes]:
        yield CAT

    answer = await client.post("/uploads", content=chunked(), headers=IMAGE)
    assert (answer.status_code, answer.json()["code"]) == (429, "quota_exceeded")
    assert (await client.get("/usage")).json()["bytes"]["used"] == 0
    assert (await client.get("/jobs")).json()["items"] == []


async def test_usage_shows_limits_scopes_and_the_end_of_the_day(newcomer: Newcomer, upload: RunningService) -> None:
    client = await newcomer(limits=KeyLimits(rate=Rate.of(5, 10), jobs_per_day=7, bytes_per_day=9999))
    assert (await client.post("/uploads", content=CAT, headers=IMAGE)).status_code == 202
    body = (await client.get("/usage")).json()
    assert body["rate"] == {"requests_per_second": 5.0, "burst": 10}
    assert body["jobs"] == {"limit": 7, "used": 1, "remaining": 6}
    assert body["bytes"] == {"limit": 9999, "used": len(CAT), "remaining": 9999 - len(CAT)}
    assert body["scopes"] == ["admin", "read", "recipes", "upload"]
    assert body["resets_at"].endswith("T00:00:00.000Z")
    free = (await upload.client.get("/usage")).json()
    assert (free["owner"], free["rate"], free["jobs"], free["bytes"]) == ("demo", None, None, None)


async def test_defaults_hold_for_keys_without_limits_except_the_development_key(
    cloud: Cloud, shared_installation: Installation
) -> None:
    await put_key(cloud.dynamodb, shared_installation, "plain-key", "plain")
    defaults = {
        "default_requests_per_second": 5.0,
        "default_burst": 7,
        "default_jobs_per_day": 3,
        "default_bytes_per_day": 100,
        "default_stored_bytes": 1000,
    }
    async with running_service(settings_for(shared_installation, **defaults)) as service:
        free = (await service.client.get("/usage")).json()
        plain = (await service.client.get("/usage", headers={"x-api-key": "plain-key"})).json()
    assert (free["rate"], free["jobs"], free["bytes"]) == (None, None, None)
    assert plain["rate"] == {"requests_per_second": 5.0, "burst": 7}
    assert [plain[quota]["limit"] for quota in ("jobs", "bytes", "stored_bytes")] == [3, 100, 1000]


async def test_the_callback_url_of_a_key_is_used_for_jobs_without_one(
    newcomer: Newcomer, upload: RunningService
) -> None:
    client = await newcomer(callback_url="https://example.com/of-the-key")
    own = {"callback_url": "https://example.com/own"}
    requests: list[tuple[str, dict[str, Any], str]] = [
        ("/uploads", {"files": {"file": CAT}}, "https://example.com/of-the-key"),
        ("/uploads", {"files": {"file": CAT}, "data": own}, "https://example.com/own"),
        ("/uploads/presigned", {"json": {"content_type": "image/png", "size": 1}}, "https://example.com/of-the-key"),
    ]
    for path, body, expected in requests:
        answer = await client.post(path, **body)
        job = await upload.services.jobs.get(answer.json()["job_id"])
        assert job is not None
        assert job.callback_url is not None
        assert expected not in job.callback_url
        assert CIPHER.decrypt(job.callback_url, place=job.job_id) == expected


class NoWrites:
    """Refuse every write of the accounts table."""

    def wants(self, call: Call) -> bool:
        return call.name == "UpdateItem accounts"

    async def meet(self, call: Call, forward: Forward) -> Answer | None:  # noqa: ARG002 - as the protocol has it
        return None


async def test_a_rate_that_cannot_be_checked_refuses_every_request(
    cloud: Cloud, shared_installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = KeyLimits(rate=Rate.of(100))
    await put_key(cloud.dynamodb, shared_installation, "limited-key", "limited", limits=limits)
    async with running_proxy(cloud.endpoint_url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        async with running_service(settings_for(shared_installation)) as service:
            with proxy.intercepted(NoWrites()):
                answer = await service.client.get("/recipes/web", headers={"x-api-key": "limited-key"})
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            answer = await service.client.get("/recipes/web", headers={"x-api-key": "limited-key"})
            assert answer.status_code == 200


async def store(cloud: Cloud, upload: RunningService, owner: str, *amounts: int) -> None:
    """Set an owner's counter of stored bytes."""
    for counter, amount in zip(counter_keys(owner), amounts, strict=False):
        item = {"id": {"S": counter}, "stored_bytes": {"N": str(amount)}}
        await cloud.dynamodb.put_item(TableName=upload.settings.accounts_table, Item=item)


async def test_an_owner_over_the_storage_quota_can_upload_nothing(
    newcomer: Newcomer, cloud: Cloud, upload: RunningService
) -> None:
    client = await newcomer(limits=KeyLimits(stored_bytes=1000))
    owner = (await client.get("/usage")).json()["owner"]
    await store(cloud, upload, owner, 600, 399)
    first = await client.post("/uploads", content=CAT, headers={**IMAGE, "idempotency-key": "one"})
    assert first.status_code == 202, "the quota has room for one upload"
    await store(cloud, upload, owner, 600, 399, 1)
    assert (await client.get("/usage")).json()["stored_bytes"] == {"limit": 1000, "used": 1000, "remaining": 0}
    for answer in (
        await client.post("/uploads", content=CAT, headers=IMAGE),
        await client.post("/uploads", files={"file": CAT}),
        await client.post("/v1/images/upload", content=CAT, headers=IMAGE),
        await client.post("/uploads/presigned", json={"content_type": "image/jpeg", "size": 1}),
        await client.post(f"/jobs/{first.json()['job_id']}/retry"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (429, "quota_exceeded")
        told = {name: answer.json()[name] for name in ("quota", "limit", "used")}
        assert told == {"quota": "stored_bytes", "limit": 1000, "used": 1000}
        assert "Delete jobs" in answer.json()["detail"]
        assert "retry-after" not in answer.headers, "waiting does not help"
    again = await client.post("/uploads", content=CAT, headers={**IMAGE, "idempotency-key": "one"})
    assert (again.status_code, again.json()["job_id"]) == (202, first.json()["job_id"])
    await store(cloud, upload, owner, 600, -1)
    assert (await client.post("/uploads", content=CAT, headers=IMAGE)).status_code == 202


async def test_an_upload_over_the_storage_quota_is_refused_before_its_body_is_read(
    newcomer: Newcomer, cloud: Cloud, upload: RunningService
) -> None:
    client = await newcomer(limits=KeyLimits(stored_bytes=1))
    await store(cloud, upload, (await client.get("/usage")).json()["owner"], 1)
    reader, writer = await asyncio.open_connection("127.0.0.1", upload.port)
    key = client.headers["x-api-key"]
    lines = ("POST /uploads HTTP/1.1", "Host: x", f"x-api-key: {key}", "Content-Type: image/jpeg", "Content-Length: 9")
    writer.write("\r\n".join((*lines, "", "")).encode())
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 429")


async def test_all_keys_of_an_owner_share_its_stored_bytes(
    newcomer: Newcomer, cloud: Cloud, upload: RunningService, shared_installation: Installation
) -> None:
    client = await newcomer(limits=KeyLimits(stored_bytes=10))
    owner = (await client.get("/usage")).json()["owner"]
    await store(cloud, upload, owner, 10)
    key = f"key-{new_job_id()}"
    await put_key(cloud.dynamodb, shared_installation, key, owner, limits=KeyLimits(stored_bytes=20))
    other = (await upload.client.get("/usage", headers={"x-api-key": key})).json()
    assert other["stored_bytes"] == {"limit": 20, "used": 10, "remaining": 10}
    stranger = await newcomer(limits=KeyLimits(stored_bytes=10))
    assert (await stranger.post("/uploads", content=CAT, headers=IMAGE)).status_code == 202
    assert (await upload.client.get("/usage")).json()["stored_bytes"] is None
