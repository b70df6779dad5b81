"""Copies a job's results to their public keys, within a time that withdrawals rely on."""

import asyncio
from dataclasses import dataclass

from darkroom.errors import Unavailable
from darkroom.jobs import Job
from darkroom_orchestrator.storage.public_copies import PublicCopies


@dataclass(frozen=True, kw_only=True)
class Copying:
    """Makes the public copies of a job that was read just before."""

    copies: PublicCopies
    copying_seconds: float
    """The longest time from the reading of a job until its last copy is stored. Withdrawals wait for twice as long."""

    @staticmethod
    def now() -> float:
        """Return the moment before a job is read, by the clock of the event loop."""
        return asyncio.get_running_loop().time()

    async def __call__(self, job: Job, *, since: float) -> None:
        """Copy the results that have no copy yet. `since` is the moment before the job was read (see `now`).

        Raises Unavailable, also if it takes too long.
        """
        try:
            async with asyncio.timeout_at(since + self.copying_seconds):
                await self.copies.make(job)
        except TimeoutError as error:
            raise Unavailable("The results could not be copied in time. Try again.") from error
