"""Follow: the states of a job, one after the other, until it ends."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from darkroom.errors import Unavailable
from darkroom.job_details import JobDetails
from darkroom.jobs import Job
from darkroom.runtime.logs import get_logger
from darkroom_upload.jobs.job_body import JobBody, job_body
from darkroom_upload.jobs.job_version import JobVersion
from darkroom_upload.jobs.watcher import JobWatcher
from darkroom_upload.results.result_links import ResultLinks

_LOG = get_logger(__name__)

LONGEST_SECONDS: Final = 5 * 60
"""How long one response may last. A client that wants more sends another request."""

FindJob = Callable[[str, str], Awaitable[tuple[Job, JobDetails]]]
"""Finds the job of an id and an owner, and its details. Raises NotFound and Unavailable."""
Check = Callable[[], Awaitable[None]]
"""Raises an error unless the caller may still see the job."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A followed job and the version last seen. Nothing else stays in memory while nothing happens."""

    job_id: str
    owner: str
    version: JobVersion


@dataclass(frozen=True, kw_only=True)
class State:
    """A job at one moment, with its body."""

    seen: Seen
    body: JobBody

    @property
    def event_id(self) -> str:
        """A text that tells this state of the job from all others."""
        return str(self.seen.version)

    @property
    def is_open(self) -> bool:
        """Whether another state will follow."""
        return self.seen.version.status.is_open


@dataclass(frozen=True, kw_only=True)
class ReadState:
    """Reads the present state of a job."""

    find_job: FindJob
    links: ResultLinks

    async def __call__(self, job_id: str, owner: str) -> State:
        """Return the state of a job of the owner. Raises NotFound and Unavailable."""
        job, details = await self.find_job(job_id, owner)
        seen = Seen(job_id=job.job_id, owner=job.owner, version=JobVersion.of(job))
        return State(seen=seen, body=await job_body(job, details, self.links))


@dataclass(frozen=True, kw_only=True)
class FollowJob:
    """Yields the states of a job.

    A state shorter than the watcher's pause may be left out, because only the present state matters to clients. So
    nothing is kept for a client that is slow or that reconnects.
    """

    read_state: ReadState
    watcher: JobWatcher
    monotonic: Callable[[], float] = time.monotonic

    async def __call__(self, seen: Seen, check: Check) -> AsyncGenerator[State, None]:
        """Yield each later state at once, until the job ends or `LONGEST_SECONDS` have passed.

        Calls `check` before each state. Raises what `check` raises, and NotFound if the job was deleted.
        """
        ends_at = self.monotonic() + LONGEST_SECONDS
        while seen.version.status.is_open and await self.watcher.changed(
            seen.job_id, seen.version, within_seconds=ends_at - self.monotonic(), progress=True
        ):
            try:
                await check()
                state = await self.read_state(seen.job_id, seen.owner)
            except Unavailable as error:
                # `seen` stays as it is, so the watcher's next poll finds the change again.
                _LOG.warning("follow_failed", job_id=seen.job_id, reason=error.message)
            else:
                seen = state.seen
                yield state
                del state
