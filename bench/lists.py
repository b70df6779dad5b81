"""Measures lists: a page of ordinary jobs for one client, and the largest possible jobs for many clients at once.

    python -m bench.lists [--lists N] [--jobs N]

The service is a process of its own, with an emulator of its own. Times include those of the emulator, which is a
single process.
"""

import argparse
import asyncio
import statistics
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import httpx

from bench.site import new_installation
from darkroom.tables.details_item import details_item
from darkroom.tables.job_item import to_item
from darkroom.tables.recipe_item import recipe_item
from darkroom_local.bootstrap import DEVELOPMENT_KEY
from darkroom_local.service import Service
from darkroom_local.system import System
from tools.testbed.largest_jobs import largest_job

MOST_MB: Final = 400
MOST_HEALTH_SECONDS: Final = 1.0
MOST_SUMMARY_BYTES: Final = 75_000
MOST_SUMMARY_MS: Final = 30
_SUMMARIES: Final = 40
"""Pages of ordinary jobs, requested one after the other."""
_ORDINARY_VARIANTS: Final = 8
_VARIANTS: Final = 32
_OWNER: Final = "demo"
_PAUSE_SECONDS: Final = 0.02


@dataclass(frozen=True, kw_only=True)
class Summaries:
    """Pages of ordinary jobs as `view=summary`, after a first one that signs the links."""

    ms: float
    """Median time of a page, in milliseconds."""
    cpu_ms: float
    """CPU time of the service for a page, in milliseconds. The rest is that of the emulator and of other programs."""
    bytes: int
    """Bytes of a page, not compressed."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """Figures of one run."""

    lists: list[float]
    """Seconds that each list took."""
    health: list[float]
    """Seconds that each `/healthz` took meanwhile."""
    cpu_seconds: float
    """CPU seconds of the service for all lists."""
    peak_mb: float
    """Highest resident memory of the service, in MiB."""
    refused: int
    summaries: Summaries


async def measure(*, lists: int, jobs: int) -> Result:
    """Request `lists` lists at once, and check the service's health until the last one has arrived."""
    async with new_installation() as (clients, installation):
        table = installation.topology.jobs.name
        for number in range(jobs):
            ordinary = largest_job(_ORDINARY_VARIANTS, owner=_OWNER)[0].job
            item = to_item(replace(ordinary, filename=f"holiday-{number:04}.jpeg", recipe_name="web"))
            await clients.dynamodb.put_item(TableName=table, Item=item)
        service = System(installation).upload  # The other services do not run.
        await service.start()
        try:
            await service.ready()
            summaries = await _summaries(service, jobs)
            # These are newer than the ordinary jobs, so a list of the newest has only them.
            for _ in range(jobs):
                new, details = largest_job(_VARIANTS, owner=_OWNER)
                job_id = new.job.job_id
                for item in (to_item(new.job), recipe_item(job_id, new.recipe), details_item(job_id, details)):
                    await clients.dynamodb.put_item(TableName=table, Item=item)
            return replace(await _measured(service, lists=lists, jobs=jobs), summaries=summaries)
        finally:
            await service.stop()


async def _summaries(service: Service, jobs: int) -> Summaries:
    headers = {"x-api-key": DEVELOPMENT_KEY, "accept-encoding": "identity"}
    async with httpx.AsyncClient(base_url=service.url, timeout=120, headers=headers, trust_env=False) as client:
        times, size, cpu_before = [], 0, _cpu_seconds(service.pid)
        for _ in range(_SUMMARIES + 1):
            began = time.perf_counter()
            answer = await client.get("/jobs", params={"limit": jobs, "view": "summary"})
            times.append((time.perf_counter() - began) * 1000)
            size = len(answer.raise_for_status().content)
        cpu_ms = (_cpu_seconds(service.pid) - cpu_before) * 1000 / len(times)
        return Summaries(ms=statistics.median(times[1:]), cpu_ms=cpu_ms, bytes=size)


async def _measured(service: Service, *, lists: int, jobs: int) -> Result:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=service.url, timeout=120, limits=limits, trust_env=False) as client:
        before = _cpu_seconds(service.pid)
        asking = [asyncio.create_task(_list(client, jobs)) for _ in range(lists)]
        health = []
        while not all(task.done() for task in asking):
            health.append(await _health(client))
            await asyncio.sleep(_PAUSE_SECONDS)
        answers = await asyncio.gather(*asking)
        return Result(
            lists=[seconds for seconds, status in answers if status == httpx.codes.OK],
            health=health,
            cpu_seconds=_cpu_seconds(service.pid) - before,
            peak_mb=_peak_mb(service.pid),
            refused=sum(status != httpx.codes.OK for _, status in answers),
            summaries=Summaries(ms=0, cpu_ms=0, bytes=0),
        )


async def _list(client: httpx.AsyncClient, jobs: int) -> tuple[float, int]:
    began = time.perf_counter()
    answer = await client.get("/jobs", params={"limit": jobs}, headers={"x-api-key": DEVELOPMENT_KEY})
    return time.perf_counter() - began, answer.status_code


async def _health(client: httpx.AsyncClient) -> float:
    began = time.perf_counter()
    (await client.get("/healthz")).raise_for_status()
    return time.perf_counter() - began


def _peak_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _cpu_seconds(pid: int) -> float:
    """Return user and system time. Linux counts them in ticks of 10 ms (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def main() -> int:
    """Measure and print. Return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="bench.lists", description=__doc__)
    parser.add_argument("--lists", type=int, default=40, help="lists at once")
    parser.add_argument("--jobs", type=int, default=100, help="jobs in each")
    options = parser.parse_args()
    result = asyncio.run(measure(lists=options.lists, jobs=options.jobs))
    slowest, summaries = max(result.health), result.summaries
    sys.stdout.write(
        f"view=summary of {options.jobs} jobs: p50 {summaries.ms:.1f} ms (goal: {MOST_SUMMARY_MS}), "
        f"{summaries.cpu_ms:.1f} ms CPU of the service, "
        f"{summaries.bytes} bytes (goal: {MOST_SUMMARY_BYTES})\n"
        f"{len(result.lists)} lists of {options.jobs} jobs of {_VARIANTS} variants, {result.refused} refused\n"
        f"list      p50 {statistics.median(result.lists):6.3f} s   last {max(result.lists):6.3f} s"
        f"   {1000 * result.cpu_seconds / options.lists:.0f} ms CPU each\n"
        f"/healthz  p50 {statistics.median(result.health):6.3f} s   slowest {slowest:6.3f} s"
        f" (goal: {MOST_HEALTH_SECONDS:g})\n"
        f"memory    {result.peak_mb:.0f} MB at most (goal: {MOST_MB})\n"
    )
    is_slow = slowest >= MOST_HEALTH_SECONDS or summaries.ms > MOST_SUMMARY_MS
    return int(is_slow or result.peak_mb >= MOST_MB or summaries.bytes > MOST_SUMMARY_BYTES)


if __name__ == "__main__":
    sys.exit(main())
