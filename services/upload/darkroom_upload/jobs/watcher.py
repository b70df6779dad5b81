"""Waits for jobs to change, for all requests of a process together.

While a request waits, one poll reads the versions of all watched jobs, four times a second. While none waits, nothing
is read. A hundred clients that wait for jobs cost one call, which reads one item for each job.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from darkroom.errors import Unavailable
from darkroom.runtime.logs import get_logger
from darkroom_upload.jobs.job_version import JobVersion
from darkroom_upload.stopping import until_either

_LOG = get_logger(__name__)

POLL_SECONDS: Final = 0.25

ReadVersions = Callable[[Sequence[str]], Awaitable[dict[str, JobVersion]]]
"""Returns the versions of those jobs that exist, by their ids. Raises Unavailable."""


@dataclass(eq=False)
class _Waiter:
    """One request that waits, and the version of its job that it has seen."""

    seen: JobVersion
    wants_progress: bool
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def waits_for(self, version: JobVersion | None) -> bool:
        """Say whether this version ends the wait. None, for a deleted job, does."""
        if version is None:
            return True
        return version != self.seen if self.wants_progress else version.has_other_status(self.seen)


class JobWatcher:
    """Says when jobs have changed. Only while `run` runs; when that ends, all waits end."""

    def __init__(self, read_versions: ReadVersions, *, poll_seconds: float = POLL_SECONDS) -> None:
        self._read_versions = read_versions
        self._poll_seconds = poll_seconds
        self._waiters: defaultdict[str, set[_Waiter]] = defaultdict(set)
        self._watching = asyncio.Event()
        self._stopped = False

    async def changed(self, job_id: str, seen: JobVersion, *, within_seconds: float, progress: bool = False) -> bool:
        """Return True once the job's status differs from the one seen; with `progress`, once anything differs.

        Return False if that does not happen within `within_seconds`, or before `run` ends.
        """
        if self._stopped:
            return False
        waiter = _Waiter(seen, wants_progress=progress)
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
        """Poll for waiting requests until `stop` is set, then end all waits."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                await until_either(stopping, self._watching.wait())
                await self._poll()
                await until_either(stopping, asyncio.sleep(self._poll_seconds))
        finally:
            stopping.cancel()
            self._stopped = True
            self._wake([waiter for waiters in self._waiters.values() for waiter in waiters])

    async def _poll(self) -> None:
        # A request that begins to wait during the read may have seen a newer version. The next poll serves it.
        watched = {job_id: list(waiters) for job_id, waiters in self._waiters.items()}
        if not watched:
            return
        try:
            versions = await self._read_versions(list(watched))
        except Unavailable as error:
            _LOG.warning("watch_failed", jobs=len(watched), reason=error.message)
            return
        except Exception as error:  # noqa: BLE001 - an error here would end the service
            _LOG.error("watch_failed", code="bug", jobs=len(watched), exc_info=error)
            return
        for job_id, waiters in watched.items():
            self._wake([waiter for waiter in waiters if waiter.waits_for(versions.get(job_id))])

    def _wake(self, waiters: Sequence[_Waiter]) -> None:
        for waiter in waiters:
            waiter.woken.set()

    def _forget(self, job_id: str, waiter: _Waiter) -> None:
        self._waiters[job_id].discard(waiter)
        if not self._waiters[job_id]:
            del self._waiters[job_id]
        if not self._waiters:
            self._watching.clear()
