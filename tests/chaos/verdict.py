"""Judges whether every upload, drop and import has come to exactly one end, and every variant that was shown is kept.

The judge reads the table, each bucket and the events once, however many jobs there are.
"""

import asyncio
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from darkroom.errors import FetchFailed
from tests.chaos.clients import ON_REQUEST, Entry, Way, second_run_of
from tests.support.api import OPEN
from tests.support.waiting import until
from tests.system.faults.evidence import Item, Objects, all_items, keys_of, objects_in, public_keys_of, public_work
from tests.system.faults.rig import Rig, work_queues

_GIVEN_UP = frozenset({"lost", FetchFailed.code})
"""Codes of jobs whose tasks, or tries to fetch their image, met too many deaths. Their events were sent."""


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
    left = await public_work(rig.cloud, rig.installation)
    verdict.stuck += [f"work on the public copies of {job_id}" for job_id in left]
    for queue in [queue.url for queue in work_queues(rig.installation)]:
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
            await until(partial(_nothing_to_publish, rig), seconds=seconds)


async def _nothing_to_publish(rig: Rig) -> bool:
    return not await public_work(rig.cloud, rig.installation)


async def _open_jobs(rig: Rig) -> list[str]:
    items = await all_items(rig.cloud, rig.installation)
    return [item["job_id"] for item in items if item["status"] in OPEN]


async def _ended(rig: Rig, job_id: str, seconds: float) -> None:
    async def ended() -> bool:
        return (await rig.item(job_id))["status"] not in OPEN

    await until(ended, seconds=seconds)


async def _objects(rig: Rig) -> Objects:
    """Return all objects of all buckets. No key is in two buckets."""
    objects: Objects = {}
    for bucket in rig.installation.topology.buckets:
        objects |= await objects_in(rig.cloud, bucket.name)
    return objects


def _compare(ledger: list[Entry], items: list[Item], verdict: Verdict) -> None:
    """Compare the jobs with the ledger. A job's file name, and whether it is a second run, find its entry."""
    jobs: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        name = item["filename"]
        jobs[second_run_of(name) if "original_of" in item else name].append(item)
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
            if entry.variant_made and item["variants"].get(ON_REQUEST, {}).get("status") != "completed":
                verdict.lost.append(f"{about}: the variant on request, {', '.join(entry.variant_requests)}")
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
        named |= public_keys_of(item)
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
    """Return the number of accepted uploads, drops, imports and second runs, by way."""
    return Counter(entry.way for entry in ledger if entry.accepted)


def variant_answers(ledger: list[Entry]) -> Counter[str]:
    """Return the number of requests for variants on request, by their outcome: a status, or an error."""
    return Counter(outcome for entry in ledger for outcome in entry.variant_requests)
