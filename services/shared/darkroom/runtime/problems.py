"""Errors as HTTP answers: problem documents (RFC 9457), with the HTTP status of each error code.

Middlewares that refuse a request before it reaches a route choose their status themselves.
"""

import json
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from darkroom.errors import DarkroomError, MalformedRequest
from darkroom.json_pointer import json_pointer
from darkroom.limits import MAX_FAULTS
from darkroom.runtime.logs import get_logger

_LOG = get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"

STATUSES: Final = {
    "malformed_request": HTTPStatus.BAD_REQUEST,
    "unauthenticated": HTTPStatus.UNAUTHORIZED,
    "forbidden": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "conflict": HTTPStatus.CONFLICT,
    "under_way": HTTPStatus.CONFLICT,
    "original_gone": HTTPStatus.GONE,
    "precondition_failed": HTTPStatus.PRECONDITION_FAILED,
    "rate_limited": HTTPStatus.TOO_MANY_REQUESTS,
    "quota_exceeded": HTTPStatus.TOO_MANY_REQUESTS,
    "upload_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "invalid_recipe": HTTPStatus.UNPROCESSABLE_ENTITY,
    "recipe_too_large": HTTPStatus.UNPROCESSABLE_ENTITY,
    "image_not_made": HTTPStatus.UNPROCESSABLE_ENTITY,
    "image_too_large": HTTPStatus.UNPROCESSABLE_ENTITY,
    "idempotency_mismatch": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}
"""HTTP status of each error code. Any other code is a bug of the service: 500."""

_HTTP_CODES: Final = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "upload_too_large",
}
_HTTP_DETAILS: Final = {
    HTTPStatus.NOT_FOUND: "There is nothing at this path.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This path supports only {Allow}.",
}
"""Details in place of the framework's own, which only repeat the status."""


def problem(request: Request, status: int, code: str, detail: str, **members: Any) -> Response:
    """Return an answer with a problem document to this request."""
    body = document(status, code, detail, instance=request.url.path, **members)
    return Response(body, status_code=status, media_type=MEDIA_TYPE)


def document(status: int, code: str, detail: str, *, instance: str, **members: Any) -> bytes:
    """Return a problem document. `instance` is the path of the request."""
    body = {
        "type": f"urn:darkroom:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "instance": instance,
        "code": code,
        **members,
    }
    return json.dumps(body).encode()


def install(app: FastAPI) -> None:
    """Answer every error of this application with a problem document."""
    app.exception_handler(DarkroomError)(deliberate)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(Exception)(_bug)


async def deliberate(request: Request, error: DarkroomError) -> Response:
    """Return the answer to an error that was raised on purpose."""
    status = STATUSES.get(error.code, HTTPStatus.INTERNAL_SERVER_ERROR)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _LOG.warning("request_failed", code=error.code, reason=error.message, cause=error.cause)
    answer = problem(request, status, error.code, error.message, **error.fields)
    if error.retry_after_seconds is not None:
        answer.headers["Retry-After"] = str(error.retry_after_seconds)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'ApiKey realm="darkroom"'
    return answer


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    """Return the answer to a path, query or JSON body that FastAPI refuses."""
    faults = [
        {"pointer": json_pointer(fault["loc"]), "message": fault["msg"].removeprefix("Value error, ")}
        for fault in error.errors()[:MAX_FAULTS]
    ]
    detail = "; ".join(": ".join(filter(None, fault.values())) for fault in faults)
    return problem(request, HTTPStatus.BAD_REQUEST, MalformedRequest.code, detail, errors=faults)


async def _http(request: Request, error: HTTPException) -> Response:
    """Return the answer to an unknown route or a wrong method."""
    status, headers = HTTPStatus(error.status_code), dict(error.headers or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods(request))) or headers.get("Allow", "")
    detail = _HTTP_DETAILS.get(status, "{detail}").format(detail=error.detail, **headers)
    answer = problem(request, status, _HTTP_CODES.get(status, MalformedRequest.code), detail)
    answer.headers.update(headers)
    return answer


def _methods(request: Request) -> set[str]:
    """Return the methods of all routes of this path. Starlette names only those of the first.

    `/recipes/plan` is a path of its own, although `/recipes/{name}` matches it too: the first route that matches says
    which path is meant.
    """
    routes = [context for context in iter_route_contexts(request.app.routes) if context.path and context.methods]
    meant = next((each.path for each in routes if compile_path(each.path or "")[0].match(request.url.path)), None)
    return {method for each in routes if each.path == meant for method in each.methods or ()}


async def _bug(request: Request, error: Exception) -> Response:
    _LOG.error("request_failed", code="internal_error", exc_info=error)
    return problem(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal_error",
        "Something went wrong in the service. It is logged. Try again later.",
    )
