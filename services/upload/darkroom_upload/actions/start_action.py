"""Start an action on all jobs that match a filter. The orchestrator performs it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from darkroom import clock
from darkroom.actions import Action, ActionKind, Charging, JobFilter, new_action_id
from darkroom.errors import NotFound, Unavailable
from darkroom.messages import ContinueAction
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom.tables.action_table import ActionTable
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.stored_bytes import StoredBytes

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class StartAction:
    """Records actions, and announces them."""

    actions: ActionTable
    stored: StoredBytes
    uploads: Queue
    now: Callable[[], datetime]

    async def __call__(self, kind: ActionKind, wanted: JobFilter, caller: Caller) -> Action:
        """Record an action and return it.

        Raises Conflict while another action of the owner is running, QuotaExceeded and Unavailable.
        """
        if kind is ActionKind.RETRY:
            await self.stored.require_room(caller)
        # The moment as it is stored.
        moment = clock.parse(clock.iso(self.now()))
        action = Action(
            id=new_action_id(),
            owner=caller.owner,
            kind=kind,
            filter=wanted,
            charging=_charging(caller),
            created_at=moment,
            updated_at=moment,
        )
        await self.actions.create(action, moment)
        _LOG.info("action_created", action_id=action.id, owner=action.owner, kind=kind)
        await self._announce(action)
        return action

    async def find(self, action_id: str, caller: Caller) -> Action:
        """Return an action of the caller's owner. Raises NotFound and Unavailable."""
        action = await self.actions.get(action_id)
        if action is None or action.owner != caller.owner:
            raise NotFound("There is no such action.")
        return action

    async def _announce(self, action: Action) -> None:
        message = ContinueAction(action_id=action.id)
        try:
            await self.uploads.send([Outgoing(job_id=action.id, message=message, owner=action.owner)])
        except Unavailable as error:
            # The action is recorded. The sweeper sends its message after five minutes.
            _LOG.warning("action_left_to_sweeper", action_id=action.id, reason=error.message)


def _charging(caller: Caller) -> Charging | None:
    allowance = caller.allowance
    if not allowance.has_quota:
        return None
    return Charging(
        caller=caller.counted_as, jobs_per_day=allowance.jobs_per_day, bytes_per_day=allowance.bytes_per_day
    )
