"""Routes of the internal HTTP API: jobs with their internals, requests of owners, and queues."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter

from darkroom.errors import NotFound
from darkroom.runtime.logs import bound
from darkroom.runtime.queue import SqsQueue
from darkroom.tables.daily_counter import Charge
from darkroom_orchestrator.internal_api.redrive import redrive
from darkroom_orchestrator.internal_api.views import DeadView, JobChange, JobView, QueuesView, QueueView, Redriven
from darkroom_orchestrator.jobs.cancel import Cancel
from darkroom_orchestrator.jobs.delete import Delete
from darkroom_orchestrator.jobs.retry import Retry
from darkroom_orchestrator.records.job_store import JobStore


class QueueName(StrEnum):
    """The name of a queue."""

    UPLOADS = "uploads"
    IMPORTS = "imports"
    TASKS = "tasks"
    REPORTS = "reports"
    NOTIFICATIONS = "notifications"


@dataclass(frozen=True, kw_only=True)
class QueuePair:
    """A queue and its dead-letter queue."""

    queue: SqsQueue
    dead: SqsQueue


Queues = Mapping[QueueName, QueuePair]

_PROBLEM: Final[dict[str, Any]] = {"content": {"application/problem+json": {}}}
ABSENT: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": "The ID is not a UUID", **_PROBLEM},
    404: {"description": "No such job", **_PROBLEM},
}
REFUSED: Final = {**ABSENT, 409: {"description": "The job's status does not allow it", **_PROBLEM}}


_CHARGED: Final = {**REFUSED, 429: {"description": "A quota of the caller is used up", **_PROBLEM}}


def job_routes(*, jobs: JobStore, cancel: Cancel, retry: Retry, delete: Delete) -> APIRouter:
    """Return the routes of one job."""
    routes = APIRouter(prefix="/api", tags=["jobs"])

    @routes.get("/status/{job_id}", summary="A job with its internals", responses=ABSENT)
    async def status(job_id: UUID) -> JobView:
        found = await jobs.with_details(str(job_id))
        if found is None:
            raise NotFound("There is no such job.")
        return JobView.of(*found)

    @routes.post(
        "/jobs/{job_id}/cancel", summary="Stop an open job", status_code=HTTPStatus.ACCEPTED, responses=REFUSED
    )
    async def cancel_job(job_id: UUID) -> JobChange:
        with bound(job_id=str(job_id)):
            job = await cancel(str(job_id))
        return JobChange(job_id=job.job_id, status=job.status)

    @routes.post(
        "/jobs/{job_id}/retry",
        summary="Run the failed parts again",
        description="The body says which caller's quotas count this. Without a body it is not counted.",
        status_code=HTTPStatus.ACCEPTED,
        responses={**_CHARGED, 410: {"description": "The original is gone", **_PROBLEM}},
    )
    async def retry_job(job_id: UUID, charge: Charge | None = None) -> JobChange:
        with bound(job_id=str(job_id)):
            job = await retry(str(job_id), charge)
        return JobChange(job_id=job.job_id, status=job.status)

    @routes.delete(
        "/jobs/{job_id}",
        summary="Delete an ended job and its objects",
        status_code=HTTPStatus.NO_CONTENT,
        responses=REFUSED,
    )
    async def delete_job(job_id: UUID) -> None:
        with bound(job_id=str(job_id)):
            await delete(str(job_id))

    return routes


def queue_routes(queues: Queues) -> APIRouter:
    """Return the routes of the queues."""
    routes = APIRouter(prefix="/api", tags=["queues"])

    @routes.get("/queues", summary="How full the queues are")
    async def all_queues() -> QueuesView:
        views = await asyncio.gather(*(_view(name, pair) for name, pair in queues.items()))
        return QueuesView(queues=views)

    @routes.post(
        "/dlq/{name}/redrive", summary="Move dead messages back into their queue", status_code=HTTPStatus.ACCEPTED
    )
    async def redrive_queue(name: QueueName) -> Redriven:
        pair = queues[name]
        return Redriven(moved=await redrive(dead=pair.dead, queue=pair.queue))

    return routes


async def _view(name: QueueName, pair: QueuePair) -> QueueView:
    depth, dead = await asyncio.gather(pair.queue.depth(), pair.dead.depth())
    return QueueView(name=name, visible=depth.visible, in_flight=depth.in_flight, dlq=DeadView(visible=dead.visible))
