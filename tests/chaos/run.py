"""Runs chaos: clients and disruptions for some minutes, then a drain, then the verdict."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

from tests.chaos.clients import Client, Entry
from tests.chaos.disruptions import Disruptor
from tests.chaos.verdict import Verdict, judge
from tests.support.emulator import running_cloud
from tests.support.receiver import serving_image
from tests.system.faults.rig import running_rig
from tools.testbed.images import jpeg

CLIENTS: Final = 3
DRAIN_SECONDS: Final = 150
"""Longest drain. It is much longer than the longest pause of a message; usually a few seconds are enough."""
_CALLS_KEPT: Final = 200
"""Last calls of each service that are kept for the note of a timeout. All calls of a long run would fill the memory."""
_PATIENCE: Final = {
    "DARKROOM_LONGEST_PAUSE_SECONDS": "30",
    # On a busy machine a client's repeated request may come late, after a service has been started again.
    "DARKROOM_ARRIVAL_SECONDS": "45",
    "DARKROOM_LOG_LEVEL": "WARNING",
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Ledger, disruptions and verdict of a run."""

    ledger: list[Entry]
    disruptions: Counter[str]
    """Number of disruptions by kind and service."""
    verdict: Verdict


async def run(*, minutes: float, seed: int) -> Outcome:
    """Run on a new emulator. The seed decides what happens, but not the exact timing."""
    ledger: list[Entry] = []
    async with (
        running_cloud() as cloud,
        running_rig(cloud, environment=_PATIENCE, calls_kept=_CALLS_KEPT) as rig,
        serving_image(jpeg(40, 30)) as image_url,
    ):
        second = rig.system.add_processor()
        await second.start()
        ends_at = time.monotonic() + minutes * 60

        def is_over() -> bool:
            return time.monotonic() > ends_at

        clients = [
            Client(rig, ledger, random.Random(seed + number), image_url=image_url)  # noqa: S311 - the seed repeats a run
            for number in range(CLIENTS)
        ]
        groups = ([rig.system.upload], [rig.system.orchestrator], rig.system.processors)
        disruptors = [
            Disruptor(rig, services, random.Random(seed - number))  # noqa: S311 - the seed repeats a run
            for number, services in enumerate(groups)
        ]
        await asyncio.gather(
            *(client.act(is_over) for client in clients), *(disruptor.act(is_over) for disruptor in disruptors)
        )
        await rig.mend()
        verdict = await judge(rig, ledger, seconds=DRAIN_SECONDS)
    done = sum((disruptor.done for disruptor in disruptors), Counter[str]())
    return Outcome(ledger=ledger, disruptions=done, verdict=verdict)
