"""A client of the public API."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from PIL import Image

from darkroom.object_keys import thumbnail_key
from tools.testbed.images import opened

Job = dict[str, Any]
"""The body of `GET /status/{id}`."""

OPEN: Final = frozenset({"awaiting_upload", "queued", "processing"})

_WAIT_SECONDS: Final = 10


class Api:
    """The requests of one owner."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def upload(self, data: bytes, recipe: str = "metadata", *, filename: str = "cat.jpg", **headers: str) -> Job:
        """Send a form and return the new job."""
        answer = await self.http.post(
            "/uploads", files={"file": (filename, data)}, data={"recipe": recipe}, headers=headers
        )
        assert answer.status_code == 202, answer.text
        job: Job = answer.json()
        return job

    async def job(self, job_id: str) -> Job:
        """Return the job as it is now."""
        answer = await self.http.get(f"/status/{job_id}")
        assert answer.status_code == 200, answer.text
        job: Job = answer.json()
        return job

    async def left(self, job_id: str, *statuses: str, seconds: float = 45) -> Job:
        """Wait until the job's status is none of these, and return the job."""
        async with asyncio.timeout(seconds):
            while True:
                answer = await self.http.get(f"/status/{job_id}", params={"wait": _WAIT_SECONDS})
                assert answer.status_code == 200, answer.text
                job: Job = answer.json()
                if job["status"] not in statuses:
                    return job

    async def ended(self, job_id: str, *, seconds: float = 45) -> Job:
        """Wait until the job has ended, and return it."""
        return await self.left(job_id, *OPEN, seconds=seconds)

    async def made(self, data: bytes, recipe: str = "metadata", *, filename: str = "cat.jpg") -> Job:
        """Upload, wait until the job has ended, and return it."""
        job = await self.upload(data, recipe, filename=filename)
        return await self.ended(job["job_id"])

    async def preview(self, job_id: str, variant: dict[str, Any]) -> httpx.Response:
        """Request a preview of a variant, and return the answer."""
        return await self.http.post("/recipes/preview", json={"job_id": job_id, "variant": variant})

    async def files(self, job: Job) -> dict[str, bytes]:
        """Fetch the results of a job from their URLs. Return their bytes by variant."""
        urls = {variant["name"]: variant["url"] for variant in job["variants"] if variant["url"]}
        async with httpx.AsyncClient() as anyone:
            answers = await asyncio.gather(*(anyone.get(url) for url in urls.values()))
        assert {answer.status_code for answer in answers} <= {200}
        return {name: answer.content for name, answer in zip(urls, answers, strict=True)}

    async def pictures(self, job: Job) -> dict[str, Image.Image]:
        """Fetch the results of a job and decode them. Return the pictures by variant."""
        return {name: opened(data) for name, data in (await self.files(job)).items()}


@asynccontextmanager
async def open_api(url: str, key: str) -> AsyncIterator[Api]:
    """Open a client with an API key during a `with` block."""
    async with httpx.AsyncClient(base_url=url, headers={"x-api-key": key}, timeout=60, trust_env=False) as http:
        yield Api(http)


def keys_of(job: Job) -> list[str]:
    """Return the sorted keys of all objects that a job names: its results, its thumbnail and its manifest."""
    keys = [variant["key"] for variant in job["variants"] if variant["key"]]
    if job["thumbnail"]:
        keys.append(thumbnail_key(job["job_id"]))
    return sorted([*keys, job["manifest"]["key"]] if job["manifest"] else keys)


def unsigned(body: Any) -> Any:
    """Return a response body without the signatures of its links, which change every quarter of an hour."""
    if isinstance(body, dict):
        return {name: unsigned(value) for name, value in body.items()}
    if isinstance(body, list):
        return [unsigned(value) for value in body]
    return body.partition("?")[0] if isinstance(body, str) and "://" in body else body


def variants_of(job: Job) -> Mapping[str, dict[str, Any]]:
    """Return the variants of a job by name."""
    return {variant["name"]: variant for variant in job["variants"]}
