"""`GET /jobs/{id}/events`: a job's states as Server-Sent Events.

The format is the HTML standard's (https://html.spec.whatwg.org/multipage/server-sent-events.html).

A client can resume a stream that ended before its job, at this process or another: it sends the id of the last event
that it got, and receives what has changed since. Browsers' `EventSource` does so by itself, and stops at a 204.
"""

import json
import random
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Request, Response
from sse_starlette import EventSourceResponse

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Forbidden, NotFound, Unauthenticated
from darkroom_upload.admission import Admission
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import refusals
from darkroom_upload.api.documented_bodies import EVENT_STREAM
from darkroom_upload.api.parameters import ONLY_DECLARED, JobId
from darkroom_upload.api.streams import AdmittedEvents
from darkroom_upload.callers.caller import Caller
from darkroom_upload.jobs.follow import Check, FollowJob, ReadState, Seen, State

KEEP_ALIVE_SECONDS: Final = 15
"""Seconds between comments that keep a silent stream open. Proxies end a silent connection; AWS does after 60 s."""
_RETRY_MS: Final = (1000, 3000)
"""The range of the reconnection time. A random time spreads the clients of a process that has stopped."""

_Fields = dict[str, Any]
"""One event: `id`, `event`, `data`, `retry`."""


def router(read_state: ReadState, follow: FollowJob, slots: Admission, access: Access) -> APIRouter:
    """Return the route."""
    reading = access.caller(Scope.READ)
    routes = APIRouter(prefix="/jobs", tags=["jobs"])

    @routes.get(
        "/{job_id}/events",
        summary="Follow a job's status",
        description="Server-Sent Events: the present state at once, then an event for each change, until the job ends. "
        "A stream may end earlier. Resume it with `Last-Event-ID`. If the API key is revoked or the session ends, the "
        "stream ends at the next event.",
        response_class=EventSourceResponse,
        dependencies=[reading, ONLY_DECLARED],
        responses={**EVENT_STREAM, **refusals(NotFound)},
    )
    async def events(
        request: Request,
        job_id: JobId,
        reader: Annotated[Caller, reading],
        last_event_id: Annotated[
            str | None, Header(description="The `id` of the last event that the client received.")
        ] = None,
    ) -> Response:
        state = await read_state(job_id, reader.owner)
        is_known = state.event_id == last_event_id
        if is_known and not state.is_open:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        check = partial(access.authenticate.recheck, request, reader, Scope.READ)
        content = _events(follow, state.seen, check, None if is_known else _status(state))
        return AdmittedEvents(content, slots.slot(reader.owner), ping_seconds=KEEP_ALIVE_SECONDS)

    return routes


async def _events(follow: FollowJob, seen: Seen, check: Check, first: _Fields | None) -> AsyncIterator[_Fields]:
    retry = {"retry": random.randint(*_RETRY_MS)}  # noqa: S311 - nobody gains by guessing it
    yield (first or {}) | retry
    first = None  # Free the memory: a stream may last for minutes, and there may be a thousand of them.
    try:
        async with aclosing(follow(seen, check)) as states:
            async for state in states:
                yield _status(state)
    except NotFound:
        yield {"event": "deleted", "data": json.dumps({"job_id": seen.job_id})}
    except (Unauthenticated, Forbidden):
        # The key was revoked, or the session ended. A client that reconnects gets that as an error.
        return


def _status(state: State) -> _Fields:
    return {"event": "status", "id": state.event_id, "data": state.body.model_dump_json()}
