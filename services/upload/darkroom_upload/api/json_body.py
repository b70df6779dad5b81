"""JSON bodies: read after the caller is known, bounded in size, and with every fault named by its place."""

from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from darkroom.errors import UnsupportedMediaType, UploadTooLarge
from darkroom_upload.api.body import body_of

M = TypeVar("M", bound=BaseModel)


async def read_json(request: Request, kind: type[M], *, max_bytes: int) -> M:
    """The body as a model. Raises RequestError, or RequestValidationError with JSON pointers into the document."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedMediaType("Send the body as application/json.")
    try:
        return kind.model_validate_json(await _read(request, max_bytes))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError(faults) from error


def documented(kind: type[BaseModel]) -> dict[str, Any]:
    """The same body for OpenAPI."""
    schema = kind.model_json_schema()
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


async def _read(request: Request, max_bytes: int) -> bytes:
    def too_large(actual: int) -> UploadTooLarge:
        return UploadTooLarge(f"The document may have at most {max_bytes} bytes.", limit=max_bytes, actual=actual)

    return b"".join([chunk async for chunk in body_of(request, max_bytes=max_bytes, too_large=too_large)])
