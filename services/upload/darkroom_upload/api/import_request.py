"""The JSON body of `POST /uploads`: an image that is fetched from a URL."""

from typing import Annotated, Any, Final

from fastapi import Request
from pydantic import Field, StringConstraints

from darkroom.outbound_urls import MAX_CHARACTERS, read_outbound_url
from darkroom_upload.api.job_request import JobRequest
from darkroom_upload.api.json_body import documented, read_json
from darkroom_upload.intake.import_url import WantedImport
from darkroom_upload.intake.options import Choose

_LONGEST_BODY_BYTES: Final = 256 * 1024


class ImportRequest(JobRequest):
    """An image that Darkroom fetches."""

    url: Annotated[str, Field(json_schema_extra={"format": "uri", "maxLength": MAX_CHARACTERS})]
    """Address of the image. Darkroom fetches it without credentials, and follows no redirects. It keeps the URL, which
    may have a token, only until the image is there; the job shows its host alone."""
    filename: Annotated[str, StringConstraints(max_length=1024)] = ""
    """The file's name. The default is the last part of the URL's path."""


IMPORT_BODY: Final[dict[str, Any]] = documented(ImportRequest)["requestBody"]["content"]
"""The media type and the schema, for OpenAPI."""


async def read_import(request: Request, choose: Choose, *, allow_http: bool) -> WantedImport:
    """Read and check the body. `choose` finds its recipe. `allow_http` says whether URLs may use plain HTTP.

    Raises RequestError, and RequestValidationError with JSON pointers into the document.
    """
    wanted = await read_json(request, ImportRequest, max_bytes=_LONGEST_BODY_BYTES)
    return WantedImport(
        url=read_outbound_url(wanted.url, field="url", allow_http=allow_http),
        text=wanted.url,
        filename=wanted.filename,
        options=await wanted.options(choose, allow_http=allow_http),
    )
