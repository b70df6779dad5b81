"""Routes of the internal API for webhooks."""

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from darkroom.runtime.logs import bound
from darkroom.tables.daily_counter import Charge
from darkroom_orchestrator.webhooks.replay import Replay

_PROBLEM: Final[dict[str, Any]] = {"content": {"application/problem+json": {}}}
_REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": "The ID is not a UUID", **_PROBLEM},
    404: {"description": "No such job", **_PROBLEM},
    409: {
        "description": "The job has no callback URL, has not ended, or a replay of it is in progress",
        **_PROBLEM,
    },
    429: {"description": "A quota of the caller is used up", **_PROBLEM},
}


class Replayed(BaseModel):
    """The event that is sent again."""

    job_id: str
    event_id: str


def webhook_routes(replay: Replay) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api", tags=["webhooks"])

    @routes.post(
        "/jobs/{job_id}/deliveries/replay",
        summary="Send the event of a job's end again",
        description="The body says which caller's quotas count this. Without a body it is not counted.",
        status_code=HTTPStatus.ACCEPTED,
        responses=_REFUSED,
    )
    async def replay_delivery(job_id: UUID, charge: Charge | None = None) -> Replayed:
        with bound(job_id=str(job_id)):
            event = await replay(str(job_id), charge)
        return Replayed(job_id=event.job_id, event_id=event.event_id)

    return routes
