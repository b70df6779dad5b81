"""The part of the internal API that concerns webhooks."""

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
    400: {"description": "The id is no UUID", **_PROBLEM},
    404: {"description": "No such job", **_PROBLEM},
    409: {"description": "The job has no callback URL, has not ended, or a replay is outstanding", **_PROBLEM},
    429: {"description": "A quota of the caller is used up", **_PROBLEM},
}


class Replayed(BaseModel):
    """The event that is sent once more."""

    job_id: str
    event_id: str


def webhook_routes(replay: Replay) -> APIRouter:
    """Routes over the use cases."""
    routes = APIRouter(prefix="/api", tags=["webhooks"])

    @routes.post(
        "/jobs/{job_id}/deliveries/replay",
        summary="Send the event of a job's end once more",
        description="A body says whose quotas this counts against; without one it counts against nobody's.",
        status_code=HTTPStatus.ACCEPTED,
        responses=_REFUSED,
    )
    async def replay_delivery(job_id: UUID, charge: Charge | None = None) -> Replayed:
        with bound(job_id=str(job_id)):
            event = await replay(str(job_id), charge)
        return Replayed(job_id=event.job_id, event_id=event.event_id)

    return routes
