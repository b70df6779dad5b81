"""`GET /jobs/{id}/markup`: the HTML with which a page shows the published results of a job."""

import re
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import HTMLResponse

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Conflict, MalformedRequest, NotFound
from darkroom_upload.api.accepted_types import prefers_json
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import refusals
from darkroom_upload.api.parameters import ONLY_DECLARED, JobId
from darkroom_upload.callers.caller import Caller
from darkroom_upload.markup.html import picture_html
from darkroom_upload.markup.make_markup import MakeMarkup
from darkroom_upload.markup.markup_body import MarkupBody

_LONGEST_TEXT: Final = 1000
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_WHOLE_WINDOW: Final = "100vw"

_Sizes = Annotated[
    str,
    Query(
        description="The width at which the page shows the image, as in the attribute `sizes`.",
        examples=["(min-width: 60em) 50vw, 100vw"],
        max_length=_LONGEST_TEXT,
    ),
]
_Alt = Annotated[str, Query(description="Text for people who do not see the image.", max_length=_LONGEST_TEXT)]
_Variants = Annotated[
    str | None,
    Query(description="Names of variants, with commas between them. The default is all.", max_length=4096),
]


def router(make_markup: MakeMarkup, access: Access) -> APIRouter:
    """Return the route."""
    reading = access.caller(Scope.READ)
    routes = APIRouter(prefix="/jobs", tags=["jobs"], dependencies=[reading, ONLY_DECLARED])

    @routes.get(
        "/{job_id}/markup",
        summary="Get the HTML that shows a published image",
        description="A `<picture>` with all formats and widths of one aspect ratio, from which browsers choose. With "
        "`Accept: application/json` the same as data. Variants on request are in it: they are made when a browser asks "
        "for them.",
        response_model=MarkupBody,
        responses={
            HTTPStatus.OK: {"description": "The markup", "content": {"text/html": {"schema": {"type": "string"}}}},
            **refusals(NotFound, Conflict),
        },
    )
    async def markup(
        job_id: JobId,
        reader: Annotated[Caller, reading],
        sizes: _Sizes = _WHOLE_WINDOW,
        alt: _Alt = "",
        variants: _Variants = None,
        accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    ) -> Response:
        if _CONTROL.search(sizes):
            raise MalformedRequest('The parameter "sizes" has a control character.')
        names = {name.strip() for name in variants.split(",")} if variants else None
        made = await make_markup(job_id, reader.owner, variants=names, sizes=sizes or _WHOLE_WINDOW, alt=alt)
        headers = {"Vary": "Accept"}
        if prefers_json(accept):
            body = MarkupBody.of(made).model_dump_json()
            return Response(body, media_type="application/json", headers=headers)
        return HTMLResponse(picture_html(made), headers=headers)

    return routes
