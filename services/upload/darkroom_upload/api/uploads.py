"""Uploads through this service: a form with a file, the file as the body, or the URL of a file."""

import json
from collections.abc import AsyncIterator
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response

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
from darkroom.intake.inspection import too_large
from darkroom_upload.admission import Admission
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import LOCATION, RECEIVED, REPLAYED, refusals
from darkroom_upload.api.documented_bodies import RAW_UPLOAD, UPLOAD
from darkroom_upload.api.import_request import read_import
from darkroom_upload.api.parameters import IdempotencyKey, require_known
from darkroom_upload.api.receipts import accepted_response
from darkroom_upload.api.request_body import body_of
from darkroom_upload.callers.caller import Caller
from darkroom_upload.intake.form import MAX_FIELD_BYTES, Field, FormEvent, form_events, raw_events
from darkroom_upload.intake.import_url import ImportUrl
from darkroom_upload.intake.submit import Submission, Submit
from darkroom_upload.jobs.job_body import JobBody, ReceiptBody
from darkroom_upload.results.result_links import ResultLinks

_FORM_TYPE: Final = "multipart/form-data"
_IMPORT_TYPE: Final = "application/json"
_FORM_OVERHEAD_BYTES: Final = 4 * MAX_FIELD_BYTES
"""The most that a form may contain besides the file: three fields, and headers."""
_RAW_FIELDS: Final = ("recipe", "callback_url", "publish", "keep_original")
"""Fields that are query parameters if the body is the file."""

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


def router(submit: Submit, import_url: ImportUrl, slots: Admission, links: ResultLinks, access: Access) -> APIRouter:
    """Return the routes."""
    uploading = access.caller(Scope.UPLOAD)
    routes = APIRouter(tags=["uploads"], dependencies=[uploading])

    async def upload(request: Request, uploader: Annotated[Caller, uploading], key: IdempotencyKey) -> Response:
        with slots.slot(uploader.owner):
            submission = await submit(
                _events(request, submit.max_upload_bytes),
                caller=uploader,
                key=key,
                announced_bytes=_announced_bytes(request),
            )
        return await accepted(submission, uploader)

    async def upload_or_import(
        request: Request, uploader: Annotated[Caller, uploading], key: IdempotencyKey
    ) -> Response:
        if _media_type(request) != _IMPORT_TYPE:
            return await upload(request, uploader, key)
        require_known(request, ())
        wanted = await read_import(
            request, partial(submit.choose_recipe, owner=uploader.owner), allow_http=submit.allow_http
        )
        return await accepted(await import_url(wanted, caller=uploader, key=key), uploader)

    async def accepted(submission: Submission, uploader: Caller) -> Response:
        answer = await accepted_response(submission.job, submission.details, links, uploader)
        if submission.replayed:
            answer.headers["Idempotency-Replayed"] = "true"
        return answer

    routes.post(
        "/uploads",
        summary="Upload or import an image",
        description="Send the image as the part `file` of a form, or as the body itself. The answer comes when the "
        "image is stored. Or send JSON with the `url` of an image: Darkroom fetches it after the answer, in up to five "
        "tries within 15 minutes. If that fails, the job fails with the code `fetch_refused`, `fetch_failed`, "
        "`upload_too_large`, `unsupported_media_type`, `image_too_large` or `quota_exceeded`.",
        status_code=HTTPStatus.ACCEPTED,
        response_model=JobBody | ReceiptBody,
        responses=_RESPONSES,
        openapi_extra=UPLOAD,
        operation_id="upload",
    )(upload_or_import)
    routes.post(
        "/v1/images/upload",
        summary="Upload an image as the body",
        description="The same as `POST /uploads` with the image as the body, for clients that use this path.",
        status_code=HTTPStatus.ACCEPTED,
        response_model=JobBody | ReceiptBody,
        responses=_RESPONSES,
        openapi_extra=RAW_UPLOAD,
        operation_id="upload_raw",
    )(upload)
    return routes


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "application/octet-stream").partition(";")[0].strip().lower()


def _announced_bytes(request: Request) -> int:
    """Return how many bytes the file has at least, by the request's headers."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        return 0
    if request.headers.get("content-type", "").lower().startswith(_FORM_TYPE):
        return max(0, int(length) - _FORM_OVERHEAD_BYTES)
    return int(length)


def _events(request: Request, max_bytes: int) -> AsyncIterator[FormEvent]:
    """Return the upload's events, by the type of the body. Nothing of the body is read yet."""
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise UnsupportedMediaType(
            f"The body has the Content-Encoding {json.dumps(coding[:64])}. Send the image without one."
        )
    content_type = request.headers.get("content-type", "application/octet-stream")
    media_type = _media_type(request)
    refusal = partial(too_large, limit=max_bytes)
    if media_type == _FORM_TYPE:
        require_known(request, ())
        body = body_of(request, max_bytes=max_bytes + _FORM_OVERHEAD_BYTES, too_large=refusal)
        return form_events(content_type, body)
    if media_type.startswith("image/") or media_type == "application/octet-stream":
        require_known(request, ("filename", *_RAW_FIELDS))
        fields = [Field(name, request.query_params.get(name, "")) for name in _RAW_FIELDS]
        body = body_of(request, max_bytes=max_bytes, too_large=refusal)
        return raw_events(fields, request.query_params.get("filename"), body)
    raise UnsupportedMediaType(
        f"The body is {json.dumps(media_type[:64])}. Send {_FORM_TYPE}, or the image itself as image/* or "
        "application/octet-stream. POST /uploads also takes the URL of an image as application/json."
    )
