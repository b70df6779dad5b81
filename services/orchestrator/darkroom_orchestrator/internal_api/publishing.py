"""Routes of the internal HTTP API that publish the results of a job and withdraw them."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from darkroom.runtime.logs import bound
from darkroom_orchestrator.internal_api.routes import ABSENT, REFUSED
from darkroom_orchestrator.publishing.publish import Publish, Unpublish


def publishing_routes(publish: Publish, unpublish: Unpublish) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/jobs", tags=["jobs"])

    @routes.put(
        "/{job_id}/published", summary="Publish the results", status_code=HTTPStatus.ACCEPTED, responses=REFUSED
    )
    async def publish_job(job_id: UUID) -> None:
        with bound(job_id=str(job_id)):
            await publish(str(job_id))

    @routes.delete(
        "/{job_id}/published", summary="Withdraw the results", status_code=HTTPStatus.NO_CONTENT, responses=ABSENT
    )
    async def unpublish_job(job_id: UUID) -> None:
        with bound(job_id=str(job_id)):
            await unpublish(str(job_id))

    return routes
