"""The process of a service: it serves, drains and ends. Each test runs a process, since it sends signals."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from darkroom_local.child import Child
from darkroom_local.ports import LOOPBACK, free_ports

pytestmark = pytest.mark.sockets

SERVICE = """
import asyncio, sys
from fastapi import FastAPI
from darkroom.runtime.server import serve

app = FastAPI()
stop, asked = asyncio.Event(), asyncio.Event()

@app.get("/")
async def index():
    if stop.is_set():
        asked.set()
    return {"stopping": stop.is_set()}

@app.get("/slow")
async def slow():
    print("slow began", flush=True)
    await stop.wait()
    await asyncio.sleep(0.2)
    return {"stopping": stop.is_set()}

async def work(stop):
    print("work began", flush=True)
    await stop.wait()
    print("work drains", flush=True)
    await asyncio.sleep(0.1)
    print("work ended", flush=True)

async def work_until_asked(stop):
    await stop.wait()
    print("work drains", flush=True)
    await asked.wait()

async def broken(stop):
    raise RuntimeError("broken from the start")

backgrounds = {"work": [work], "work until asked": [work_until_asked], "broken": [work, broken], "none": []}
asyncio.run(serve(app, backgrounds[sys.argv[2]], stop=stop, host="127.0.0.1", port=int(sys.argv[1])))
print("served", flush=True)
"""


class Service:
    """A running service, and the lines that it has printed."""

    def __init__(self, port: int) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        self.lines: list[str] = []
        self._printed = asyncio.Event()

    def print(self, line: str) -> None:
        self.lines.append(line)
        self._printed.set()

    async def until_printed(self, line: str) -> None:
        while line not in self.lines:
            self._printed.clear()
            await self._printed.wait()


@asynccontextmanager
async def service(background: str, port: int | None = None) -> AsyncIterator[tuple[Service, Child]]:
    chosen = port or free_ports(1)[0]
    running = Service(chosen)
    command = [sys.executable, "-c", SERVICE, str(chosen), background]
    child = await Child.start(command, environment={}, sink=running.print)
    try:
        async with asyncio.timeout(20):
            yield running, child
    finally:
        await child.stop(grace_seconds=5)


async def until_served(client: httpx.AsyncClient, url: str) -> None:
    while True:
        try:
            await client.get(url)
        except httpx.TransportError:
            await asyncio.sleep(0.02)
        else:
            return


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_drains_the_work_and_ends_the_process_well(number: signal.Signals) -> None:
    async with service("work") as (running, child), httpx.AsyncClient() as client:
        await until_served(client, running.url)
        os.kill(child.pid, number)
        assert await child.wait() == 0
        assert running.lines == ["work began", "work drains", "work ended", "served"]


async def test_requests_are_answered_while_the_work_drains() -> None:
    async with service("work until asked") as (running, child), httpx.AsyncClient() as client:
        await until_served(client, running.url)
        os.kill(child.pid, signal.SIGTERM)
        await running.until_printed("work drains")
        assert (await client.get(running.url)).json() == {"stopping": True}
        assert await child.wait() == 0


async def test_a_running_request_is_finished() -> None:
    async with service("none") as (running, child), httpx.AsyncClient() as client:
        await until_served(client, running.url)
        request = asyncio.create_task(client.get(f"{running.url}/slow"))
        await running.until_printed("slow began")
        os.kill(child.pid, signal.SIGTERM)
        assert (await request).status_code == 200
        assert await child.wait() == 0


async def test_a_work_that_fails_ends_the_process_with_an_error() -> None:
    async with service("broken") as (running, child):
        assert await child.wait() == 1
        assert "served" not in running.lines
        assert any("broken from the start" in line for line in running.lines)


async def test_a_port_in_use_ends_the_process_with_an_error() -> None:
    async with service("none") as (first, _), httpx.AsyncClient() as client:
        await until_served(client, first.url)
        async with service("none", port=httpx.URL(first.url).port) as (_, second):
            assert await second.wait() != 0
