"""Ways in: a form, a raw body, or a form that S3 takes itself."""

import json
from collections.abc import AsyncIterator
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from darkroom.accounts.api_keys import Scope
from darkroom.errors import (
    Conflict,
    IdempotencyMismatch,
    ImageTooLarge,
    InvalidRecipe,
    QuotaExceeded,
    RecipeTooLarge,
    UnderWay,
    UnsupportedMediaType,
    UploadTooLarge,
)
from darkroom_upload.admission import Admission
from darkroom_upload.api.documentation import LOCATION, RAW_UPLOAD, RECEIVED, REPLAYED, UPLOAD, refusals
from darkroom_upload.api.parameters import IdempotencyKey, refuse_others
from darkroom_upload.api.receipts import accepted_response
from darkroom_upload.api.request_body import body_of
from darkroom_upload.callers.authentication import Authenticate, allowed
from darkroom_upload.callers.caller import Caller
from darkroom_upload.intake.form import MAX_FIELD_BYTES, Field, FormEvent, form_events, raw_events
from darkroom_upload.intake.inspection import too_large
from darkroom_upload.intake.submit import Submit
from darkroom_upload.jobs.job_body import JobBody, ReceiptBody
from darkroom_upload.results.result_links import ResultLinks

_FORM_TYPE: Final = "multipart/form-data"
_FORM_OVERHEAD_BYTES: Final = 4 * MAX_FIELD_BYTES
"""What a form may have beside the file: three fields, and headers."""
_RAW_FIELDS: Final = ("recipe", "callback_url")
"""Fields that come as query parameters when the body is the file."""

_ERRORS: Final = refusals(
    Conflict,
    UnderWay,
    UploadTooLarge,
    UnsupportedMediaType,
    InvalidRecipe,
    RecipeTooLarge,
    ImageTooLarge,
    IdempotencyMismatch,
    QuotaExceeded,
)
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.ACCEPTED: {"description": RECEIVED, "headers": LOCATION | REPLAYED},
    **_ERRORS,
}


def router(submit: Submit, places: Admission, links: ResultLinks, authenticate: Authenticate) -> APIRouter:
    """The routes."""
    uploading = Depends(allowed(authenticate, Scope.UPLOAD))
    Uploader = Annotated[Caller, uploading]  # noqa: N806 - a type
    routes = APIRouter(tags=["uploads"], dependencies=[uploading])

    async def upload(request: Request, uploader: Uploader, key: IdempotencyKey) -> Response:
        with places.place(uploader.owner):
            submission = await submit(
                _events(request, submit.max_upload_bytes),
                caller=uploader,
                key=key,
                announced_bytes=_announced_bytes(request),
            )
        answer = await accepted_response(submission.job, submission.details, links, uploader)
        if submission.replayed:
            answer.headers["Idempotency-Replayed"] = "true"
        return answer

    routes.post(
        "/uploads",
        summary="Upload an image",
        description="As the part `file` of a form, or as the body itself. The answer comes when the image is stored.",
        status_code=HTTPStatus.ACCEPTED,
        response_model=JobBody | ReceiptBody,
        responses=_RESPONSES,
        openapi_extra=UPLOAD,
        operation_id="upload",
    )(upload)
    routes.post(
        "/v1/images/upload",
        summary="Upload an image as the body",
        description="The same as `POST /uploads` with a raw body, for clients that know the service by this path.",
        status_code=HTTPStatus.ACCEPTED,
        response_model=JobBody | ReceiptBody,
        responses=_RESPONSES,
        openapi_extra=RAW_UPLOAD,
        operation_id="upload_raw",
    )(upload)
    return routes


def _announced_bytes(request: Request) -> int:
    """How many bytes the file has at least, as far as the headers tell."""
    length = request.headers.get("content-length", "")
    is_form = request.headers.get("content-type", "").lower().startswith(_FORM_TYPE)
    return max(0, int(length) - is_form * _FORM_OVERHEAD_BYTES) if length.isdecimal() else 0


def _events(request: Request, max_bytes: int) -> AsyncIterator[FormEvent]:
    """The upload in a request, by the kind of its body. Nothing of the body is read yet."""
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise UnsupportedMediaType(
            f"The body has the Content-Encoding {json.dumps(coding[:64])}. Send the image as it is, without one."
        )
    content_type = request.headers.get("content-type", "application/octet-stream")
    media_type = content_type.partition(";")[0].strip().lower()
    refusal = partial(too_large, limit=max_bytes)
    if media_type == _FORM_TYPE:
        refuse_others(request)
        body = body_of(request, max_bytes=max_bytes + _FORM_OVERHEAD_BYTES, too_large=refusal)
        return form_events(content_type, body)
    if media_type.startswith("image/") or media_type == "application/octet-stream":
        refuse_others(request, "filename", *_RAW_FIELDS)
        fields = [Field(name, request.query_params.get(name, "")) for name in _RAW_FIELDS]
        body = body_of(request, max_bytes=max_bytes, too_large=refusal)
        return raw_events(fields, request.query_params.get("filename"), body)
    raise UnsupportedMediaType(
        f"The body is {json.dumps(media_type[:64])}. Send {_FORM_TYPE}, or the image itself as image/* or "
        "application/octet-stream."
    )
