"""Slots limit how many tasks of one owner are in flight, so that no owner's flood delays the others.

Processors take tasks in about the order in which they were sent. A job whose owner has no free slot is therefore
queued but not sent: it waits in its own record. When a job ends, its slots go to the owner's next waiting job.

    a job is ready: free slots?  ── yes ── queued, sent ──► tasks queue
                                 └─ no ─── queued, waiting ┐
    a job of the owner ends ───────────────────────────────┴─ sent ──► tasks queue

A job's slots are attributes of its own record. The write that queues or sends the job takes them, and the write that
ends it gives them back. So no slot is taken twice or lost, and a process may die between any two steps: a job that
waits too long is overdue like any other, and the sweeper sends the owner's waiting jobs.

The cost is one query when a job starts and one when it ends. A job that waits costs up to four more queries and one
write. In each period in which it is overdue, the sweeper adds up to two queries and one write.
"""

import sys
from dataclasses import dataclass
from typing import Final

from darkroom.jobs import Job, JobSlots, SlotState
from darkroom.runtime.logs import bound, get_logger
from darkroom_orchestrator.dispatch.send_tasks import SendTasks
from darkroom_orchestrator.dispatch.slot_index import SlotIndex
from darkroom_orchestrator.records.job_store import JobStore

_LOG = get_logger(__name__)

_MOST_AT_ONCE: Final = 100
"""Waiting jobs that one call sends where there is no limit."""


@dataclass(frozen=True, kw_only=True)
class Slots:
    """Sends jobs whose owner has free slots. Without a limit every job is sent at once."""

    index: SlotIndex
    jobs: JobStore
    send_tasks: SendTasks
    limit: int | None
    """Tasks that one owner may have in flight, or None. The last job sent may exceed it."""

    async def slots_for(self, ready: Job) -> JobSlots | None:
        """Return the slots of a job that is about to be queued; None without a limit. Raises Unavailable.

        The job waits if others of its owner wait already, or if the owner has no free slot.
        """
        if self.limit is None:
            return None
        entries = await self.index.last(ready.owner, most=self.limit)
        crowded = any(entry.waits for entry in entries) or sum(entry.slots for entry in entries) >= self.limit
        state = SlotState.WAITING if crowded else SlotState.SENT
        return JobSlots(state=state, count=await self.send_tasks.count(ready))

    async def send(self, queued: Job) -> None:
        """Send a job that has been queued, unless it waits. May be repeated. Raises Unavailable.

        A slot may become free after `slots_for` looked and before the job was queued. The job that freed it did not
        find this one among the waiting jobs, so a job that waits looks for free slots once more.
        """
        if queued.slots is None or queued.slots.state is SlotState.SENT:
            await self.send_tasks(queued)
            return
        _LOG.info("job_waits", job_id=queued.job_id, tasks=queued.slots.count)
        if await self._free(queued.owner) > 0:
            await self.send_waiting(queued.owner)

    async def pass_on(self, owner: str, *, ended: str) -> None:
        """Give the slots of the job `ended` to the owner's next jobs. May be repeated. Raises Unavailable.

        The index may still hold the ended job.
        """
        if self.limit is not None:
            await self.send_waiting(owner, ended=ended)

    async def send_waiting(self, owner: str, *, ended: str | None = None) -> None:
        """Send the owner's oldest waiting jobs, as many as have free slots. Raises Unavailable.

        Jobs may wait even without a limit: they were queued while there was one.
        """
        waiting = await self.index.waiting(owner, most=self.limit or _MOST_AT_ONCE)
        free = await self._free(owner, ended=ended) if waiting else 0
        for entry in waiting:
            if free <= 0:
                return
            # Counts also when another process is faster: that one has filled these slots.
            free -= entry.slots
            job = await self.jobs.send(entry.job_id, seen=entry.order)
            if job:
                with bound(job_id=job.job_id):
                    await self.send_tasks(job)

    async def _free(self, owner: str, *, ended: str | None = None) -> int:
        """Return how many more tasks the owner may have in flight."""
        if self.limit is None:
            return sys.maxsize
        sent = await self.index.sent(owner, most=self.limit + 1)
        return self.limit - sum(entry.slots for entry in sent if entry.job_id != ended)
