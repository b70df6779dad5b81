"""`GET /jobs`: the list of a client's jobs."""

import re
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import AwareDatetime, TypeAdapter

from darkroom import clock
from darkroom.accounts.api_keys import Scope
from darkroom.errors import MalformedRequest
from darkroom.jobs import JobStatus
from darkroom_upload.admission import Admission
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import ETAG, LIST_NOT_MODIFIED, refusals
from darkroom_upload.api.parameters import require_known
from darkroom_upload.api.responses import revalidated_response
from darkroom_upload.callers.caller import Caller
from darkroom_upload.intake.fields import MAX_ENTRIES, MAX_KEY_CHARACTERS, MAX_VALUE_CHARACTERS
from darkroom_upload.jobs.cursor import read_cursor, write_cursor
from darkroom_upload.jobs.job_filter import JobFilter
from darkroom_upload.jobs.job_lists import JobLists
from darkroom_upload.jobs.job_summary import SUMMARY_ATTRIBUTES, TILE_ATTRIBUTES
from darkroom_upload.jobs.list_body import JobPage, ListView, list_items
from darkroom_upload.results.result_links import ResultLinks

DEFAULT_PAGE: Final = 20
LONGEST_PAGE: Final = 100

_METADATA: Final = "metadata."
_PARAMETERS: Final = (
    "status",
    "preset",
    "filename",
    "created_after",
    "created_before",
    "order",
    "view",
    "limit",
    "cursor",
)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
"""Begin of a moment. Without it, a number would count as seconds since 1970."""
_MOMENT: Final = TypeAdapter(AwareDatetime)
_LONGEST_NAME: Final = 128
_METADATA_PARAMETER: Final = {
    "name": f"{_METADATA}key",
    "in": "query",
    "required": False,
    "schema": {"type": "string", "maxLength": MAX_VALUE_CHARACTERS},
    "description": "Only jobs whose metadata has this value under this key, such as `metadata.album=summer`. Several "
    f"keys must all fit; at most {MAX_ENTRIES}.",
}


class Order(StrEnum):
    """Order of a list, by the time of creation."""

    NEWEST = "newest"
    OLDEST = "oldest"


def _known_parameters(request: Request) -> None:
    require_known(request, _PARAMETERS, repeatable={"status"}, prefix=_METADATA)


def _metadata(request: Request) -> dict[str, str]:
    """Read the parameters `metadata.<key>=<value>`. Raises MalformedRequest."""
    pairs = request.query_params.multi_items()
    wanted = {name.removeprefix(_METADATA): value for name, value in pairs if name.startswith(_METADATA)}
    if len(wanted) > MAX_ENTRIES:
        raise MalformedRequest(f"{len(wanted)} keys of metadata are asked for. At most {MAX_ENTRIES} are allowed.")
    for name, value in wanted.items():
        if not 1 <= len(name) <= MAX_KEY_CHARACTERS or len(value) > MAX_VALUE_CHARACTERS:
            raise MalformedRequest(
                f"A key of metadata has 1 to {MAX_KEY_CHARACTERS} characters and its value at most "
                f"{MAX_VALUE_CHARACTERS}."
            )
    return wanted


def _moment(text: str | None, name: str) -> str | None:
    """Read a date, which means 00:00 UTC, or a date with a time and a zone. Raises MalformedRequest."""
    if text is None:
        return None
    try:
        complete = f"{text}T00:00:00Z" if _DATE.fullmatch(text) else text
        return clock.iso(_MOMENT.validate_python(complete if _DATE.match(complete) else ""))
    except (ValueError, OverflowError) as error:
        raise MalformedRequest(
            f"`{name}` is not a moment. Send a date such as 2026-11-22, or a time with its zone such as "
            "2026-11-22T05:54:01Z."
        ) from error


def _filter(
    request: Request,
    status: Annotated[
        list[JobStatus] | None, Query(description="Only jobs of this status. Repeat it for several.")
    ] = None,
    preset: Annotated[
        str | None, Query(description="Only jobs of the preset of this name, or `custom`.", max_length=_LONGEST_NAME)
    ] = None,
    filename: Annotated[
        str | None, Query(description="Only jobs whose file name begins so.", max_length=_LONGEST_NAME)
    ] = None,
    created_after: Annotated[
        str | None, Query(description="Only jobs created then or later: a date (00:00 UTC) or a time with its zone.")
    ] = None,
    created_before: Annotated[
        str | None, Query(description="Only jobs created before: a date (00:00 UTC) or a time with its zone.")
    ] = None,
    order: Annotated[Order, Query(description="Which jobs come first, by the time of creation.")] = Order.NEWEST,
) -> JobFilter:
    return JobFilter(
        statuses=frozenset(status or ()),
        preset=preset,
        filename=filename,
        created_after=_moment(created_after, "created_after"),
        created_before=_moment(created_before, "created_before"),
        metadata=_metadata(request),
        newest_first=order is Order.NEWEST,
    )


def router(lists: JobLists, links: ResultLinks, slots: Admission, access: Access) -> APIRouter:
    """Return the route of the list."""
    reading = access.caller(Scope.READ)
    routes = APIRouter(prefix="/jobs", tags=["jobs"], dependencies=[reading, Depends(_known_parameters)])

    @routes.get(
        "",
        summary="List your jobs, newest first",
        description="Each job in short; `GET /status/{job_id}` shows the rest. One request looks at no more than "
        "1,000 jobs, so with filters a page may be short or empty. As long as there is a `next_cursor`, more jobs may "
        "follow.",
        response_model=JobPage,
        responses={200: {"headers": ETAG}, **LIST_NOT_MODIFIED, **refusals()},
        openapi_extra={"parameters": [_METADATA_PARAMETER]},
    )
    async def list_jobs(
        reader: Annotated[Caller, reading],
        filtered: Annotated[JobFilter, Depends(_filter)],
        view: Annotated[
            ListView,
            Query(description="`summary` has the thumbnail and the file's size, and neither recipe nor cost."),
        ] = ListView.STANDARD,
        limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE, description="Jobs a page.")] = DEFAULT_PAGE,
        cursor: Annotated[
            str | None,
            Query(description="`next_cursor` of the previous page. The filters must be the same.", max_length=512),
        ] = None,
        if_none_match: Annotated[
            str | None,
            Header(description="An ETag of an earlier answer. If nothing has changed since, the answer is 304."),
        ] = None,
    ) -> Response:
        after = read_cursor(cursor, filtered.fingerprint) if cursor else None
        with slots.slot(reader.owner):
            attributes = TILE_ATTRIBUTES if view is ListView.SUMMARY else SUMMARY_ATTRIBUTES
            page = await lists.page(reader.owner, filtered=filtered, after=after, limit=limit, attributes=attributes)
            items = await list_items(page.jobs, view, links)
        next_cursor = write_cursor(page.next, filtered.fingerprint) if page.next else None
        body = JobPage.model_construct(items=items, next_cursor=next_cursor)
        return revalidated_response(body.model_dump_json().encode(), if_none_match)

    return routes
