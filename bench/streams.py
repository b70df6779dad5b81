"""Measures an upload service with many open streams of all jobs: its CPU time, and how late events come.

    python -m bench.streams [--streams N] [--owners N] [--changes N] [--seconds N]

The service is a process of its own, with an emulator of its own. Changes of jobs are written into its table, spread
evenly over the owners, each of whom has the same number of streams.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bench.site import new_installation
from darkroom import clock
from darkroom.accounts.api_keys import ApiKey
from darkroom.runtime.encryption import DEVELOPMENT_KEY, TextCipher
from darkroom.tables.api_key_table import KeyTable
from darkroom.tables.job_item import to_item
from darkroom_local.clients import Clients
from darkroom_local.installation import Installation
from darkroom_local.service import Service
from darkroom_local.system import System
from tools.testbed.largest_jobs import largest_job

MOST_CPU: Final = 0.10
"""The most CPU time, as a share of one core."""
_SETTLE_SECONDS: Final = 3.0
_TAIL_POLLS: Final = 100
"""Polls of 0.1 s in which the last events may come."""
_OPENED_AT_ONCE: Final = 20
_VARIANTS: Final = 4


@dataclass(kw_only=True)
class Reader:
    """One client: when it learnt of each job."""

    owner: str
    heard: dict[str, float] = field(default_factory=dict)
    resets: int = 0

    def take(self, block: str) -> None:
        """Note an event."""
        fields = dict(line.partition(": ")[::2] for line in block.splitlines())
        if fields.get("event") == "job":
            self.heard.setdefault(json.loads(fields["data"])["job_id"], time.perf_counter())
        self.resets += fields.get("event") == "reset"


@dataclass(frozen=True, kw_only=True)
class Result:
    """Figures of one run."""

    idle_cpu: float
    """CPU time of the service while nothing changes, in cores."""
    cpu: float
    """The same while jobs change."""
    delays: list[float]
    """Seconds from the end of each write to each event about it."""
    missing: int
    """Events that did not come."""
    peak_mb: float


async def measure(*, streams: int, owners: int, changes: int, seconds: float) -> Result:
    """Open the streams, change `changes` jobs a second, and compare what the clients heard with what was written."""
    async with new_installation() as (clients, installation):
        # A lone owner gets three quarters of the streams.
        environment = {"DARKROOM_MAX_EVENT_STREAMS": str(2 * streams)}
        service = System(installation, environment=environment).upload
        names = [f"owner-{number}" for number in range(owners)]
        for name in names:
            await _put_key(clients, installation, name)
        await service.start()
        try:
            await service.ready()
            async with _reading(service, [names[number % owners] for number in range(streams)]) as readers:
                return await _measured(clients, installation, service, readers, changes=changes, seconds=seconds)
        finally:
            await service.stop()


async def _put_key(clients: Clients, installation: Installation, owner: str) -> None:
    cipher = TextCipher([DEVELOPMENT_KEY])
    key = ApiKey.of(f"key-of-{owner}", owner=owner, name="bench", created_at=clock.now())
    await KeyTable(clients.dynamodb, installation.topology.accounts.name, cipher).put(key)


async def _measured(
    clients: Clients,
    installation: Installation,
    service: Service,
    readers: list[Reader],
    *,
    changes: int,
    seconds: float,
) -> Result:
    owners = sorted({reader.owner for reader in readers})
    await asyncio.sleep(_SETTLE_SECONDS)
    idle_cpu = await _cores(service, asyncio.sleep(seconds / 2))
    written: dict[str, tuple[str, float]] = {}

    async def change_jobs() -> None:
        ends_at = time.perf_counter() + seconds
        for number in range(int(changes * seconds)):
            owner = owners[number % len(owners)]
            job = largest_job(_VARIANTS, owner=owner)[0].job
            await clients.dynamodb.put_item(TableName=installation.topology.jobs.name, Item=to_item(job))
            written[job.job_id] = (owner, time.perf_counter())
            due = ends_at - seconds + (number + 1) / changes
            await asyncio.sleep(max(0, due - time.perf_counter()))

    cpu = await _cores(service, change_jobs())
    pairs = [
        (reader, job_id, at) for reader in readers for job_id, (owner, at) in written.items() if owner == reader.owner
    ]
    for _ in range(_TAIL_POLLS):
        if all(job_id in reader.heard for reader, job_id, _ in pairs):
            break
        await asyncio.sleep(0.1)
    return Result(
        idle_cpu=idle_cpu,
        cpu=cpu,
        delays=[reader.heard[job_id] - at for reader, job_id, at in pairs if job_id in reader.heard],
        missing=sum(job_id not in reader.heard for reader, job_id, _ in pairs),
        peak_mb=_peak_mb(service.pid),
    )


@asynccontextmanager
async def _reading(service: Service, owners: list[str]) -> AsyncIterator[list[Reader]]:
    """Open a stream for each of these owners, and read all of them during a `with` block."""
    readers, opened = [Reader(owner=owner) for owner in owners], asyncio.Semaphore(_OPENED_AT_ONCE)
    tasks = [asyncio.create_task(_read(service, reader, opened)) for reader in readers]
    try:
        while not all(reader.resets for reader in readers):
            if failed := next((task for task in tasks if task.done()), None):
                failed.result()
                raise ConnectionError("a stream ended before its first event")
            await asyncio.sleep(0.1)
        yield readers
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(service: Service, reader: Reader, opened: asyncio.Semaphore) -> None:
    """Read a stream without a client library, whose CPU time would disturb the measurement."""
    address = urlsplit(service.url)
    async with opened:
        received, sent = await asyncio.open_connection(address.hostname, address.port)
        head = f"GET /events HTTP/1.1\r\nHost: {address.netloc}\r\nx-api-key: key-of-{reader.owner}\r\n\r\n"
        sent.write(head.encode())
        status = await received.readuntil(b"\r\n\r\n")
        if b" 200 " not in status:
            raise ConnectionError(status.decode())
        reader.take(await _block(received))
    try:
        while True:
            reader.take(await _block(received))
    finally:
        sent.close()


async def _block(received: asyncio.StreamReader) -> str:
    """Return the text up to the next empty line. The sizes of chunks are lines without a field, so they do no harm."""
    return (await received.readuntil(b"\n\n")).decode()


async def _cores(service: Service, work: Awaitable[object]) -> float:
    """Return how many cores the service kept busy during some work."""
    cpu, began = _cpu_seconds(service.pid), time.perf_counter()
    await work
    return (_cpu_seconds(service.pid) - cpu) / (time.perf_counter() - began)


def _cpu_seconds(pid: int) -> float:
    """Return user and system time. Linux counts them in ticks of 10 ms (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _peak_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main() -> int:
    """Measure and print. Return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="bench.streams", description=__doc__)
    parser.add_argument("--streams", type=int, default=1000, help="open streams")
    parser.add_argument("--owners", type=int, default=100, help="owners who share them evenly")
    parser.add_argument("--changes", type=int, default=10, help="changes of jobs a second, in all")
    parser.add_argument("--seconds", type=float, default=30, help="length of the measurement")
    options = parser.parse_args()
    result = asyncio.run(
        measure(streams=options.streams, owners=options.owners, changes=options.changes, seconds=options.seconds)
    )
    late = sorted(result.delays)[int(0.99 * len(result.delays))]
    sys.stdout.write(
        f"{options.streams} streams of {options.owners} owners, {options.changes} changes a second\n"
        f"CPU       {100 * result.cpu:5.1f} % of a core (goal: {100 * MOST_CPU:.0f});"
        f" {100 * result.idle_cpu:.1f} % while nothing changes\n"
        f"delay     p50 {statistics.median(result.delays):.2f} s   p99 {late:.2f} s   of {len(result.delays)} events\n"
        f"missing   {result.missing} (goal: 0)\n"
        f"memory    {result.peak_mb:.0f} MB at most\n"
    )
    return int(result.cpu > MOST_CPU or result.missing > 0)


if __name__ == "__main__":
    sys.exit(main())
