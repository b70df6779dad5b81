"""Waiting for jobs to change, for all requests of a process together.

While somebody waits, every watched job is looked up in one go, four times a second; while nobody does, nothing
happens. So a hundred clients that wait for their jobs cost as much as one.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from darkroom.errors import Unavailable
from darkroom.runtime.logs import get_logger
from darkroom_upload.jobs.job_reader import JobVersion

_LOG = get_logger(__name__)

POLL_SECONDS: Final = 0.25

ReadMarks = Callable[[Sequence[str]], Awaitable[dict[str, JobVersion]]]


@dataclass(eq=False)
class _Waiter:
    """One request that waits, and what it has seen of its job."""

    seen: JobVersion
    heeds_progress: bool
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def heeds(self, mark: JobVersion | None) -> bool:
        """Whether that is a change to wake for. A job that is gone has no mark, which is one as well."""
        if mark is None:
            return True
        return mark != self.seen if self.heeds_progress else mark.stage != self.seen.stage


class JobWatcher:
    """Tells when jobs have changed. `run` has to run meanwhile; when it ends, so do all waits."""

    def __init__(self, read_marks: ReadMarks, *, poll_seconds: float = POLL_SECONDS) -> None:
        self._read_marks = read_marks
        self._poll_seconds = poll_seconds
        self._waiters: defaultdict[str, set[_Waiter]] = defaultdict(set)
        self._watching = asyncio.Event()
        self._stopped = False

    async def changed(self, job_id: str, seen: JobVersion, *, within_seconds: float, progress: bool = False) -> bool:
        """Return True when the job's status is another one than was seen; with `progress`, when it has got on at all.

        False when nothing has been seen of that after so many seconds, or by the end of `run`.
        """
        if self._stopped:
            return False
        waiter = _Waiter(seen, heeds_progress=progress)
        self._waiters[job_id].add(waiter)
        self._watching.set()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(within_seconds):
                    await waiter.woken.wait()
        finally:
            self._forget(job_id, waiter)
        return waiter.woken.is_set() and not self._stopped

    async def run(self, stop: asyncio.Event) -> None:
        """Look after those who wait until `stop` is set, then let them go."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                await _first_of(stopping, self._watching.wait())
                await self._poll()
                await _first_of(stopping, asyncio.sleep(self._poll_seconds))
        finally:
            stopping.cancel()
            self._stopped = True
            self._wake([waiter for waiters in self._waiters.values() for waiter in waiters])

    async def _poll(self) -> None:
        # Who comes during the look may have seen more than the look brings.
        watched = {job_id: list(waiters) for job_id, waiters in self._waiters.items()}
        if not watched:
            return
        try:
            marks = await self._read_marks(list(watched))
        except Unavailable as error:
            _LOG.warning("watch_failed", jobs=len(watched), reason=error.message)
            return
        except Exception as error:  # noqa: BLE001 - an error that ended the watch would end the service
            _LOG.error("watch_failed", code="bug", jobs=len(watched), exc_info=error)
            return
        for job_id, waiters in watched.items():
            self._wake([waiter for waiter in waiters if waiter.heeds(marks.get(job_id))])

    def _wake(self, waiters: Sequence[_Waiter]) -> None:
        for waiter in waiters:
            waiter.woken.set()

    def _forget(self, job_id: str, waiter: _Waiter) -> None:
        self._waiters[job_id].discard(waiter)
        if not self._waiters[job_id]:
            del self._waiters[job_id]
        if not self._waiters:
            self._watching.clear()


async def _first_of(stopping: asyncio.Task[bool], other: Awaitable[object]) -> None:
    """Wait for either. The other is cancelled when the stop comes first."""
    task = asyncio.ensure_future(other)
    await asyncio.wait({stopping, task}, return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
