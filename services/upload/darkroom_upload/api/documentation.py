"""How the API describes itself beyond what FastAPI finds out: problem documents, headers, bodies that stream."""

from typing import Any, Final

from fastapi import FastAPI
from pydantic import BaseModel, Field

from darkroom.callback_urls import MAX_CHARACTERS
from darkroom.errors import (
    Conflict,
    DarkroomError,
    Forbidden,
    IdempotencyMismatch,
    ImageTooLarge,
    InvalidRecipe,
    MalformedRequest,
    NotFound,
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
Send an image, get the pictures that a recipe makes of it.

`POST /uploads` takes the file and answers `202` with a job. `GET /status/{job_id}` tells how it stands and, once it is
`completed`, where the pictures are. Every request needs an API key in the header `x-api-key`, or the session of a user
who has logged in.

Errors are problem documents (RFC 9457) whose `code` is stable.
"""

TAGS: Final = [
    {"name": "uploads", "description": "Ways in for images."},
    {"name": "jobs", "description": "What became of them."},
    {"name": "recipes", "description": "What can be made of them."},
    {"name": "usage", "description": "What you may use, and what you have used."},
    {"name": "webhooks", "description": "What callback URLs are told, and how to know that it is true."},
    {"name": "sessions", "description": "Logging in from a browser, with a cookie in place of an API key."},
    {"name": "health", "description": "For load balancers and people on call."},
]


class FaultItem(BaseModel):
    """One fault among several."""

    pointer: str
    """Where, as a JSON pointer (RFC 6901)."""
    message: str


class Problem(BaseModel):
    """What went wrong, as in RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str = Field(description="The stable name of the error.")
    limit: int | None = Field(None, description="The most that is accepted, where the request went over it.")
    actual: int | None = Field(None, description="What the request had instead.")
    quota: str | None = Field(None, description="`jobs` or `bytes` of the day, or `stored_bytes`: which is used up.")
    used: int | None = Field(None, description="How much of it has been used.")
    scope: str | None = Field(None, description="The scope that was missing.")
    errors: list[FaultItem] | None = Field(None, description="Each fault, where there can be several.")


_EXAMPLES: Final[dict[type[DarkroomError], dict[str, Any]]] = {
    MalformedRequest: {
        "detail": 'The form has a field "recipes", which is unknown. Known are: callback_url, file, metadata, recipe.'
    },
    Unauthenticated: {"detail": "Send an API key in the header x-api-key, or log in."},
    Forbidden: {"detail": "This API key lacks the `upload` scope.", "scope": "upload"},
    NotFound: {"detail": "There is no such job."},
    Conflict: {"detail": "The job's status does not allow this now."},
    UnderWay: {"detail": "Another request with this Idempotency-Key is in progress. Send it again in a second."},
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
    UnsupportedMediaType: {"detail": "The file is no image of a format that is read here."},
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
    ImageTooLarge: {
        "detail": "The image has 10000 × 10000 pixels; at most 50000000 are processed.",
        "limit": 50000000,
        "actual": 100000000,
    },
    Unavailable: {"detail": "DynamoDB cannot be reached. Try again."},
}

SCHEMA_REFERENCE: Final = "#/components/schemas/{model}"
"""Where schemas find what they are made of."""

Responses = dict[int | str, dict[str, Any]]


def refusals(*errors: type[DarkroomError]) -> Responses:
    """The error responses of a route that asks who calls: these, and those that all such routes have."""
    return problems(MalformedRequest, Unauthenticated, Forbidden, *errors, RateLimited, Unavailable)


def problems(*errors: type[DarkroomError]) -> Responses:
    """The error responses of a route, with an example for each error."""
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


RETRY_AFTER: Final = {"Retry-After": _header("Seconds after which to ask again.", {"type": "integer"})}
_RATE_LIMIT: Final = {
    "RateLimit": _header("What is left of each limit, as in draft-ietf-httpapi-ratelimit-headers.", {"type": "string"}),
    "RateLimit-Policy": _header("The limits.", {"type": "string"}),
}
SET_COOKIE: Final = {"Set-Cookie": _header("The session's cookie; empty to forget it.", {"type": "string"})}
LOCATION: Final = {"Location": _header("Where to go on.", {"type": "string"})}
REPLAYED: Final = {
    "Idempotency-Replayed": _header(
        "`true` when an earlier request with the same Idempotency-Key made the job.",
        {"type": "string", "enum": ["true"]},
    )
}
RECEIVED: Final = "The job; for a caller without the scope `read` its id and status alone"
_ETAG: Final = {"ETag": _header("Changes with the body, and only with it.", {"type": "string"})}
STATUS_HEADERS: Final = _ETAG | RETRY_AFTER
NOT_MODIFIED: Final[Responses] = {304: {"description": "As in the ETag that the client has", "headers": STATUS_HEADERS}}


def _event(name: str, data: dict[str, Any]) -> dict[str, Any]:
    """One event of a stream."""
    return {
        "type": "object",
        "required": ["event", "data"],
        "properties": {
            "id": {"type": "string", "description": "To come again with, as `Last-Event-ID`."},
            "event": {"const": name},
            "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": data},
            "retry": {"type": "integer", "description": "Milliseconds after which to come again."},
        },
    }


EVENT_STREAM: Final[Responses] = {
    200: {
        "description": "An event `status` for each state, with the job as `GET /status/{job_id}` shows it. An event "
        "`deleted` is the last one when the job is gone. Lines that begin with a colon only keep the connection open.",
        "content": {
            "text/event-stream": {
                # As OpenAPI 3.2 describes streams, and as FastAPI does in its own.
                "itemSchema": {
                    "oneOf": [
                        _event("status", {"$ref": "#/components/schemas/JobBody"}),
                        _event("deleted", {"type": "object", "properties": {"job_id": {"type": "string"}}}),
                    ]
                },
                "example": 'id: 1-queued-6\nevent: status\ndata: {"job_id": "01a20225-…", "status": "queued", …}\n'
                "retry: 2000\n\n"
                'id: 1-completed-0\nevent: status\ndata: {"job_id": "01a20225-…", "status": "completed", …}\n\n',
            }
        },
    },
    204: {"description": "The job has ended, and `Last-Event-ID` is of that state: there is nothing to come"},
}

BINARY: Final = {"type": "string", "format": "binary"}
_RECIPE: Final = {
    "type": "string",
    "description": "A preset's name (see `GET /recipes`) or a recipe as JSON (see `GET /recipes/schema`).",
    "default": "web",
}
_CALLBACK_URL: Final = {
    "type": "string",
    "format": "uri",
    "maxLength": MAX_CHARACTERS,
    "description": "Where to POST the job's end, as a signed webhook.",
    "example": "https://example.com/darkroom",
}
_RAW_PARAMETERS: Final = [
    {"name": "recipe", "in": "query", "schema": _RECIPE, "description": "For a raw body only."},
    {
        "name": "filename",
        "in": "query",
        "schema": {"type": "string"},
        "description": "For a raw body only: what to call the file.",
    },
    {"name": "callback_url", "in": "query", "schema": _CALLBACK_URL, "description": "For a raw body only."},
]
_FORM: Final = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "additionalProperties": False,
        "properties": {
            "file": {**BINARY, "description": "The image. Its format is told by its content."},
            "recipe": _RECIPE,
            "callback_url": _CALLBACK_URL,
            "metadata": {
                "type": "string",
                "contentMediaType": "application/json",
                "description": "A JSON object of up to 16 texts of your own, which the job then shows.",
                "example": '{"album": "holidays"}',
            },
        },
    }
}
_RAW: Final = {"schema": BINARY}

RAW_UPLOAD: Final = {
    "parameters": _RAW_PARAMETERS,
    "requestBody": {"required": True, "content": {"image/*": _RAW, "application/octet-stream": _RAW}},
}
UPLOAD: Final = {
    "parameters": _RAW_PARAMETERS,
    "requestBody": {
        "required": True,
        "content": {"multipart/form-data": _FORM, "image/*": _RAW, "application/octet-stream": _RAW},
    },
}


class DocumentedApi(FastAPI):
    """FastAPI whose schema knows the errors as they are sent: no validation error is answered with its own 422."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
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
                _drop_foreign_422(operation["responses"])
                for body in operation.get("requestBody", {}).get("content", {}).values():
                    schemas |= body["schema"].pop("$defs", {})
        return schema


def _drop_foreign_422(responses: dict[str, Any]) -> None:
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
