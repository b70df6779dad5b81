"""Runs microburst, a proxy that fails like AWS in trouble, as a child process in front of the emulator.

It is installed in an environment of its own, `tools/faults/.venv`, because it needs another version of botocore than
the services.
"""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from darkroom_local.child import Child
from darkroom_local.ports import LOOPBACK, free_ports
from tests.support.waiting import until

EXECUTABLE: Final = Path(__file__).parents[2] / "tools" / "faults" / ".venv" / "bin" / "microburst"

Rule = dict[str, Any]


class Microburst:
    """A running proxy. It forwards every call until it gets rules."""

    def __init__(self, url: str, control: httpx.AsyncClient) -> None:
        self.url = url
        self._control = control

    async def add(self, rules: Sequence[Rule]) -> None:
        """Add rules for calls that fail."""
        answer = await self._control.patch("/_microburst/rules", json=list(rules))
        assert answer.is_success, answer.text

    async def fired(self) -> list[dict[str, Any]]:
        """Return the failures so far."""
        answer = await self._control.get("/_microburst/fired")
        assert answer.is_success, answer.text
        events: list[dict[str, Any]] = answer.json()
        return events

    async def answers(self) -> bool:
        """Whether the proxy responds."""
        try:
            return (await self._control.get("/_microburst/rules")).is_success
        except httpx.TransportError:
            return False


@asynccontextmanager
async def running_microburst(upstream: str) -> AsyncIterator[Microburst]:
    """Run the proxy on a free port during a `with` block."""
    (port,) = free_ports(1)
    url, log = f"http://{LOOPBACK}:{port}", list[str]()
    child = await Child.start(
        [str(EXECUTABLE), "--upstream", upstream, "--port", str(port), "--no-resign"],
        environment={"PATH": os.defpath},
        sink=log.append,
    )
    try:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as control:
            proxy = Microburst(url, control)
            await until(proxy.answers)
            yield proxy
    finally:
        await child.stop(grace_seconds=2)
