"""Scale-in protection, against a server that answers like the ECS agent."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from darkroom.runtime.queue import Delivery
from darkroom_processor.adapters.scale_in_protection import ScaleInProtection, ecs_protection
from tests.support.waiting import until

pytestmark = pytest.mark.sockets

MESSAGE = Delivery(message_id="1", body="{}", handle="1", receives=1)


class Agent:
    """A stand-in for the ECS agent, which records what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.url = ""
        self.answer: dict[str, Any] = {"protection": {}}

    async def put(self, request: web.Request) -> web.Response:
        """Record the request and answer."""
        self.asked.append(await request.json())
        return web.json_response(self.answer)


@pytest_asyncio.fixture
async def agent() -> AsyncIterator[Agent]:
    agent = Agent()
    app = web.Application()
    app.router.add_put("/task-protection/v1/state", agent.put)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    agent.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield agent
    await runner.cleanup()


@pytest_asyncio.fixture
async def protection(agent: Agent) -> AsyncIterator[ScaleInProtection]:
    async with aiohttp.ClientSession() as http:
        yield ScaleInProtection(http, agent.url, check_seconds=0.02)


async def test_a_task_is_protected_while_it_works_and_not_after(agent: Agent, protection: ScaleInProtection) -> None:
    stop, finish = asyncio.Event(), asyncio.Event()

    async def work(_: Delivery) -> None:
        await finish.wait()

    running = asyncio.create_task(protection.run(stop))
    working = asyncio.ensure_future(protection.guard(work)(MESSAGE))
    await until(lambda: agent.asked == [{"ProtectionEnabled": True, "ExpiresInMinutes": 2}])
    finish.set()
    await working
    await until(lambda: agent.asked[1:] == [{"ProtectionEnabled": False}])
    stop.set()
    await running
    assert len(agent.asked) == 2, "protection is given up only once"


@pytest.mark.parametrize(("break_seconds", "asked"), [(0.1, [True, False, True, False]), (1000, [True, False])])
async def test_a_task_that_always_works_gives_protection_up_for_breaks(
    agent: Agent, break_seconds: float, asked: list[bool]
) -> None:
    stop, finish = asyncio.Event(), asyncio.Event()

    async def work(_: Delivery) -> None:
        await finish.wait()

    async with aiohttp.ClientSession() as http:
        protection = ScaleInProtection(
            http, agent.url, check_seconds=0.02, stretch_seconds=0.1, break_seconds=break_seconds
        )
        running = asyncio.create_task(protection.run(stop))
        working = asyncio.ensure_future(protection.guard(work)(MESSAGE))
        await until(lambda: len(agent.asked) >= len(asked))
        await asyncio.sleep(0.1)
        finish.set()
        await working
        stop.set()
        await running
    requests = [one["ProtectionEnabled"] for one in agent.asked]
    assert requests[: len(asked)] == asked
    assert len(requests) == len(asked) or break_seconds < 1, "nothing is requested during a break"


async def test_a_task_that_drains_gives_protection_up(agent: Agent, protection: ScaleInProtection) -> None:
    stop, finish = asyncio.Event(), asyncio.Event()

    async def work(_: Delivery) -> None:
        await finish.wait()

    running = asyncio.create_task(protection.run(stop))
    working = asyncio.ensure_future(protection.guard(work)(MESSAGE))
    await until(lambda: bool(agent.asked))
    stop.set()
    await running
    assert agent.asked[-1] == {"ProtectionEnabled": False}
    finish.set()
    await working


async def test_a_refused_protection_is_requested_again(agent: Agent, protection: ScaleInProtection) -> None:
    agent.answer = {"failure": {"Reason": "DEPLOYMENT_BLOCKED"}}
    stop, finish = asyncio.Event(), asyncio.Event()

    async def work(_: Delivery) -> None:
        await finish.wait()

    running = asyncio.create_task(protection.run(stop))
    working = asyncio.ensure_future(protection.guard(work)(MESSAGE))
    await until(lambda: len(agent.asked) >= 2)
    finish.set()
    await working
    stop.set()
    await running


async def test_there_is_no_protection_outside_ecs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ECS_AGENT_URI", raising=False)
    async with ecs_protection() as protection:
        assert protection is None
    monkeypatch.setenv("ECS_AGENT_URI", "http://169.254.170.2/api/task")
    async with ecs_protection() as protection:
        assert protection is not None
