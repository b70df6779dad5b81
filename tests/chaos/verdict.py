"""Whether everything that clients asked for came to exactly one end."""

from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

from tests.chaos.clients import Entry, Way
from tests.support.api import OPEN
from tests.support.waiting import until
from tests.system.faults.arena import Arena
from tests.system.faults.evidence import Item, all_items, orphans, pictures_of

_GIVEN_UP = frozenset({"lost"})
"""The reason of jobs that met too many deaths. Their owners were told, and can retry them."""


@dataclass(kw_only=True)
class Verdict:
    """Each list names what is wrong; all of them are to be empty."""

    lost: list[str] = field(default_factory=list)
    """Taken, and without a job, or without the pictures that it promised."""
    doubled: list[str] = field(default_factory=list)
    """More than one job, end, or picture where there should be one."""
    stuck: list[str] = field(default_factory=list)
    """Jobs that are still open, and messages that still travel."""
    orphans: list[str] = field(default_factory=list)
    """Objects that belong to no job."""
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.stuck or self.orphans)


async def judge(arena: Arena, ledger: list[Entry], *, seconds: float) -> Verdict:
    """Wait until everything has come to its end, at most so long, and compare it with the ledger."""
    verdict = Verdict()
    await _settled(arena, seconds)
    items = await all_items(arena.cloud, arena.installation)
    verdict.statuses.update(item["status"] for item in items)
    verdict.stuck += [f"job {item['job_id']} is {item['status']}" for item in items if item["status"] in OPEN]
    for queue in (arena.installation.uploads, arena.installation.tasks, arena.installation.results):
        if depth := await arena.depth(queue.url):
            verdict.stuck.append(f"{depth} messages in {queue.url}")
    verdict.orphans += await orphans(arena.cloud, arena.installation)
    _compare(ledger, items, verdict)
    for item in items:
        await _look_at(arena, item, verdict)
    return verdict


async def _settled(arena: Arena, seconds: float) -> None:
    """Return when no job is open and no message travels, or when the time is over."""

    async def none_is_open() -> bool:
        return not any(item["status"] in OPEN for item in await all_items(arena.cloud, arena.installation))

    with suppress(TimeoutError):
        await until(none_is_open, seconds=seconds)
        await arena.quiet(seconds=seconds)


def _compare(ledger: list[Entry], items: list[Item], verdict: Verdict) -> None:
    """Jobs against what clients were told. A file's name tells whose job it is."""
    jobs: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        jobs[item["filename"]].append(item)
    for entry in ledger:
        found = jobs.pop(entry.name, [])
        about = f"{entry.name} ({entry.way}; {', '.join(entry.calls)})"
        if len(found) > 1 or len(entry.job_ids) > 1:
            verdict.doubled.append(f"{about}: {len(found)} jobs")
        if entry.accepted and not found:
            verdict.lost.append(f"{about}: no job")
        for item in found:
            if entry.accepted and not _is_well(item):
                verdict.lost.append(f"{about}: {item['status']} {item.get('fault')}")
    verdict.doubled += [f"{name}: a job that nobody asked for" for name in jobs]


def _is_well(item: Item) -> bool:
    if item["status"] == "completed" or item["status"] in OPEN:  # What is open is told of as stuck.
        return True
    faults = [item.get("fault"), *(state.get("fault") for state in item["variants"].values())]
    return {fault["code"] for fault in faults if fault} <= _GIVEN_UP and item["status"] != "expired"


async def _look_at(arena: Arena, item: Item, verdict: Verdict) -> None:
    events = await arena.events_of(item["job_id"])
    if len(events) > 1:
        verdict.doubled.append(f"job {item['job_id']} has ended as {events}")
    if item["status"] not in OPEN and not events:
        verdict.lost.append(f"job {item['job_id']} is {item['status']}, and nobody was told")
    pictures = await pictures_of(arena.cloud, arena.installation, item["job_id"])
    verdict.doubled += [
        f"{key} was written as different pictures" for key, hashes in pictures.items() if len(hashes) > 1
    ]
    named = {state["result"]["key"] for state in item["variants"].values() if "result" in state}
    verdict.lost += [f"{key} is named and not there" for key in named - set(pictures)]


def accepted(ledger: list[Entry]) -> Counter[Way]:
    """How many uploads were taken, by their way."""
    return Counter(entry.way for entry in ledger if entry.accepted)
