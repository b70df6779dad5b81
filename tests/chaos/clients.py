"""Clients that upload and drop images at random, and a ledger of their requests and the answers."""

import asyncio
import random
from collections.abc import Callable
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


@dataclass(kw_only=True)
class Entry:
    """One upload or drop, and what the client knows about it."""

    way: Way
    name: str
    """Unique name of the file."""
    accepted: bool = False
    job_ids: set[str] = field(default_factory=set)
    """All job IDs in the answers. More than one is a fault."""
    calls: list[str] = field(default_factory=list)
    """The outcome of each call: a status, or an error."""


class Client:
    """A client that sends images at random. Several run at the same time."""

    def __init__(self, rig: Rig, ledger: list[Entry], random_source: random.Random) -> None:
        self._arena = rig
        self._ledger = ledger
        self._random = random_source

    async def act(self, until: Callable[[], bool]) -> None:
        """Send one image after the other until `until` returns True."""
        while not until():
            way = self._random.choice((Way.KEYED, Way.KEYED, Way.ONCE, Way.DROP))
            entry = Entry(way=way, name=f"{uuid4().hex}.jpg")
            self._ledger.append(entry)
            recipe, picture = self._random.choice(_RECIPES), self._random.choice(_PICTURES)
            if way is Way.DROP:
                await self._drop(entry, recipe, picture)
            else:
                await self._upload(entry, recipe, picture)
            await asyncio.sleep(self._random.uniform(0.1, 0.8))

    async def _drop(self, entry: Entry, recipe: str, picture: bytes) -> None:
        bucket = self._arena.installation.topology.originals.name
        await self._arena.cloud.s3.put_object(Bucket=bucket, Key=f"incoming/{recipe}/{entry.name}", Body=picture)
        entry.calls.append("put")
        entry.accepted = True

    async def _upload(self, entry: Entry, recipe: str, picture: bytes) -> None:
        headers = {"Idempotency-Key": entry.name} if entry.way is Way.KEYED else {}
        times = self._random.choice((1, 1, 2)) if entry.way is Way.KEYED else 1
        while times:
            if await self._call(entry, headers, {"recipe": recipe}, picture):
                times -= 1
            elif entry.way is Way.ONCE:
                return
            else:
                await asyncio.sleep(0.2)

    async def _call(self, entry: Entry, headers: dict[str, str], fields: dict[str, str], picture: bytes) -> bool:
        try:
            answer = await self._arena.api.http.post(
                "/uploads", files={"file": (entry.name, picture)}, data=fields, headers=headers
            )
        except httpx.TransportError as error:
            entry.calls.append(type(error).__name__)
            return False
        entry.calls.append(str(answer.status_code))
        if answer.status_code != _ACCEPTED:
            return False
        entry.accepted = True
        entry.job_ids.add(answer.json()["job_id"])
        return True
