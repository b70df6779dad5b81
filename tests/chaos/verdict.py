"""Judges whether every upload and drop has come to exactly one end.

The judge reads the table, each bucket and the events once, however many jobs there are.
"""

import asyncio
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

from tests.chaos.clients import Entry, Way
from tests.support.api import OPEN
from tests.support.waiting import until
from tests.system.faults.evidence import Item, Objects, all_items, keys_of, objects_in
from tests.system.faults.rig import Rig

_GIVEN_UP = frozenset({"lost"})
"""Codes of jobs whose tasks met too many deaths. Their events were sent, and they can be retried."""


@dataclass(kw_only=True)
class Verdict:
    """The faults of a run, one list for each kind. All lists should be empty."""

    lost: list[str] = field(default_factory=list)
    """Accepted uploads without a job, and missing results and events."""
    doubled: list[str] = field(default_factory=list)
    """Jobs, ends and results of which there is more than one."""
    stuck: list[str] = field(default_factory=list)
    """Jobs that are still open, and messages that are left."""
    orphans: list[str] = field(default_factory=list)
    """Objects that belong to no job."""
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def is_clean(self) -> bool:
        """Whether there is no fault."""
        return not (self.lost or self.doubled or self.stuck or self.orphans)


async def judge(rig: Rig, ledger: list[Entry], *, seconds: float) -> Verdict:
    """Wait at most `seconds` until all jobs have ended, and compare them with the ledger."""
    verdict = Verdict()
    await _settled(rig, seconds)
    items = await all_items(rig.cloud, rig.installation)
    verdict.statuses.update(item["status"] for item in items)
    verdict.stuck += [f"job {item['job_id']} is {item['status']}" for item in items if item["status"] in OPEN]
    for queue in _queues(rig):
        if depth := await rig.depth(queue):
            verdict.stuck.append(f"{depth} messages in {queue}")
    _compare(ledger, items, verdict)
    _check_objects(items, await _objects(rig), verdict)
    events = await rig.events()
    for item in items:
        _check_events(item, events.get(item["job_id"], set()), verdict)
    return verdict


async def _settled(rig: Rig, seconds: float) -> None:
    """Return when no message is left and no job is open, or after the time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await rig.quiet(seconds=seconds)
            while open_jobs := await _open_jobs(rig):
                for job_id in open_jobs:
                    await _ended(rig, job_id, seconds)
                await rig.quiet(seconds=seconds)


async def _open_jobs(rig: Rig) -> list[str]:
    items = await all_items(rig.cloud, rig.installation)
    return [item["job_id"] for item in items if item["status"] in OPEN]


async def _ended(rig: Rig, job_id: str, seconds: float) -> None:
    async def ended() -> bool:
        return (await rig.item(job_id))["status"] not in OPEN

    await until(ended, seconds=seconds)


def _queues(rig: Rig) -> list[str]:
    installation = rig.installation
    return [queue.url for queue in (installation.uploads, installation.tasks, installation.reports)]


async def _objects(rig: Rig) -> Objects:
    """Return all objects of all buckets. No key is in two buckets."""
    objects: Objects = {}
    for bucket in rig.installation.topology.buckets:
        objects |= await objects_in(rig.cloud, bucket.name)
    return objects


def _compare(ledger: list[Entry], items: list[Item], verdict: Verdict) -> None:
    """Compare the jobs with the ledger. A job's file name finds its entry."""
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
    verdict.doubled += [f"{name}: a job without a request" for name in jobs]


def _is_well(item: Item) -> bool:
    if item["status"] == "completed" or item["status"] in OPEN:  # Open jobs are reported as stuck.
        return True
    faults = [item.get("fault"), *(state.get("fault") for state in item["variants"].values())]
    return {fault["code"] for fault in faults if fault} <= _GIVEN_UP and item["status"] != "expired"


def _check_objects(items: list[Item], objects: Objects, verdict: Verdict) -> None:
    """Check that each object belongs to a job, each result was made once, and each named result exists."""
    owned: set[str] = set()
    for item in items:
        owned |= keys_of(item)
        named = {state["result"]["key"] for state in item["variants"].values() if "result" in state}
        verdict.lost += [f"{key} is named and does not exist" for key in sorted(named - set(objects))]
        different = [key for key in sorted(named) if len(objects.get(key, ())) > 1]
        verdict.doubled += [f"{key} was written with different bytes" for key in different]
    verdict.orphans += sorted(set(objects) - owned)


def _check_events(item: Item, events: set[tuple[str, str]], verdict: Verdict) -> None:
    if len(events) > 1:
        verdict.doubled.append(f"job {item['job_id']} has ended as {events}")
    if item["status"] not in OPEN and not events:
        verdict.lost.append(f"job {item['job_id']} is {item['status']}, and has no event")


def accepted(ledger: list[Entry]) -> Counter[Way]:
    """Return the number of accepted uploads and drops, by way."""
    return Counter(entry.way for entry in ledger if entry.accepted)
