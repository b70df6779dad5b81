"""Public addresses: results of published jobs, for everybody. On AWS a CDN serves the same paths from the bucket."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Request, Response

from darkroom.errors import ImageNotMade, NotFound, OriginalGone, Unavailable
from darkroom.runtime import problems
from darkroom_upload.admission import Admission
from darkroom_upload.api import documentation
from darkroom_upload.api.byte_ranges import ByteRange, read_range
from darkroom_upload.api.documented_bodies import BINARY
from darkroom_upload.api.responses import matches
from darkroom_upload.api.streams import AdmittedStream
from darkroom_upload.on_request.public_variant import MakePublicVariant
from darkroom_upload.results.public_results import PublicCopy, PublicResults, read_address

_HEADERS: Final = {
    # The bytes at a public address never change as long as the job is published.
    "Cache-Control": "public, max-age=31536000, immutable",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    # An image that a browser shows as a page of its own runs nothing and loads nothing.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Accept-Ranges": "bytes",
}
_ANY_IMAGE: Final = "image/*"
_JobOfAddress = Annotated[str, Path(description="The job's id.")]
_FileName = Annotated[str, Path(description="The variant's name and the extension of its format.", examples=["a.webp"])]


def router(results: PublicResults, make_variant: MakePublicVariant, slots: Admission) -> APIRouter:
    """Return the route. It needs no key, and takes any query, as a CDN does."""
    routes = APIRouter(prefix="/public", tags=["public"])

    @routes.get(
        "/{job_id}/{filename}",
        summary="Get a published image",
        description="The address of a published result, without a key. It works as long as the job is published. "
        "Browsers and caches may keep the image for a year. A variant on request is made by the first request for it, "
        "HEAD included: the answer waits up to 10 seconds for it, and is 503 after that.",
        response_class=Response,
        responses=_RESPONSES,
    )
    async def public_result(
        request: Request,
        job_id: _JobOfAddress,
        filename: _FileName,
        if_none_match: Annotated[str | None, Header()] = None,
        wanted: Annotated[str | None, Header(alias="Range")] = None,
        if_range: Annotated[str | None, Header()] = None,
    ) -> Response:
        address = read_address(job_id, filename)
        if address is None:
            raise _nothing_there()
        copy = await results.find(address)
        if copy is None:
            await make_variant(address)
            copy = await results.find(address)
        if copy is None:
            raise _nothing_there()
        headers = {**_HEADERS, "ETag": copy.etag, "Content-Disposition": copy.disposition}
        if matches(if_none_match, copy.etag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        part = read_range(wanted, copy.size) if if_range in (None, copy.etag) else None
        if part and not part.is_satisfiable:
            return _unsatisfiable(request, copy)
        return _stream(results, copy, part, headers, slots, job_id)

    return routes


def _nothing_there() -> NotFound:
    return NotFound("There is no published result at this address.")


def _stream(
    results: PublicResults,
    copy: PublicCopy,
    part: ByteRange | None,
    headers: dict[str, str],
    slots: Admission,
    job_id: str,
) -> Response:
    """Answer with the whole copy or a part of it. Slots are shared out between jobs."""
    sent = part or ByteRange(start=0, end=copy.size)
    headers["Content-Length"] = str(sent.end - sent.start)
    if part:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{copy.size}"
    return AdmittedStream(
        results.pieces(copy, sent.start, sent.end),
        slots.slot(job_id),
        media_type=copy.media_type,
        headers=headers,
        status_code=HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK,
    )


def _unsatisfiable(request: Request, copy: PublicCopy) -> Response:
    detail = f"The image has {copy.size} bytes, and none of those that the Range asks for."
    answer = problems.problem(request, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "range_not_satisfiable", detail)
    answer.headers["Content-Range"] = f"bytes */{copy.size}"
    return answer


def _image(description: str) -> dict[str, Any]:
    return {"description": description, "content": {_ANY_IMAGE: {"schema": BINARY}}}


_RESPONSES: Final[documentation.Responses] = {
    HTTPStatus.OK: _image("The image"),
    HTTPStatus.PARTIAL_CONTENT: _image("The part of the image that the header `Range` asks for"),
    HTTPStatus.NOT_MODIFIED: {"description": "The client has this image already"},
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: {"description": "The image has none of the bytes asked for"},
    **documentation.problems(NotFound, OriginalGone, ImageNotMade, Unavailable),
}
