"""Follow: a job's states, one after the other, until it has ended."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from darkroom.errors import Unavailable
from darkroom.job_details import JobDetails
from darkroom.jobs import Job
from darkroom.runtime.logs import get_logger
from darkroom_upload.jobs.job_body import JobBody, job_body
from darkroom_upload.jobs.job_reader import JobVersion
from darkroom_upload.jobs.watcher import JobWatcher
from darkroom_upload.results.result_links import ResultLinks

_LOG = get_logger(__name__)

LONGEST_SECONDS: Final = 5 * 60
"""How long one answer may last. A client that wants to go on comes again."""

FindJob = Callable[[str, str], Awaitable[tuple[Job, JobDetails]]]
"""The job of that id and owner, and its details. Raises NotFound and Unavailable."""
Check = Callable[[], Awaitable[None]]
"""Raises an error unless the caller may still be told of the job."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Which job is followed, and how it stood when it was last seen: all that is held while nothing happens."""

    job_id: str
    owner: str
    mark: JobVersion


@dataclass(frozen=True, kw_only=True)
class State:
    """A job at one moment, and what clients are told of it."""

    seen: Seen
    body: JobBody

    @property
    def version(self) -> str:
        """What tells this state of the job from all others."""
        return self.seen.mark.version

    @property
    def is_open(self) -> bool:
        """Whether another state will follow."""
        return self.seen.mark.status.is_open


class Follow:
    """Tells the states of a job.

    A state that lasts shorter than the watcher's pause may be passed over: what counts is how the job stands. So
    nothing is kept for a client that is slow, nor for one that comes again.
    """

    def __init__(
        self,
        *,
        find_job: FindJob,
        links: ResultLinks,
        watcher: JobWatcher,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find_job = find_job
        self._links = links
        self._watcher = watcher
        self._clock = clock

    async def state(self, job_id: str, owner: str) -> State:
        """How a job of that owner's stands. Raises NotFound and Unavailable."""
        job, details = await self._find_job(job_id, owner)
        seen = Seen(job_id=job.job_id, owner=job.owner, mark=JobVersion.of(job))
        return State(seen=seen, body=await job_body(job, details, self._links))

    async def after(self, seen: Seen, check: Check) -> AsyncGenerator[State, None]:
        """The states after the one that was seen, each at once: to the job's end, or until it is time to come again.

        `check` is asked before each. Raises what it raises, and NotFound when the job is gone.
        """
        ends_at = self._clock() + LONGEST_SECONDS
        while seen.mark.status.is_open and await self._watcher.changed(
            seen.job_id, seen.mark, within_seconds=ends_at - self._clock(), progress=True
        ):
            try:
                await check()
                state = await self.state(seen.job_id, seen.owner)
            except Unavailable as error:
                # What was seen stays as it was told, so that the watcher's next look wakes us again.
                _LOG.warning("follow_failed", job_id=seen.job_id, reason=error.message)
            else:
                seen = state.seen
                yield state
                del state
