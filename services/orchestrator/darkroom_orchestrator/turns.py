"""Turns: each owner has so many tasks in flight at most, so that nobody's flood is in everybody's way.

Tasks are done in about the order in which they were sent. A job whose owner has a full share in flight is therefore
queued but not sent: it waits in its own record. Whenever a job ends, the next one of the same owner is sent.

    start     room for it?  ── yes ── queued, sent ──► tasks queue
                            └─ no ─── queued, waiting ┐
    a job of the owner's ends ────────────────────────┴─ sent ──► tasks queue

A place is nothing but the `turn` of a job's own record. It is taken by the write that queues the job and given back by
the write that ends it, so no place can be taken twice or get lost, and a process may die between any two steps: a
job that waits longer than it should is overdue like any other, and the sweeper has its owner's turns passed on.

Calls beside those that a job needs anyway: one query when it starts and one when it ends. A job that has to wait costs
up to four more queries and one write, however long it waits.
"""

import sys
from typing import Final

from darkroom.jobs import Job, Place, Turn
from darkroom.runtime.logs import bound, get_logger
from darkroom_orchestrator.adapters.job_store import JobStore
from darkroom_orchestrator.adapters.turn_index import TurnIndex
from darkroom_orchestrator.dispatch import Dispatch

_LOG = get_logger(__name__)

_MOST_AT_ONCE: Final = 100


class Turns:
    """Sends jobs whose turn it is. Without a share everybody's turn is always now, and nothing is asked or written."""

    def __init__(self, *, index: TurnIndex, jobs: JobStore, dispatch: Dispatch, share: int | None) -> None:
        """`share` is how many tasks an owner may have in flight; the last job sent may exceed it by some."""
        self._index = index
        self._jobs = jobs
        self._dispatch = dispatch
        self._share = share

    async def place_for(self, ready: Job) -> Place | None:
        """Whether a job that has all it needs is sent, or waits behind those that wait already. Raises Unavailable."""
        if self._share is None:
            return None
        entries = await self._index.last(ready.owner, most=self._share)
        crowded = any(entry.waits for entry in entries) or sum(entry.tasks for entry in entries) >= self._share
        return Place(turn=Turn.WAITING if crowded else Turn.SENT, tasks=await self._dispatch.count(ready))

    async def take(self, queued: Job) -> None:
        """Send a job that has been queued, unless it waits. May be done again. Raises Unavailable.

        A place may have become free after `place_for` looked and before the job was queued. Whoever freed it did not
        find the job among those that wait, so the job looks once more for itself.
        """
        if queued.place is None or queued.place.turn is Turn.SENT:
            await self._dispatch(queued)
            return
        _LOG.info("job_waits", job_id=queued.job_id, tasks=queued.place.tasks)
        if await self._room(queued.owner) > 0:
            await self.catch_up(queued.owner)

    async def pass_on(self, owner: str, *, ended: str) -> None:
        """Give the place of a job that has ended to the next. May be done again. Raises Unavailable.

        The index may not know of the end yet.
        """
        if self._share is not None:
            await self.catch_up(owner, but=ended)

    async def catch_up(self, owner: str, *, but: str | None = None) -> None:
        """Send the owner's jobs that wait longest, as many as there is room for. Raises Unavailable.

        Jobs may wait even if there is no share: from a time when there was one.
        """
        waiting = await self._index.waiting(owner, most=self._share or _MOST_AT_ONCE)
        room = await self._room(owner, but=but) if waiting else 0
        for entry in waiting:
            if room <= 0:
                return
            # Whoever was faster has filled the place as well.
            room -= entry.tasks
            job = await self._jobs.send(entry.job_id, seen=entry.turn)
            if job:
                with bound(job_id=job.job_id):
                    await self._dispatch(job)

    async def _room(self, owner: str, *, but: str | None = None) -> int:
        """How many more tasks the owner may have in flight."""
        if self._share is None:
            return sys.maxsize
        sent = await self._index.sent(owner, most=self._share + 1)
        return self._share - sum(entry.tasks for entry in sent if entry.job_id != but)
