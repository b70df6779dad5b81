"""`POST /uploads/presigned`: a form by which the client sends the file straight to S3."""

from functools import partial
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Request, Response
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
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import LOCATION, REPLAYED, refusals
from darkroom_upload.api.job_request import JobRequest
from darkroom_upload.api.json_body import documented, read_json
from darkroom_upload.api.parameters import ONLY_DECLARED, IdempotencyKey
from darkroom_upload.callers.caller import Caller
from darkroom_upload.intake.choose_recipe import ChooseRecipe
from darkroom_upload.intake.options import JobOptions
from darkroom_upload.intake.presign import AnnouncedUpload, Presign, PresignedUpload
from darkroom_upload.jobs.job_body import status_path

_LONGEST_BODY_BYTES: Final = 256 * 1024


class PresignRequest(JobRequest):
    """The file that a client is going to send."""

    filename: Annotated[str, StringConstraints(max_length=1024)] = ""
    """The file's name."""
    content_type: Annotated[str, StringConstraints(to_lower=True, strip_whitespace=True, max_length=128)]
    """The image's media type. The upload must have the same."""
    size: Annotated[int, Field(ge=1)]
    """Largest size of the upload, in bytes."""


class PresignedForm(BaseModel):
    """The form that S3 accepts: `multipart/form-data` with these fields first, and then the part `file`."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    url: str
    fields: dict[str, str]
    expires_at: str
    """The moment until which S3 accepts the form."""


class PresignedBody(BaseModel):
    """A job that waits for its file."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    job_id: str
    status_url: str
    """The job's status, as a path of this API."""
    upload: PresignedForm


def router(presign: Presign, choose_recipe: ChooseRecipe, access: Access, *, allow_http: bool) -> APIRouter:
    """Return the route. `allow_http` says whether callback URLs may use plain HTTP."""
    uploading = access.caller(Scope.UPLOAD)
    routes = APIRouter(tags=["uploads"], dependencies=[uploading, ONLY_DECLARED])

    @routes.post(
        "/uploads/presigned",
        summary="Get a form for an upload straight to S3",
        description="S3 accepts the form for ten minutes. It refuses another type or key, and a larger file. The job "
        "begins when the image has arrived.",
        status_code=HTTPStatus.CREATED,
        response_model=PresignedBody,
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
    async def presigned(
        request: Request, uploader: Annotated[Caller, uploading], key: IdempotencyKey, response: Response
    ) -> PresignedBody:
        wanted = await read_json(request, PresignRequest, max_bytes=_LONGEST_BODY_BYTES)
        options = await wanted.options(partial(choose_recipe, owner=uploader.owner), allow_http=allow_http)
        upload = await presign(_announced(wanted, options), caller=uploader, key=key)
        response.headers["Location"] = status_path(upload.job.job_id)
        if upload.replayed:
            response.headers["Idempotency-Replayed"] = "true"
        return _body(upload)

    return routes


def _announced(wanted: PresignRequest, options: JobOptions) -> AnnouncedUpload:
    return AnnouncedUpload(
        filename=wanted.filename,
        content_type=wanted.content_type,
        size=wanted.size,
        options=options,
    )


def _body(upload: PresignedUpload) -> PresignedBody:
    return PresignedBody(
        job_id=upload.job.job_id,
        status_url=status_path(upload.job.job_id),
        upload=PresignedForm(url=upload.post.url, fields=upload.post.fields, expires_at=clock.iso(upload.expires_at)),
    )
