"""Kills a service at one of its calls to AWS, and finds what differs from a run without a death."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import httpx

from darkroom.tables.daily_counter import DailyUsage
from tests.support.aws_calls import Call
from tests.support.aws_proxy import Moment, Trap
from tests.system.faults.evidence import Evidence, all_items, charged, orphans, stored_bytes
from tests.system.faults.rig import LONGEST_WAIT_SECONDS, Rig
from tools.testbed.images import jpeg

PICTURE: Final = jpeg(40, 30)
RECIPE: Final = json.dumps(
    {
        "variants": [
            {"name": "small", "operations": [{"op": "resize", "width": 16, "height": 16}]},
            {"name": "grey", "operations": [{"op": "grayscale"}]},
            {"name": "turned", "operations": [{"op": "rotate", "angle": 90}]},
        ]
    }
)
UPLOAD: Final = {"recipe": RECIPE, "publish": "true"}
KEEPING_RECIPE: Final = {**json.loads(RECIPE), "keep_original": True}
_TRIES: Final = 3
"""How often a case is tried until its call is made."""
_MERGED: Final = ("ReceiveMessage", "DeleteMessageBatch")
"""Calls that may handle several messages at once. Then a second such call does not happen."""
_CHANGES: Final = ("Put", "Copy", "Update", "Transact", "Send", "Delete", "Publish", "Complete", "Post")


@dataclass(frozen=True, kw_only=True)
class Case:
    """A service, one of its calls, and the moment of the call at which it dies."""

    service: str
    call: str
    occurrence: int
    moment: Moment

    @property
    def changes(self) -> bool:
        """Whether the call changes anything in AWS."""
        return self.call.startswith(_CHANGES)

    @property
    def may_not_happen(self) -> bool:
        """Whether the call may be missing. Then an earlier case of the same call covers it."""
        return self.occurrence > 1 and self.call.startswith(_MERGED)

    def __str__(self) -> str:
        return f"{self.service}: {self.call} {self.occurrence}, {self.moment}"


@dataclass(frozen=True, kw_only=True)
class CleanRun:
    """Evidence and calls of a job without faults."""

    evidence: Evidence
    calls: dict[str, list[str]]
    """Names of the calls of each service, in order."""

    def cases(self, service: str) -> list[Case]:
        """Return every call of a service, at each moment. Receives differ only by their answers: the last moment."""
        numbered: Counter[str] = Counter()
        cases = []
        for call in self.calls[service]:
            numbered[call] += 1
            moments = [Moment.UNANSWERED] if call.startswith("Receive") else list(Moment)
            cases += [Case(service=service, call=call, occurrence=numbered[call], moment=moment) for moment in moments]
        return cases


Submit = Callable[[Rig, str], Awaitable[str]]
"""Makes a job with an Idempotency-Key, repeats the request until it is accepted, and returns the job's ID."""


async def clean_run(rig: Rig, submit: Submit | None = None) -> CleanRun:
    """Run a job to its end twice, without faults. Return the calls that both runs made. By default it is an upload."""
    await rig.mend()
    first, second = await _run(rig, submit or submitted), await _run(rig, submit or submitted)
    assert first.evidence == second.evidence, f"{first.evidence}\n{second.evidence}"
    return CleanRun(
        evidence=first.evidence, calls={name: _common(first.calls[name], second.calls[name]) for name in first.calls}
    )


async def _run(rig: Rig, submit: Submit) -> CleanRun:
    begun = {name: len(proxy.calls) for name, proxy in rig.proxies.items()}
    job_id = await submit(rig, uuid4().hex)
    assert await rig.over(job_id) == "completed"
    calls = {name: _names(proxy.calls[begun[name] :]) for name, proxy in rig.proxies.items()}
    return CleanRun(evidence=await rig.evidence(job_id), calls=calls)


def _names(calls: list[Call]) -> list[str]:
    """Return the names of the calls, without heartbeats: these depend on time, not on the job."""
    return [call.name for call in calls if call.operation != "ChangeMessageVisibilityBatch"]


def _common(first: list[str], second: list[str]) -> list[str]:
    """Return the calls of both runs, in the order of the first.

    The runs may differ: an owner is looked up once, and two messages may come together.
    """
    left = Counter(second)
    common = []
    for name in first:
        if left[name]:
            left[name] -= 1
            common.append(name)
    return common


async def submitted(rig: Rig, key: str) -> str:
    """Upload the image with an Idempotency-Key, and repeat until it is accepted. Return the job's ID.

    Raises TimeoutError.
    """
    return await _accepted(rig, "/uploads", key, {"files": {"file": ("cat.jpg", PICTURE)}, "data": UPLOAD})


async def imported(rig: Rig, key: str, *, url: str) -> str:
    """Import the image from this URL, as `submitted` uploads it."""
    asked = {"url": url, "filename": "cat.jpg", "recipe": json.loads(RECIPE), "publish": True}
    return await _accepted(rig, "/uploads", key, {"json": asked})


async def run_again(rig: Rig, key: str, *, original_of: str) -> str:
    """Make a second run that keeps its original, as `submitted` makes an upload."""
    return await _accepted(rig, "/jobs", key, {"json": {"original_of": original_of, "recipe": KEEPING_RECIPE}})


async def _accepted(rig: Rig, path: str, key: str, request: dict[str, Any]) -> str:
    """Repeat a request until it is accepted. Return the job's ID. Raises TimeoutError."""
    async with rig.explained(f"POST {path} to be accepted"), asyncio.timeout(LONGEST_WAIT_SECONDS):
        while True:
            with suppress(httpx.TransportError):
                answer = await rig.api.http.post(path, headers={"Idempotency-Key": key}, **request)
                if answer.status_code == 202:
                    return str(answer.json()["job_id"])
                assert answer.status_code in {409, 503}, answer.text
            await asyncio.sleep(0.1)


async def killed_at(rig: Rig, case: Case, clean: CleanRun, submit: Submit | None = None) -> list[str]:
    """Kill the service at the call, start it again, and return what differs from the clean run."""
    for _ in range(_TRIES):
        await rig.mend()
        jobs_before = len(await all_items(rig.cloud, rig.installation))
        charged_before = await charged(rig.cloud, rig.installation)
        with rig.proxies[case.service].trap(case.call, occurrence=case.occurrence, moment=case.moment) as trap:
            if case.call.startswith("Receive"):
                # One that had begun before is not held, and might bring the message.
                async with rig.explained(case.call), asyncio.timeout(LONGEST_WAIT_SECONDS):
                    await trap.met.wait()
            upload = asyncio.ensure_future((submit or submitted)(rig, uuid4().hex))
            over = asyncio.create_task(_over(rig, upload))
            if await _sprung(trap, over):
                await rig.service(case.service).kill()
                trap.cut()
                await rig.mend()
            job_id = await over
        differences = await _differences(rig, job_id, clean, jobs_before, charged_before)
        if trap.sprung.is_set() or differences:
            return differences
    return [] if case.may_not_happen else ["the call was never made"]


async def outcomes(
    rigs: list[Rig], cases: list[Case], clean: CleanRun, submits: Sequence[Submit | None] = (None, None)
) -> dict[str, list[str]]:
    """Return what went wrong, by case. `submits` make the jobs, one for each rig; by default they are uploads."""
    left = iter(cases)
    wrong: dict[str, list[str]] = {}

    async def work(rig: Rig, submit: Submit | None) -> None:
        for case in left:
            try:
                differences = await killed_at(rig, case, clean, submit)
            except TimeoutError as error:
                differences = ["the job did not end", *getattr(error, "__notes__", [])]
            if differences:
                wrong[str(case)] = differences

    await asyncio.gather(*(work(rig, submit) for rig, submit in zip(rigs, submits, strict=True)))
    return wrong


async def _over(rig: Rig, upload: asyncio.Future[str]) -> str:
    job_id = await upload
    await rig.over(job_id)
    return job_id


async def _sprung(trap: Trap, over: asyncio.Task[str]) -> bool:
    """Return whether the call was made before the job ended."""
    sprung = asyncio.create_task(trap.sprung.wait())
    await asyncio.wait({sprung, over}, return_when=asyncio.FIRST_COMPLETED)
    sprung.cancel()
    return trap.sprung.is_set()


async def _differences(
    rig: Rig, job_id: str, clean: CleanRun, jobs_before: int, charged_before: DailyUsage
) -> list[str]:
    found = await rig.evidence(job_id)
    events = await rig.events_of(job_id)
    items = await all_items(rig.cloud, rig.installation)
    new = len(items) - jobs_before
    counted = await stored_bytes(rig.cloud, rig.installation)
    used = await charged(rig.cloud, rig.installation)
    once = DailyUsage(jobs=charged_before.jobs + 1, bytes=charged_before.bytes + len(PICTURE))
    dead_letters = await rig.dead_letters()
    left = await orphans(rig.cloud, rig.installation)
    facts = {
        f"item {found.item}": found.item == clean.evidence.item,
        f"manifest {found.manifest}": found.manifest == clean.evidence.manifest,
        f"pictures {found.pictures}": found.pictures == clean.evidence.pictures,
        f"tags {found.original_tags}": found.original_tags == clean.evidence.original_tags,
        f"events {events}": len(events) == 1,
        f"jobs {new}": new == 1,
        f"charged {used}, not {once}": used == once,
        f"dead letters {dead_letters}": dead_letters == 0,
        f"orphans {left}": not left,
        f"stored {counted}": counted == sum(item.get("stored_bytes", 0) for item in items),
    }
    return [fact for fact, holds in facts.items() if not holds]
