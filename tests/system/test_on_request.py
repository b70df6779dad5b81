"""Tests variants on request in the running system: made once, when somebody asks for the first time."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import httpx

from darkroom_local.system import System
from tests.support.api import Api, Job, variants_of
from tools.testbed.images import jpeg, opened

RECIPE = {
    "publish": True,
    "variants": [
        {"name": "now", "operations": [{"op": "resize", "width": 40}]},
        {
            "name": "later",
            "operations": [{"op": "resize", "width": 80}],
            "output": {"format": "webp"},
            "when": "requested",
        },
        {"name": "same", "operations": [{"op": "resize", "width": 60}], "when": "requested"},
        {
            "name": "impossible",
            "operations": [{"op": "resize", "width": 90}],
            "output": {"format": "webp", "max_bytes": 100, "lossless": True},
            "when": "requested",
        },
    ],
}


async def made(api: Api, **changes: Any) -> Job:
    job = await api.made(jpeg(400, 300), json.dumps({**RECIPE, **changes}))
    assert (job["status"], job["progress"]) == ("completed", {"done": 1, "failed": 0, "total": 1})
    return job


async def get(system: System, address: str, method: str = "GET") -> httpx.Response:
    """Ask as anybody. The address may be a path, or that of another host of the same system."""
    async with httpx.AsyncClient(base_url=system.url, timeout=30, trust_env=False) as anybody:
        return await anybody.request(method, urlsplit(address).path)


async def test_twenty_clients_at_once_have_one_image_made(system: System, api: Api) -> None:
    job = await made(api)
    later = variants_of(job)["later"]
    assert (later["status"], later["url"]) == ("on_request", None)

    answers = await asyncio.gather(*(get(system, later["public_url"]) for _ in range(20)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert opened(answers[0].content).size == (80, 60)
    assert answers[0].headers["cache-control"] == "public, max-age=31536000, immutable"
    after = await api.job(job["job_id"])
    variant = variants_of(after)["later"]
    assert (variant["status"], variant["bytes"]) == ("completed", len(answers[0].content))
    assert after["progress"] == job["progress"]
    alone = after["cost"]["bytes_written"] - job["cost"]["bytes_written"]
    assert alone == variant["bytes"], "only one processor's work was recorded"


async def test_variant_is_made_for_its_owner_too(system: System, api: Api) -> None:
    job = await made(api, publish=False)
    assert (await get(system, f"/public/{job['job_id']}/same.jpg")).status_code == 404
    answer = await api.http.get(f"/jobs/{job['job_id']}/variants/same")
    assert answer.status_code == 307
    async with httpx.AsyncClient(trust_env=False) as anybody:
        assert opened((await anybody.get(answer.headers["location"])).content).size == (60, 45)
    assert (await get(system, f"/public/{job['job_id']}/same.jpg")).status_code == 404


async def test_head_makes_the_variant_as_get_does(system: System, api: Api) -> None:
    job = await made(api)
    answer = await get(system, f"/public/{job['job_id']}/same.jpg", "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert variants_of(await api.job(job["job_id"]))["same"]["status"] == "completed"


async def test_nobody_can_have_anything_else_made(system: System, api: Api) -> None:
    job = await made(api)
    for name in ("later.jpg", "same.webp", "other.webp", "later.avif"):
        assert (await get(system, f"/public/{job['job_id']}/{name}")).status_code == 404
    assert (await api.http.get(f"/jobs/{job['job_id']}/variants/other")).status_code == 404
    assert await api.job(job["job_id"]) | {"variants": 0} == job | {"variants": 0}


async def test_variant_that_cannot_be_made_is_refused_with_the_reason(system: System, api: Api) -> None:
    job = await made(api)
    for _ in range(2):
        answer = await get(system, f"/public/{job['job_id']}/impossible.webp")
        assert (answer.status_code, answer.json()["code"]) == (422, "image_not_made")
    after = await api.job(job["job_id"])
    assert (after["status"], variants_of(after)["impossible"]["status"]) == ("completed", "failed")


async def test_deleted_job_makes_nothing_any_more(system: System, api: Api) -> None:
    job = await made(api)
    later = variants_of(job)["later"]["public_url"]
    assert (await get(system, later)).status_code == 200
    assert (await api.http.delete(f"/jobs/{job['job_id']}")).status_code == 204
    assert (await get(system, later)).status_code == 404
    assert (await get(system, f"/public/{job['job_id']}/same.jpg")).status_code == 404
