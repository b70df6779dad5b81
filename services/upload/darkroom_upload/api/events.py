"""`GET /jobs/{id}/events`: a job's states as Server-Sent Events.

The format is the HTML standard's (https://html.spec.whatwg.org/multipage/server-sent-events.html).

A stream that ends before its job has can be taken up again, by this process or another: the client shows the id of the
last event that it got, and is told what is news to it. Browsers' `EventSource` does so by itself, and stops at a 204.
"""

import json
import random
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Request, Response
from sse_starlette import EventSourceResponse

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Forbidden, NotFound, Unauthenticated
from darkroom_upload.admission import Admission
from darkroom_upload.api.documentation import EVENT_STREAM, refusals
from darkroom_upload.api.parameters import JobId, takes
from darkroom_upload.api.streams import AdmittedEvents
from darkroom_upload.callers.authentication import Authenticate, allowed
from darkroom_upload.callers.caller import Caller
from darkroom_upload.jobs.follow import Check, Follow, Seen, State

KEEP_ALIVE_SECONDS: Final = 15
"""Between comments that say nothing. Proxies on the way give a silent stream up; on AWS, after 60 s."""
_RETRY_MS: Final = (1000, 3000)
"""When to come again after a stream has ended: not all at once who followed at a process that stopped."""

_Fields = dict[str, Any]
"""One event: `id`, `event`, `data`, `retry`."""


def router(follow: Follow, places: Admission, authenticate: Authenticate) -> APIRouter:
    """The route."""
    reading = Depends(allowed(authenticate, Scope.READ))
    Reader = Annotated[Caller, reading]  # noqa: N806 - a type
    routes = APIRouter(prefix="/jobs", tags=["jobs"])

    @routes.get(
        "/{job_id}/events",
        summary="How a job stands, each time it changes",
        description="Server-Sent Events: the present state at once, then an event for each change, until the job has "
        "ended. A stream may end before; it is then taken up again with `Last-Event-ID`. It ends at the next event "
        "once the API key is revoked or the session over.",
        response_class=EventSourceResponse,
        dependencies=[reading, Depends(takes())],
        responses={**EVENT_STREAM, **refusals(NotFound)},
    )
    async def events(
        request: Request,
        job_id: JobId,
        reader: Reader,
        last_event_id: Annotated[
            str | None, Header(description="The `id` of the last event that the client has got.")
        ] = None,
    ) -> Response:
        state = await follow.state(job_id, reader.owner)
        is_known = state.version == last_event_id
        if is_known and not state.is_open:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        check = partial(authenticate.recheck, request, reader, Scope.READ)
        told = _events(follow, state.seen, check, None if is_known else _status(state))
        return AdmittedEvents(told, places.place(reader.owner), ping=KEEP_ALIVE_SECONDS, sep="\n")

    return routes


async def _events(follow: Follow, seen: Seen, check: Check, first: _Fields | None) -> AsyncIterator[_Fields]:
    retry = {"retry": random.randint(*_RETRY_MS)}  # noqa: S311 - nothing hangs on whether it can be guessed
    yield (first or {}) | retry
    first = None  # A stream may last for minutes, and there are a thousand of them.
    try:
        async with aclosing(follow.after(seen, check)) as later_ones:
            async for later in later_ones:
                yield _status(later)
    except NotFound:
        yield {"event": "deleted", "data": json.dumps({"job_id": seen.job_id})}
    except (Unauthenticated, Forbidden):
        # The key was revoked, or the session ended. A client that comes again is told so.
        return


def _status(state: State) -> _Fields:
    return {"event": "status", "id": state.version, "data": state.body.model_dump_json()}
