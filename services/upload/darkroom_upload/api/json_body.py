"""JSON bodies: read after the caller is known, limited in size, with a JSON pointer to each fault."""

from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from darkroom.errors import UnsupportedMediaType, UploadTooLarge
from darkroom_upload.api.documentation import SCHEMA_REFERENCE
from darkroom_upload.api.request_body import body_of

M = TypeVar("M", bound=BaseModel)


async def read_json(request: Request, kind: type[M], *, max_bytes: int, otherwise: M | None = None) -> M:
    """Return the body as a model, or `otherwise` for a request without a body.

    Raises RequestError, and RequestValidationError with JSON pointers into the document.
    """
    if otherwise is not None and not _has_body(request):
        return otherwise
    try:
        return kind.model_validate_json(await read_document(request, max_bytes=max_bytes))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError(faults) from error


async def read_document(request: Request, *, max_bytes: int) -> bytes:
    """Return the body of a request that is JSON by its type, unread. Raises RequestError."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedMediaType("Send the body as application/json.")
    return await _read(request, max_bytes)


def documented(kind: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """Return the part of a route's OpenAPI operation that describes such a body."""
    schema = kind.model_json_schema(ref_template=SCHEMA_REFERENCE)
    return {"requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}}


def _has_body(request: Request) -> bool:
    """Say whether the headers announce a body (RFC 9112, section 6)."""
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


async def _read(request: Request, max_bytes: int) -> bytes:
    def too_large(actual: int) -> UploadTooLarge:
        return UploadTooLarge(f"The document may have at most {max_bytes} bytes.", limit=max_bytes, actual=actual)

    return b"".join([chunk async for chunk in body_of(request, max_bytes=max_bytes, too_large=too_large)])
