"""Performs an action on many jobs.

    plan       read a page of the owner's jobs, and write which of them match
    change     change each of these jobs, unless an earlier try has done so
    count      write the counts, and go on with the next page

A process may die between any two steps. Its message comes again, and the next process goes on from what is written. A
job that was changed before is recognised by its attempt or its state, so no job is changed twice.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from darkroom.actions import Action, ActionKind, ActionState, PlannedJob
from darkroom.clock import Clock
from darkroom.errors import DarkroomError, Unavailable
from darkroom.messages import ContinueAction
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom.tables.action_item import STEP_PERIOD
from darkroom_orchestrator.actions.action_store import ActionStore
from darkroom_orchestrator.actions.matching_jobs import MatchingJobs

_LOG = get_logger(__name__)

TURN_SECONDS: Final = 10.0
"""How long one message works. Then another message continues, so that other work of the queue has its turn."""
_AT_ONCE: Final = 4
"""Jobs of one action that are changed at the same time."""

ChangeJob = Callable[[Action, PlannedJob], Awaitable[None]]
"""Changes a job, or does nothing if an earlier try has done so. Raises DarkroomError if the job cannot be changed."""


@dataclass(frozen=True, kw_only=True)
class PerformAction:
    """Performs actions. Several processes may perform the same one."""

    actions: ActionStore
    find_page: MatchingJobs
    changes: Mapping[ActionKind, ChangeJob]
    queue: Queue
    monotonic: Callable[[], float] = time.monotonic

    async def __call__(self, action_id: str) -> None:
        """Perform an action for a turn, and send a message that continues it. Raises Unavailable; may be repeated."""
        turn_ends_at = self.monotonic() + TURN_SECONDS
        while (action := await self.actions.get(action_id)) and action.state is not ActionState.DONE:
            if self.monotonic() >= turn_ends_at:
                await self.send(action)
                return
            await self._step(action)

    async def send(self, action: Action) -> None:
        """Send the message that continues an action."""
        message = ContinueAction(action_id=action.id)
        await self.queue.send([Outgoing(job_id=action.id, message=message, owner=action.owner)])

    async def _step(self, action: Action) -> None:
        """Plan a page, or change and count the planned jobs. If another process was first, nothing is written."""
        if action.planned:
            counts = action.counts.with_outcomes(await self._change(action))
            if action.position:
                await self.actions.advance(action, planned=(), counts=counts)
            else:
                await self._end(action, planned=(), counts=counts)
        elif action.position:
            page = await self.find_page(action, action.position)
            counts = action.counts.model_copy(update={"examined": action.counts.examined + page.examined})
            await self.actions.advance(action, planned=page.matching, position=page.next, counts=counts)
        else:
            await self._end(action)

    async def _end(self, action: Action, **changes: object) -> None:
        if ended := await self.actions.end(action, **changes):
            counts = ended.counts
            _LOG.info("action_done", action_id=action.id, kind=action.kind, done=counts.done, failed=counts.failed)

    async def _change(self, action: Action) -> dict[str, str | None]:
        """Change the planned jobs. Returns the code of each one's error by id, None for success."""
        at_once = asyncio.Semaphore(_AT_ONCE)

        async def code_of(job: PlannedJob) -> str | None:
            async with at_once:
                try:
                    await self.changes[action.kind](action, job)
                except Unavailable:
                    raise
                except DarkroomError as error:
                    return error.code
            return None

        tasks = [asyncio.create_task(code_of(job)) for job in action.planned]
        await asyncio.gather(*tasks, return_exceptions=True)
        return {job.job_id: task.result() for job, task in zip(action.planned, tasks, strict=True)}


@dataclass(frozen=True, kw_only=True)
class ResumeAction:
    """Sends the message of an action again if it was lost. The sweeper calls it."""

    actions: ActionStore
    perform: PerformAction
    now: Clock

    async def __call__(self, action_id: str) -> None:
        """Send the message if the action has made no step for `STEP_PERIOD`. Raises Unavailable."""
        action = await self.actions.get(action_id)
        if action is None or action.state is ActionState.DONE or action.updated_at + STEP_PERIOD > self.now():
            return
        # The step without a change keeps other sweepers from sending another message.
        if await self.actions.advance(action):
            _LOG.info("action_resumed", action_id=action_id)
            await self.perform.send(action)
