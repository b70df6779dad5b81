"""`POST /uploads/presigned`: a form that S3 itself takes."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from darkroom import clock
from darkroom.accounts.api_keys import Scope
from darkroom.errors import (
    Conflict,
    IdempotencyMismatch,
    InvalidRecipe,
    QuotaExceeded,
    RecipeTooLarge,
    UnderWay,
    UnsupportedMediaType,
    UploadTooLarge,
)
from darkroom.recipes import Presets
from darkroom_upload.api.documentation import LOCATION, REPLAYED, refusals
from darkroom_upload.api.json_body import documented, read_json
from darkroom_upload.api.parameters import IdempotencyKey, takes
from darkroom_upload.callers.authentication import Authenticate, allowed
from darkroom_upload.callers.caller import Caller
from darkroom_upload.intake.fields import Metadata, RecipeField, choose_recipe, read_callback, recipe_text
from darkroom_upload.intake.presign import Announced, Presign, PresignedUpload
from darkroom_upload.jobs.job_body import status_path

_LONGEST_BODY_BYTES: Final = 256 * 1024


class PresignRequest(BaseModel):
    """What a client is going to send."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    filename: Annotated[str, StringConstraints(max_length=1024)] = ""
    """What to call the file."""
    content_type: Annotated[str, StringConstraints(to_lower=True, strip_whitespace=True, max_length=128)]
    """The image's media type; the upload must then have the same."""
    size: Annotated[int, Field(ge=1)]
    """Bytes. The upload may be smaller, not larger."""
    recipe: RecipeField = ""
    """A preset's name, or a recipe; `web` when not given."""
    metadata: Metadata = {}
    """Up to 16 texts of the client's own."""
    callback_url: str = ""
    """Where to POST the job's end, as a webhook."""


class PresignedForm(BaseModel):
    """Where and how to send the file: as `multipart/form-data`, with these fields and then the part `file`."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    url: str
    fields: dict[str, str]
    expires_at: str
    """Until when S3 takes it."""


class PresignedBody(BaseModel):
    """A job that waits for its file."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    job_id: str
    status_url: str
    """Relative to this API."""
    upload: PresignedForm


def router(presign: Presign, presets: Presets, authenticate: Authenticate, *, allow_http: bool) -> APIRouter:
    """The route. `allow_http` is for callback URLs."""
    uploading = Depends(allowed(authenticate, Scope.UPLOAD))
    Uploader = Annotated[Caller, uploading]  # noqa: N806 - a type
    routes = APIRouter(tags=["uploads"], dependencies=[uploading])

    @routes.post(
        "/uploads/presigned",
        summary="Get a form to upload an image straight to S3",
        description="S3 takes the form for ten minutes, and refuses another size, type or key. The job begins when "
        "the image has arrived.",
        status_code=HTTPStatus.CREATED,
        response_model=PresignedBody,
        dependencies=[Depends(takes())],
        openapi_extra=documented(PresignRequest),
        responses={
            HTTPStatus.CREATED: {"headers": LOCATION | REPLAYED},
            **refusals(
                Conflict,
                UnderWay,
                UploadTooLarge,
                UnsupportedMediaType,
                InvalidRecipe,
                RecipeTooLarge,
                IdempotencyMismatch,
                QuotaExceeded,
            ),
        },
    )
    async def presigned(request: Request, uploader: Uploader, key: IdempotencyKey, response: Response) -> PresignedBody:
        wanted = await read_json(request, PresignRequest, max_bytes=_LONGEST_BODY_BYTES)
        upload = await presign(_announced(wanted, presets, allow_http=allow_http), caller=uploader, key=key)
        response.headers["Location"] = status_path(upload.job.job_id)
        if upload.replayed:
            response.headers["Idempotency-Replayed"] = "true"
        return _body(upload)

    return routes


def _announced(wanted: PresignRequest, presets: Presets, *, allow_http: bool) -> Announced:
    return Announced(
        filename=wanted.filename,
        content_type=wanted.content_type,
        size=wanted.size,
        chosen=choose_recipe(recipe_text(wanted.recipe), presets),
        metadata=wanted.metadata,
        callback_url=read_callback(wanted.callback_url, allow_http=allow_http),
    )


def _body(upload: PresignedUpload) -> PresignedBody:
    return PresignedBody(
        job_id=upload.job.job_id,
        status_url=status_path(upload.job.job_id),
        upload=PresignedForm(url=upload.post.url, fields=upload.post.fields, expires_at=clock.iso(upload.expires_at)),
    )
