"""`POST /recipes/preview`: the image that a variant would be, made of the original of a job."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.background import BackgroundTask

from darkroom.accounts.api_keys import Scope
from darkroom.errors import (
    Conflict,
    ImageNotMade,
    InvalidRecipe,
    NotFound,
    OriginalGone,
    QuotaExceeded,
    RecipeTooLarge,
    UnsupportedMediaType,
    UploadTooLarge,
)
from darkroom.limits import PREVIEW_BYTES, PREVIEW_PIXELS
from darkroom_upload.admission import Admission
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import refusals
from darkroom_upload.api.documented_bodies import BINARY
from darkroom_upload.api.json_body import documented, read_json
from darkroom_upload.api.parameters import ONLY_DECLARED, stored_id
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.preview_rate import PreviewRate
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.previews.make_preview import MakePreview, Preview
from darkroom_upload.previews.preview_variant import read_variant

_LONGEST_BODY_BYTES: Final = 64 * 1024
_IMAGE: Final[dict[str, Any]] = {
    "description": "The image",
    "content": {"image/*": {"schema": BINARY}},
    "headers": {
        "X-Darkroom-Cpu-Ms": {
            "description": "CPU time that a processor took, in milliseconds.",
            "schema": {"type": "integer"},
        },
        "X-Darkroom-Width": {"description": "Width in pixels.", "schema": {"type": "integer"}},
        "X-Darkroom-Height": {"description": "Height in pixels.", "schema": {"type": "integer"}},
    },
}


class PreviewRequest(BaseModel):
    """A variant, and the job whose original it is tried on."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    job_id: Annotated[str, StringConstraints(max_length=64)]
    """A job of yours whose original is still there."""
    variant: dict[str, Any]
    """A variant as in a recipe. It needs no name."""


def router(
    preview: MakePreview,
    jobs: JobReader,
    rate: PreviewRate,
    slots: Admission,
    access: Access,
    *,
    now: Callable[[], datetime],
) -> APIRouter:
    """Return the route."""
    trying = access.caller(Scope.READ, Scope.UPLOAD)
    routes = APIRouter(tags=["recipes"], dependencies=[trying, ONLY_DECLARED])

    @routes.post(
        "/recipes/preview",
        summary="Preview a variant on the original of a job",
        description="The image itself, which is stored nowhere. Counts against the daily quotas as one job without "
        f"bytes. At most {PREVIEW_PIXELS:,} pixels and {PREVIEW_BYTES:,} bytes. It takes the time of a small job, and "
        "`503` if it is not made within 10 seconds.",
        openapi_extra=documented(PreviewRequest),
        response_class=Response,
        responses={
            HTTPStatus.OK: _IMAGE,
            **refusals(
                NotFound,
                Conflict,
                OriginalGone,
                UploadTooLarge,
                UnsupportedMediaType,
                InvalidRecipe,
                RecipeTooLarge,
                ImageNotMade,
                QuotaExceeded,
            ),
        },
    )
    async def preview_variant(request: Request, caller: Annotated[Caller, trying]) -> Response:
        asked = await read_json(request, PreviewRequest, max_bytes=_LONGEST_BODY_BYTES)
        job = await jobs.owned(stored_id(asked.job_id), caller.owner)
        variant = await read_variant(asked.variant, jobs, caller)
        with slots.slot(caller.owner):
            await rate(caller.owner)
            made = await preview(job.job_id, variant, caller.charge(0, now()))
        return _response(made, preview)

    return routes


def _response(made: Preview, preview: MakePreview) -> Response:
    """Return the image. After it was sent, what is left of it is removed."""
    headers = {
        "Cache-Control": "no-store",
        "X-Darkroom-Cpu-Ms": str(made.cpu_ms),
        "X-Darkroom-Width": str(made.result.width),
        "X-Darkroom-Height": str(made.result.height),
    }
    remove = BackgroundTask(preview.discard, made.id)
    return Response(made.data, media_type=made.result.format.media_type, headers=headers, background=remove)
