"""Routes of the internal API for previews and for variants on request."""

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from darkroom.recipes import Variant
from darkroom.requested_images import RequestId, RequestKind
from darkroom.runtime.logs import bound
from darkroom.tables.daily_counter import Charge
from darkroom_orchestrator.requested.discard_image import DiscardImage
from darkroom_orchestrator.requested.request_preview import RequestPreview
from darkroom_orchestrator.requested.request_variant import RequestVariant

_PROBLEM: Final[dict[str, Any]] = {"content": {"application/problem+json": {}}}
_REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": "The ID is not a UUID, or the variant is not valid", **_PROBLEM},
    404: {"description": "No such job", **_PROBLEM},
    409: {"description": "The original has not arrived", **_PROBLEM},
    429: {"description": "A quota of the caller is used up", **_PROBLEM},
}


_NOT_BEGUN: Final[dict[int | str, dict[str, Any]]] = {
    404: {"description": "No such job, or no such variant on request", **_PROBLEM},
    409: {"description": "The job has not ended with results", **_PROBLEM},
    410: {"description": "The original is gone", **_PROBLEM},
}


class PreviewRequest(BaseModel):
    """The variant to preview, and whose quotas count it. Without a charge it is not counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    variant: Variant
    charge: Charge | None = None


class PreviewBegun(BaseModel):
    """The preview that is being made. The item of the requested image has its name."""

    name: str


class VariantBegun(BaseModel):
    """The variant that is being made, or has been."""

    name: str


def preview_routes(request_preview: RequestPreview, discard: DiscardImage) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/jobs/{job_id}", tags=["previews"])

    @routes.post("/previews", summary="Begin a preview", status_code=HTTPStatus.ACCEPTED, responses=_REFUSED)
    async def begin_preview(job_id: UUID, asked: PreviewRequest) -> PreviewBegun:
        with bound(job_id=str(job_id)):
            request_id = await request_preview(str(job_id), asked.variant, asked.charge)
        return PreviewBegun(name=request_id.name)

    @routes.delete(
        "/previews/{name}",
        summary="Remove a preview that was sent or given up",
        status_code=HTTPStatus.NO_CONTENT,
    )
    async def discard_preview(job_id: UUID, name: UUID) -> None:
        with bound(job_id=str(job_id)):
            await discard(RequestId(job_id=str(job_id), kind=RequestKind.PREVIEW, name=str(name)))

    return routes


def variant_routes(request_variant: RequestVariant) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["variants on request"])

    @routes.post(
        "/variants/{name}", summary="Begin a variant on request", status_code=HTTPStatus.ACCEPTED, responses=_NOT_BEGUN
    )
    async def begin_variant(job_id: UUID, name: str) -> VariantBegun:
        with bound(job_id=str(job_id)):
            await request_variant(str(job_id), name)
        return VariantBegun(name=name)

    return routes
