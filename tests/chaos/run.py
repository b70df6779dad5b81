"""A run of chaos: clients and mischief for some minutes, then peace, then the verdict."""

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
from tests.system.faults.rig import running_rig

CLIENTS: Final = 3
DRAIN_SECONDS: Final = 150
"""Far more than the longest pause of a message; nearly always a few seconds are enough."""
_CALLS_KEPT: Final = 200
"""Calls of each service that are told of when it waits in vain. All of them would fill the memory of a long run."""
_PATIENCE: Final = {
    "DARKROOM_LONGEST_PAUSE_SECONDS": "30",
    # A client that repeats its request may come back only after a service has been started again, on a busy machine.
    "DARKROOM_ARRIVAL_SECONDS": "45",
    "DARKROOM_LOG_LEVEL": "WARNING",
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What happened."""

    ledger: list[Entry]
    mischief: Counter[str]
    """How often what was done to whom."""
    verdict: Verdict


async def run(*, minutes: float, seed: int) -> Outcome:
    """Run on an emulator of its own. The seed decides what is done, though not when it meets what."""
    ledger: list[Entry] = []
    async with running_cloud() as cloud, running_rig(cloud, environment=_PATIENCE, calls_kept=_CALLS_KEPT) as rig:
        second = rig.system.add_processor()
        await second.start()
        ends_at = time.monotonic() + minutes * 60

        def is_over() -> bool:
            return time.monotonic() > ends_at

        clients = [Client(rig, ledger, random.Random(seed + number)) for number in range(CLIENTS)]  # noqa: S311
        victims = ([rig.system.upload], [rig.system.orchestrator], rig.system.processors)
        mischiefs = [
            Disruptor(rig, services, random.Random(seed - number))  # noqa: S311 - a seed can be given again
            for number, services in enumerate(victims)
        ]
        await asyncio.gather(
            *(client.act(is_over) for client in clients), *(mischief.act(is_over) for mischief in mischiefs)
        )
        await rig.mend()
        verdict = await judge(rig, ledger, seconds=DRAIN_SECONDS)
    done = sum((mischief.done for mischief in mischiefs), Counter[str]())
    return Outcome(ledger=ledger, mischief=done, verdict=verdict)
