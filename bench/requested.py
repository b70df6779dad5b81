"""Measures how long a client waits for a requested image, beyond the CPU time of the engine that makes it.

    python -m bench.requested [--images N]

The whole system runs on an emulator of its own and does nothing else. The image is a WebP of 640 pixels of a JPEG of
12 megapixels: once as a preview, and once as a variant on request at its public address, which is made at the first
view. The time is that from the request to the last byte of the image.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx

from bench.site import new_installation
from darkroom_local.bootstrap import DEVELOPMENT_KEY
from darkroom_local.system import running_system
from tools.testbed.images import jpeg

GOAL_MS: Final = 300
"""Highest acceptable median of the time beyond the engine's."""
_SIZE: Final = (4000, 3000)
_VARIANT: Final = {"operations": [{"op": "resize", "width": 640}], "output": {"format": "webp"}}
_NAME: Final = "wide"
_ON_REQUEST: Final = {"variants": [{"name": _NAME, "when": "requested", **_VARIANT}]}
_WARM_UP: Final = 5


@dataclass(frozen=True, kw_only=True)
class Waited:
    """The wait for one image, in milliseconds."""

    total: float
    engine: float
    """CPU time of the engine, as the answer or the job tells it."""

    @property
    def beyond(self) -> float:
        """The time beyond the engine's."""
        return self.total - self.engine


async def measure(images: int) -> dict[str, list[Waited]]:
    """Return the waits for this number of images of each kind, one after the other."""
    photo = jpeg(*_SIZE)
    async with (
        new_installation() as (_, installation),
        running_system(installation) as system,
        httpx.AsyncClient(
            base_url=system.url, headers={"x-api-key": DEVELOPMENT_KEY}, timeout=60, trust_env=False
        ) as api,
    ):
        job_id = await _ended_job(api, photo, recipe="metadata")
        seen: list[str] = []

        async def preview() -> Waited:
            return await _preview(api, job_id)

        async def first_view() -> Waited:
            seen.append(await _ended_job(api, photo, recipe=json.dumps(_ON_REQUEST), publish="true"))
            return await _first_view(api, seen[-1])

        async def later_view() -> Waited:
            return Waited(total=await _view(api, seen.pop()), engine=0)

        return {
            "preview": await _waits(preview, images),
            "first view": await _waits(first_view, images),
            "later view": await _waits(later_view, images),
        }


async def _waits(ask: Callable[[], Awaitable[Waited]], images: int) -> list[Waited]:
    for _ in range(_WARM_UP):
        await ask()
    return [await ask() for _ in range(images)]


async def _ended_job(api: httpx.AsyncClient, photo: bytes, **fields: str) -> str:
    """Upload a photo, wait until its job has ended, and return the job's id."""
    answer = await api.post("/uploads", files={"file": ("photo.jpg", photo)}, data=fields)
    job: dict[str, Any] = answer.raise_for_status().json()
    while not job["completed_at"]:
        job = (await api.get(f"/status/{job['job_id']}", params={"wait": 20})).raise_for_status().json()
    job_id: str = job["job_id"]
    return job_id


async def _first_view(api: httpx.AsyncClient, job_id: str) -> Waited:
    before = await _cpu_ms(api, job_id)
    total = await _view(api, job_id)
    return Waited(total=total, engine=await _cpu_ms(api, job_id) - before)


async def _view(api: httpx.AsyncClient, job_id: str) -> float:
    """Get the public image as a browser does, without a key. Return the milliseconds that it took."""
    began = time.perf_counter()
    (await api.get(f"/public/{job_id}/{_NAME}.webp", headers={"x-api-key": ""})).raise_for_status()
    return (time.perf_counter() - began) * 1000


async def _cpu_ms(api: httpx.AsyncClient, job_id: str) -> int:
    cpu_ms: int = (await api.get(f"/status/{job_id}")).raise_for_status().json()["cost"]["cpu_ms"]
    return cpu_ms


async def _preview(api: httpx.AsyncClient, job_id: str) -> Waited:
    began = time.perf_counter()
    answer = await api.post("/recipes/preview", json={"job_id": job_id, "variant": _VARIANT})
    total = time.perf_counter() - began
    engine = int(answer.raise_for_status().headers["x-darkroom-cpu-ms"])
    return Waited(total=total * 1000, engine=engine)


def median_beyond(waits: list[Waited]) -> float:
    """Return the median of the time beyond the engine's."""
    return statistics.median(wait.beyond for wait in waits)


def report(kind: str, waits: list[Waited]) -> str:
    """Return a line with the medians, and the p90 of the time beyond the engine's."""
    median = median_beyond(waits)
    p90 = statistics.quantiles([wait.beyond for wait in waits], n=10, method="inclusive")[-1]
    total, engine = (statistics.median(getattr(wait, name) for wait in waits) for name in ("total", "engine"))
    verdict = "met" if median <= GOAL_MS else "missed"
    return (
        f"{kind:10} total p50 {total:4.0f} ms   engine p50 {engine:4.0f} ms   beyond p50 {median:4.0f} ms, "
        f"p90 {p90:4.0f} ms (goal: {GOAL_MS} ms, {verdict})\n"
    )


def main() -> int:
    """Measure and print. Return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="bench.requested", description=__doc__)
    parser.add_argument("--images", type=int, default=30, help="images of each kind")
    options = parser.parse_args()
    measured = asyncio.run(measure(options.images))
    for kind, waits in measured.items():
        sys.stdout.write(report(kind, waits))
    return int(any(median_beyond(waits) > GOAL_MS for waits in measured.values()))


if __name__ == "__main__":
    sys.exit(main())
