"""Clients that upload, drop, import and run images again at random, and a ledger of their requests and the answers.

They also ask for variants on request.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import uuid4

import httpx

from tests.system.faults.rig import Rig
from tools.testbed.images import jpeg

_PRESETS: Final = ("grayscale", "thumbnails", "augment", "metadata")
ON_REQUEST: Final = "later"
"""Name of the variant on request in the recipe that has one."""
_WITH_ONE_ON_REQUEST: Final = json.dumps(
    {
        "variants": [
            {"name": "now", "operations": [{"op": "grayscale"}]},
            {
                "name": ON_REQUEST,
                "operations": [{"op": "resize", "width": 16}],
                "output": {"format": "webp"},
                "when": "requested",
            },
        ]
    }
)
_PICTURES: Final = tuple(jpeg(40 + number, 30) for number in range(12))
_ACCEPTED: Final = 202
_PATIENCE_SECONDS: Final = 90
"""How long a client repeats a request. An image that is not accepted in this time need not have a job."""
_MADE: Final = frozenset({200, 307})
"""Statuses of a variant on request that is there: the image itself, or the way to it."""


class Way(StrEnum):
    """How an image is sent."""

    KEYED = "with an Idempotency-Key, repeated until it was accepted"
    ONCE = "without a key, never repeated"
    DROP = "dropped into the bucket"
    IMPORT = "imported from a URL, with an Idempotency-Key, repeated until it was accepted"
    AGAIN = "a second run, with an Idempotency-Key, repeated until it was accepted"


@dataclass(kw_only=True)
class Entry:
    """One upload, drop, import or second run, and what the client knows about it."""

    way: Way
    name: str
    """Unique name of the file; for a second run, `second_run_of` that."""
    accepted: bool = False
    job_ids: set[str] = field(default_factory=set)
    """All job IDs in the answers. More than one is a fault."""
    calls: list[str] = field(default_factory=list)
    """The outcome of each call: a status, or an error."""
    has_variant_on_request: bool = False
    variant_requests: list[str] = field(default_factory=list)
    """The outcome of each request for the variant on request: a status, or an error."""
    variant_made: bool = False
    """Whether a request for the variant on request was answered with it."""


def second_run_of(name: str) -> str:
    """Return how the ledger calls the second run on the original of this name."""
    return f"{name}, again"


class Client:
    """A client that sends images at random. Several run at the same time."""

    def __init__(self, rig: Rig, ledger: list[Entry], random_source: random.Random, *, image_url: str) -> None:
        """`image_url` is where images are imported from."""
        self._arena = rig
        self._ledger = ledger
        self._random = random_source
        self._image_url = image_url

    async def act(self, until: Callable[[], bool]) -> None:
        """Send one image after the other until `until` returns True."""
        while not until():
            way = self._random.choice((Way.KEYED, Way.KEYED, Way.ONCE, Way.DROP, Way.IMPORT, Way.AGAIN))
            source = self._source() if way is Way.AGAIN else None
            if way is Way.AGAIN and source is None:
                way = Way.KEYED
            entry = Entry(way=way, name=second_run_of(source.name) if source else f"{uuid4().hex}.jpg")
            self._ledger.append(entry)
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await self._send(entry, source)
            await self._request_variant()
            await asyncio.sleep(self._random.uniform(0.1, 0.8))

    async def _send(self, entry: Entry, source: Entry | None) -> None:
        preset = self._random.choice(_PRESETS)
        if source:
            await self._run_again(entry, preset, next(iter(source.job_ids)))
        elif entry.way is Way.DROP:
            await self._drop(entry, preset, self._random.choice(_PICTURES))
        else:
            await self._upload(entry, preset)
            await self._change_publication(entry)

    def _source(self) -> Entry | None:
        """Return an accepted upload that nobody has run again, or None."""
        run_again = {entry.name for entry in self._ledger if entry.way is Way.AGAIN}
        free = [entry for entry in self._ledger if entry.job_ids and second_run_of(entry.name) not in run_again]
        uploads = [entry for entry in free if entry.way in (Way.KEYED, Way.ONCE)]
        return self._random.choice(uploads) if uploads else None

    async def _run_again(self, entry: Entry, recipe: str, original_of: str) -> None:
        body = {"original_of": original_of, "recipe": recipe, "keep_original": self._random.choice((True, False))}
        headers, times = {"Idempotency-Key": entry.name}, self._random.choice((1, 1, 2))
        while times:
            if await self._accepted(entry, self._arena.api.http.post("/jobs", json=body, headers=headers)):
                times -= 1
            else:
                await asyncio.sleep(0.2)

    async def _drop(self, entry: Entry, recipe: str, picture: bytes) -> None:
        bucket = self._arena.installation.topology.originals.name
        await self._arena.cloud.s3.put_object(Bucket=bucket, Key=f"incoming/{recipe}/{entry.name}", Body=picture)
        entry.calls.append("put")
        entry.accepted = True

    async def _upload(self, entry: Entry, preset: str) -> None:
        """Upload or import an image. Every other one has a variant on request."""
        headers = {"Idempotency-Key": entry.name} if entry.way is not Way.ONCE else {}
        times = self._random.choice((1, 1, 2)) if entry.way is not Way.ONCE else 1
        entry.has_variant_on_request = self._random.choice((True, False))
        recipe = _WITH_ONE_ON_REQUEST if entry.has_variant_on_request else preset
        wishes = {name: self._random.choice((True, False)) for name in ("keep_original", "publish")}
        picture = self._random.choice(_PICTURES)
        while times:
            if await self._call(entry, headers, recipe, wishes, picture):
                times -= 1
            elif entry.way is Way.ONCE:
                return
            else:
                await asyncio.sleep(0.2)

    async def _change_publication(self, entry: Entry) -> None:
        """Publish the job or take its addresses back, in half of the cases. The answer does not matter."""
        for job_id in sorted(entry.job_ids):
            method = self._random.choice(("PUT", "DELETE", None, None))
            if method:
                await asyncio.sleep(self._random.uniform(0, 2))
                with suppress(httpx.TransportError):
                    await self._arena.api.http.request(method, f"/jobs/{job_id}/published")

    async def _request_variant(self) -> None:
        """Ask for a variant on request of any job, by either address. Some clients soon give up."""
        jobs = [entry for entry in self._ledger if entry.has_variant_on_request and entry.job_ids]
        if not jobs:
            return
        entry = self._random.choice(jobs)
        (job_id, *_) = entry.job_ids
        path = self._random.choice((f"/jobs/{job_id}/variants/{ON_REQUEST}", f"/public/{job_id}/{ON_REQUEST}.webp"))
        try:
            answer = await self._arena.api.http.get(path, timeout=self._random.choice((0.3, 12)))
        except httpx.TransportError as error:
            entry.variant_requests.append(type(error).__name__)
            return
        entry.variant_requests.append(str(answer.status_code))
        entry.variant_made |= answer.status_code in _MADE

    async def _call(
        self, entry: Entry, headers: dict[str, str], recipe: str, wishes: dict[str, bool], picture: bytes
    ) -> bool:
        http = self._arena.api.http
        if entry.way is Way.IMPORT:
            asked = json.loads(recipe) if entry.has_variant_on_request else recipe
            body = {"url": self._image_url, "filename": entry.name, "recipe": asked, **wishes}
            return await self._accepted(entry, http.post("/uploads", json=body, headers=headers))
        fields = {"recipe": recipe, **{name: str(wish).lower() for name, wish in wishes.items()}}
        files = {"file": (entry.name, picture)}
        return await self._accepted(entry, http.post("/uploads", files=files, data=fields, headers=headers))

    async def _accepted(self, entry: Entry, request: Awaitable[httpx.Response]) -> bool:
        try:
            answer = await request
        except httpx.TransportError as error:
            entry.calls.append(type(error).__name__)
            return False
        entry.calls.append(str(answer.status_code))
        if answer.status_code != _ACCEPTED:
            return False
        entry.accepted = True
        entry.job_ids.add(answer.json()["job_id"])
        return True
