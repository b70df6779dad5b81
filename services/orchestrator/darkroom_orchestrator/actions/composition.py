"""Composes what performs actions on many jobs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from darkroom.actions import ActionKind
from darkroom.clock import Clock
from darkroom.runtime.queue import Queue
from darkroom.tables.job_table import JobTable
from darkroom_orchestrator.actions.action_store import ActionStore
from darkroom_orchestrator.actions.matching_jobs import MatchingJobs
from darkroom_orchestrator.actions.perform import ChangeJob, PerformAction, ResumeAction

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class Actions:
    """The use cases of actions."""

    def __init__(
        self,
        client: "DynamoDBClient",
        jobs: JobTable,
        *,
        changes: Mapping[ActionKind, ChangeJob],
        queue: Queue,
        now: Clock,
    ) -> None:
        store = ActionStore(client, jobs.name, now=now)
        self.perform = PerformAction(actions=store, find_page=MatchingJobs(client, jobs), changes=changes, queue=queue)
        self.resume = ResumeAction(actions=store, perform=self.perform, now=now)
