"""The parts of the OpenAPI document that FastAPI does not find out: errors, headers, bodies that stream."""

from typing import Any, Final

from fastapi import FastAPI
from pydantic import BaseModel, Field

from darkroom.errors import (
    Conflict,
    DarkroomError,
    Forbidden,
    IdempotencyMismatch,
    ImageNotMade,
    ImageTooLarge,
    InvalidRecipe,
    MalformedRequest,
    NotFound,
    OriginalGone,
    PreconditionFailed,
    QuotaExceeded,
    RateLimited,
    RecipeTooLarge,
    Unauthenticated,
    Unavailable,
    UnderWay,
    UnsupportedMediaType,
    UploadTooLarge,
)
from darkroom.runtime.problems import MEDIA_TYPE, STATUSES

DESCRIPTION: Final = """\
Send an image, and get the variants that a recipe makes of it.

`POST /uploads` accepts the file and answers `202` with a job. `GET /status/{job_id}` shows the job's status and, once
it is `completed`, the addresses of the variants. Every request needs an API key in the header `x-api-key`, or the
session of a user who has logged in.

Errors are problem documents (RFC 9457) with a stable `code`.
"""

TAGS: Final = [
    {"name": "uploads", "description": "Upload images."},
    {"name": "jobs", "description": "See what became of them, and get the results."},
    {"name": "public", "description": "Published results, for everybody, without a key."},
    {"name": "recipes", "description": "What Darkroom can make of them."},
    {"name": "usage", "description": "Your limits, and how much of them you have used."},
    {"name": "webhooks", "description": "What callback URLs receive, and how to verify it."},
    {"name": "sessions", "description": "Logging in from a browser, with a cookie instead of an API key."},
    {"name": "health", "description": "Checks for load balancers and people on call."},
]


class FaultItem(BaseModel):
    """One fault among several."""

    pointer: str
    """Its place, as a JSON pointer (RFC 6901)."""
    message: str


class Problem(BaseModel):
    """An error, as RFC 9457 describes it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str = Field(description="The stable name of the error.")
    limit: int | None = Field(None, description="The limit that the request exceeded.")
    actual: int | None = Field(None, description="What the request had.")
    quota: str | None = Field(
        None, description="The quota that is used up: daily `jobs` or `bytes`, or `stored_bytes`."
    )
    used: int | None = Field(None, description="How much of the quota is used.")
    fault: str | None = Field(None, description="Why the requested image cannot be made, as of a failed variant.")
    scope: str | None = Field(None, description="The missing scope.")
    errors: list[FaultItem] | None = Field(None, description="All faults, if there can be several.")


_EXAMPLES: Final[dict[type[DarkroomError], dict[str, Any]]] = {
    MalformedRequest: {
        "detail": 'The form has an unknown field "recipes". Known are: callback_url, file, metadata, recipe.'
    },
    Unauthenticated: {"detail": "Send an API key in the header x-api-key, or log in."},
    Forbidden: {"detail": "This API key lacks the `upload` scope.", "scope": "upload"},
    NotFound: {"detail": "There is no such job."},
    Conflict: {"detail": "The job's status does not allow this now."},
    OriginalGone: {"detail": "The original is gone: it was kept for 7 days. Upload the image again."},
    UnderWay: {"detail": "Another request with this Idempotency-Key is in progress. Send it again in a second."},
    PreconditionFailed: {
        "detail": 'The newest version of the preset card is 4, with the ETag "4". If-Match asks for "3".'
    },
    RateLimited: {"detail": "This caller may send 5 requests a second, and 10 at once."},
    QuotaExceeded: {
        "detail": "Daily quota used up: 1000 of 1000 jobs, and this job needs 1 more. It resets at 00:00 UTC.",
        "quota": "jobs",
        "limit": 1000,
        "used": 1000,
    },
    UploadTooLarge: {
        "detail": "An upload may have at most 10485760 bytes.",
        "limit": 10485760,
        "actual": 12582912,
    },
    UnsupportedMediaType: {"detail": "Unsupported image format. Supported: jpeg, png, webp."},
    InvalidRecipe: {
        "detail": "The recipe has 1 fault(s).",
        "errors": [{"pointer": "/variants/0/output/quality", "message": "Input should be less than or equal to 100"}],
    },
    RecipeTooLarge: {
        "detail": "The recipe is too large: 170210 bytes as stored, with its defaults written out. The limit is 32768 "
        "bytes. Use fewer variants, fewer operations or shorter texts.",
        "limit": 32768,
        "actual": 170210,
    },
    IdempotencyMismatch: {"detail": "This Idempotency-Key was used for another upload. Use a new key."},
    ImageNotMade: {
        "detail": "The result would have 5000000 pixels in all frames together. The limit is 4000000. Make it smaller.",
        "fault": "output_limit",
    },
    ImageTooLarge: {
        "detail": "The image has 10000 × 10000 pixels. At most 50000000 are allowed.",
        "limit": 50000000,
        "actual": 100000000,
    },
    Unavailable: {"detail": "DynamoDB cannot be reached. Try again."},
}

SCHEMA_REFERENCE: Final = "#/components/schemas/{model}"
"""The place of a model's schema in the document."""

Responses = dict[int | str, dict[str, Any]]


def refusals(*errors: type[DarkroomError]) -> Responses:
    """Return the error responses of a route that requires a caller: these errors, and those of all such routes."""
    return problems(MalformedRequest, Unauthenticated, Forbidden, *errors, RateLimited, Unavailable)


def problems(*errors: type[DarkroomError]) -> Responses:
    """Return the error responses of a route, with an example of each error."""
    responses: Responses = {}
    for error in errors:
        status = STATUSES[error.code]
        response = responses.setdefault(
            status,
            {
                "description": status.phrase,
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}},
            },
        )
        response["content"][MEDIA_TYPE]["examples"][error.code] = {
            "summary": (error.__doc__ or "").partition("\n")[0],
            "value": {
                "type": f"urn:darkroom:problem:{error.code}",
                "title": error.code.replace("_", " ").capitalize(),
                "status": int(status),
                "instance": "/uploads",
                "code": error.code,
                **_EXAMPLES[error],
            },
        }
        if error.retry_after_seconds is not None:
            response["headers"] = RETRY_AFTER
        if issubclass(error, RateLimited):
            response["headers"] = RETRY_AFTER | _RATE_LIMIT
    return responses


def _header(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "schema": schema}


RETRY_AFTER: Final = {"Retry-After": _header("Seconds to wait before the next request.", {"type": "integer"})}
_RATE_LIMIT: Final = {
    "RateLimit": _header("What is left of each limit, by draft-ietf-httpapi-ratelimit-headers.", {"type": "string"}),
    "RateLimit-Policy": _header("The limits.", {"type": "string"}),
}
SET_COOKIE: Final = {"Set-Cookie": _header("The session's cookie, or an empty one to clear it.", {"type": "string"})}
LOCATION: Final = {"Location": _header("The next address.", {"type": "string"})}
REPLAYED: Final = {
    "Idempotency-Replayed": _header(
        "`true` if an earlier request with the same Idempotency-Key made the job.",
        {"type": "string", "enum": ["true"]},
    )
}
RECEIVED: Final = "The job; only its id and status for a caller without the scope `read`"
ETAG: Final = {"ETag": _header("Changes if and only if the body changes.", {"type": "string"})}
STATUS_HEADERS: Final = ETAG | RETRY_AFTER
NOT_MODIFIED: Final[Responses] = {
    304: {"description": "The job has not changed since the ETag that the client sent", "headers": STATUS_HEADERS}
}
LIST_NOT_MODIFIED: Final[Responses] = {
    304: {"description": "The list has not changed since the ETag that the client sent", "headers": ETAG}
}


class DocumentedApi(FastAPI):
    """FastAPI with the errors that the service really sends in its document, instead of FastAPI's own 422."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        if self.openapi_schema is not None:
            return self.openapi_schema
        schema = super().openapi()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas["Problem"] = Problem.model_json_schema(ref_template=SCHEMA_REFERENCE)
        schemas |= schemas["Problem"].pop("$defs")
        for path in schema["paths"].values():
            for operation in path.values():
                _drop_default_422(operation["responses"])
                for body in operation.get("requestBody", {}).get("content", {}).values():
                    schemas |= body["schema"].pop("$defs", {})
        return schema


def _drop_default_422(responses: dict[str, Any]) -> None:
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
