"""OpenAPI descriptions of the bodies that FastAPI cannot describe: uploads and event streams."""

from typing import Any, Final

from darkroom.outbound_urls import MAX_CHARACTERS
from darkroom_upload.api.documentation import Responses
from darkroom_upload.api.import_request import IMPORT_BODY
from darkroom_upload.feed.follow_owner import Reason


def _event(name: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an event."""
    return {
        "type": "object",
        "required": ["event", "data"],
        "properties": {
            "id": {"type": "string", "description": "Send it as `Last-Event-ID` to resume the stream."},
            "event": {"const": name},
            "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": data},
            "retry": {"type": "integer", "description": "Milliseconds to wait before reconnecting."},
        },
    }


EVENT_STREAM: Final[Responses] = {
    200: {
        "description": "An event `status` for each state, with the job as `GET /status/{job_id}` shows it. If the job "
        "is deleted, an event `deleted` is the last one. Lines that begin with a colon only keep the connection open.",
        "content": {
            "text/event-stream": {
                # OpenAPI 3.2 describes streams so, and FastAPI its own ones.
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
    204: {"description": "The job has ended, and `Last-Event-ID` names its last state: no event will follow"},
}

_ID_ONLY: Final[dict[str, Any]] = {"type": "object", "properties": {"job_id": {"type": "string"}}}
_REASON: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"reason": {"enum": [reason.value for reason in Reason]}},
}
OWNER_EVENT_STREAM: Final[Responses] = {
    200: {
        "description": "Events `job`, `deleted` and `reset`. A block that has only an `id` keeps the connection open, "
        "and moves the position on.",
        "content": {
            "text/event-stream": {
                "itemSchema": {
                    "oneOf": [
                        _event("job", {"$ref": "#/components/schemas/JobSummaryBody"}),
                        _event("deleted", _ID_ONLY),
                        _event("reset", _REASON),
                    ]
                },
                "example": 'retry: 2000\n\nid: 1764504000120\nevent: reset\ndata: {"reason": "new_stream"}\n\n'
                'id: 1764504007340\nevent: job\ndata: {"job_id": "01a20225-…", "status": "queued", …}\n\n',
            }
        },
    },
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
    "description": "The URL that gets a signed webhook when the job ends.",
    "example": "https://example.com/darkroom",
}
_PUBLISH: Final = {
    "type": "boolean",
    "description": "Whether the results get public addresses. The default is the recipe's `publish`, then "
    "that of the API key.",
}
_KEEP_ORIGINAL: Final = {
    "type": "boolean",
    "description": "Whether the original is kept as long as the job. The default is the recipe's `keep_original`.",
}
_RAW_PARAMETERS: Final = [
    {"name": "recipe", "in": "query", "schema": _RECIPE, "description": "Only if the body is the image."},
    {
        "name": "filename",
        "in": "query",
        "schema": {"type": "string"},
        "description": "Only if the body is the image: the file's name.",
    },
    {"name": "callback_url", "in": "query", "schema": _CALLBACK_URL, "description": "Only if the body is the image."},
    {"name": "publish", "in": "query", "schema": _PUBLISH, "description": "Only if the body is the image."},
    {"name": "keep_original", "in": "query", "schema": _KEEP_ORIGINAL, "description": "Only if the body is the image."},
]
_FORM: Final = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "additionalProperties": False,
        "properties": {
            "file": {**BINARY, "description": "The image. Its content decides its format."},
            "recipe": _RECIPE,
            "callback_url": _CALLBACK_URL,
            "publish": _PUBLISH,
            "keep_original": _KEEP_ORIGINAL,
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
        "content": {
            "multipart/form-data": _FORM,
            "image/*": _RAW,
            "application/octet-stream": _RAW,
            **IMPORT_BODY,
        },
    },
}
