"""Measures how much one owner's flood delays another owner's jobs: the p95 from first byte sent to the job's end.

    python -m bench.fairness [--flood N] [--jobs N] [--share N]

The whole system runs on an emulator of its own. A quiet owner uploads one image after the other: first alone, then
while several clients of another owner upload as fast as they can and their jobs pile up. `--share 0` switches the
limit of tasks in flight for each owner off, to show its effect.
"""

import argparse
import asyncio
import statistics
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import httpx

from bench.site import new_installation
from darkroom import clock
from darkroom.accounts.api_keys import ApiKey
from darkroom.runtime.encryption import DEVELOPMENT_KEY, TextCipher
from darkroom.tables.api_key_table import KeyTable
from darkroom_local.clients import Clients
from darkroom_local.installation import Installation
from darkroom_local.system import running_system
from tools.testbed.images import jpeg

FLOODING_CLIENTS: Final = 8
GOAL: Final = 3.0
"""Highest acceptable ratio of the p95 during the flood to the p95 without it."""
RECIPE: Final = "augment"
_PICTURE: Final = jpeg(1200, 900)
_WARM_UP_JOBS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Result:
    """Durations of the quiet owner's jobs, in seconds."""

    quiet: list[float]
    flooded: list[float]
    waiting: int
    """Number of the flood's jobs that were still open when the last of `flooded` ended."""

    @property
    def ratio(self) -> float:
        """p95 during the flood divided by the p95 without it."""
        return p95(self.flooded) / p95(self.quiet)


def p95(seconds: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


async def measure(*, flood: int, jobs: int, share: int | None) -> Result:
    """Run both parts on a new system. The flood's uploads end early; its jobs then wait to be processed."""
    environment: Mapping[str, str] = {} if share is None else {"DARKROOM_TASKS_PER_OWNER": str(share)}
    async with AsyncExitStack() as stack:
        clients, installation = await stack.enter_async_context(new_installation())
        system = await stack.enter_async_context(running_system(installation, environment=environment))
        quiet, loud = [
            await stack.enter_async_context(_client(system.url, await _new_key(clients, installation, name)))
            for name in ("quiet", "loud")
        ]
        await _latencies(quiet, _WARM_UP_JOBS)
        alone = await _latencies(quiet, jobs)
        left = iter(range(flood))
        flooding = [
            asyncio.create_task(_upload_all(loud, islice(left, flood // FLOODING_CLIENTS)))
            for _ in range(FLOODING_CLIENTS)
        ]
        await asyncio.sleep(1)
        flooded = await _latencies(quiet, jobs)
        job_ids = [job_id for ids in await asyncio.gather(*flooding) for job_id in ids]
        states = await asyncio.gather(*(_job(loud, job_id) for job_id in job_ids))
        return Result(quiet=alone, flooded=flooded, waiting=sum(not state["completed_at"] for state in states))


async def _new_key(clients: Clients, installation: Installation, owner: str) -> str:
    """Create an API key of a new owner and return it."""
    key = ApiKey.of(owner, owner=owner, name="bench", created_at=clock.now())
    cipher = TextCipher([DEVELOPMENT_KEY])
    await KeyTable(clients.dynamodb, installation.topology.accounts.name, cipher).put(key)
    return owner


def _client(url: str, key: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, headers={"x-api-key": key}, timeout=60, trust_env=False)


async def _latencies(api: httpx.AsyncClient, count: int) -> list[float]:
    return [await _latency(api) for _ in range(count)]


async def _latency(api: httpx.AsyncClient) -> float:
    """Return the seconds from the first byte to the end in the job's record, which is more exact than polling."""
    began = clock.now()
    job_id = await _upload(api)
    job = await _job(api, job_id, wait=20)
    while not job["completed_at"]:
        job = await _job(api, job_id, wait=20)
    return (clock.parse(job["completed_at"]) - began).total_seconds()


async def _upload(api: httpx.AsyncClient) -> str:
    """Upload the image and return the id of its job."""
    files = {"file": ("photo.jpg", _PICTURE)}
    answer = await api.post("/uploads", files=files, data={"recipe": RECIPE})
    job_id: str = answer.raise_for_status().json()["job_id"]
    return job_id


async def _job(api: httpx.AsyncClient, job_id: str, *, wait: int = 0) -> dict[str, Any]:
    """Return the job, after its next change or `wait` seconds."""
    answer = await api.get(f"/status/{job_id}", params={"wait": wait} if wait else None)
    job: dict[str, Any] = answer.raise_for_status().json()
    return job


async def _upload_all(api: httpx.AsyncClient, numbers: "islice[int]") -> list[str]:
    return [await _upload(api) for _ in numbers]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.fairness", description=__doc__)
    parser.add_argument("--flood", type=int, default=400, help="jobs of the flood")
    parser.add_argument("--jobs", type=int, default=20, help="jobs of the quiet owner, each time")
    parser.add_argument("--share", type=int, help="tasks an owner may have in flight; 0 for no limit")
    options = parser.parse_args()
    result = asyncio.run(measure(flood=options.flood, jobs=options.jobs, share=options.share))
    sys.stdout.write(
        f"quiet    p50 {statistics.median(result.quiet):6.3f} s   p95 {p95(result.quiet):6.3f} s\n"
        f"flooded  p50 {statistics.median(result.flooded):6.3f} s   p95 {p95(result.flooded):6.3f} s"
        f"   ({result.waiting} of {options.flood} jobs of the flood were still open)\n"
        f"ratio of the p95s: {result.ratio:.2f} (goal: {GOAL:g})\n"
    )


if __name__ == "__main__":
    main()
