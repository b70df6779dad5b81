"""Clients that upload, drop and run images again at random, and a ledger of their requests and the answers."""

import asyncio
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

_RECIPES: Final = ("grayscale", "thumbnails", "augment", "metadata")
_PICTURES: Final = tuple(jpeg(40 + number, 30) for number in range(12))
_ACCEPTED: Final = 202


class Way(StrEnum):
    """How an image is sent."""

    KEYED = "with an Idempotency-Key, repeated until it was accepted"
    ONCE = "without a key, never repeated"
    DROP = "dropped into the bucket"
    AGAIN = "a second run, with an Idempotency-Key, repeated until it was accepted"


@dataclass(kw_only=True)
class Entry:
    """One upload, drop or second run, and what the client knows about it."""

    way: Way
    name: str
    """Unique name of the file; for a second run, `second_run_of` that."""
    accepted: bool = False
    job_ids: set[str] = field(default_factory=set)
    """All job IDs in the answers. More than one is a fault."""
    calls: list[str] = field(default_factory=list)
    """The outcome of each call: a status, or an error."""


def second_run_of(name: str) -> str:
    """Return how the ledger calls the second run on the original of this name."""
    return f"{name}, again"


class Client:
    """A client that sends images at random. Several run at the same time."""

    def __init__(self, rig: Rig, ledger: list[Entry], random_source: random.Random) -> None:
        self._arena = rig
        self._ledger = ledger
        self._random = random_source

    async def act(self, until: Callable[[], bool]) -> None:
        """Send one image after the other until `until` returns True."""
        while not until():
            way = self._random.choice((Way.KEYED, Way.KEYED, Way.ONCE, Way.DROP, Way.AGAIN))
            source = self._source() if way is Way.AGAIN else None
            if way is Way.AGAIN and source is None:
                way = Way.KEYED
            entry = Entry(way=way, name=second_run_of(source.name) if source else f"{uuid4().hex}.jpg")
            self._ledger.append(entry)
            recipe, picture = self._random.choice(_RECIPES), self._random.choice(_PICTURES)
            if source:
                await self._run_again(entry, recipe, next(iter(source.job_ids)))
            elif way is Way.DROP:
                await self._drop(entry, recipe, picture)
            else:
                await self._upload(entry, recipe, picture)
                await self._change_publication(entry)
            await asyncio.sleep(self._random.uniform(0.1, 0.8))

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

    async def _upload(self, entry: Entry, recipe: str, picture: bytes) -> None:
        headers = {"Idempotency-Key": entry.name} if entry.way is Way.KEYED else {}
        times = self._random.choice((1, 1, 2)) if entry.way is Way.KEYED else 1
        wishes = {name: self._random.choice(("true", "false")) for name in ("keep_original", "publish")}
        fields = {"recipe": recipe, **wishes}
        while times:
            if await self._call(entry, headers, fields, picture):
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

    async def _call(self, entry: Entry, headers: dict[str, str], fields: dict[str, str], picture: bytes) -> bool:
        upload = self._arena.api.http.post(
            "/uploads", files={"file": (entry.name, picture)}, data=fields, headers=headers
        )
        return await self._accepted(entry, upload)

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
