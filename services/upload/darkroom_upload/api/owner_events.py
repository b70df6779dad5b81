"""`GET /events`: what changes among all jobs of an owner, as Server-Sent Events.

An event has the state of one job, and its `id` names a moment. A client that resumes at any process gets what has
changed since that moment. A client that was away for too long is told to load its jobs again.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Final
from weakref import WeakValueDictionary

from fastapi import APIRouter, Header, Request, Response
from sse_starlette import EventSourceResponse

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Forbidden, Unauthenticated
from darkroom_upload.admission import Admission
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import refusals
from darkroom_upload.api.documented_bodies import OWNER_EVENT_STREAM
from darkroom_upload.api.parameters import ONLY_DECLARED
from darkroom_upload.api.streams import AdmittedEvents
from darkroom_upload.callers.authentication import Authenticate
from darkroom_upload.callers.caller import Caller
from darkroom_upload.expiring_cache import ExpiringCache
from darkroom_upload.feed.follow_owner import Batch, FollowOwner, Reason

_RETRY_MS: Final = (1000, 3000)
"""The range of the reconnection time. A random time spreads the clients of a process that has stopped."""
_CHECKED_SECONDS: Final = 1.0
"""How long the streams of one key or session share the answer that it is still valid."""
_NO_PING: Final = 0
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_ID: Final = 14
"""Digits of a moment in milliseconds, until the year 5138."""


def router(follow: FollowOwner, slots: Admission, access: Access) -> APIRouter:
    """Return the route."""
    reading = access.caller(Scope.READ)
    routes = APIRouter(tags=["jobs"])
    checks = _Checks(access.authenticate)

    @routes.get(
        "/events",
        summary="Follow all your jobs",
        description="Server-Sent Events: an event `job` within about a second of each change of a job, new jobs "
        "included, and an event `deleted` for each deletion. The first event is `reset`, unless `Last-Event-ID` names "
        "an event of the last five minutes: load your jobs then (`GET /jobs`), and apply the events that follow. An "
        "event may come twice; the later one counts. The stream ends after about five minutes: resume it with "
        "`Last-Event-ID`. If the API key is revoked or the session ends, the stream ends too.",
        response_class=EventSourceResponse,
        dependencies=[reading, ONLY_DECLARED],
        responses={**OWNER_EVENT_STREAM, **refusals()},
    )
    async def owner_events(
        request: Request,
        reader: Annotated[Caller, reading],
        last_event_id: Annotated[
            str | None, Header(description="The `id` of the last event that the client received.")
        ] = None,
    ) -> Response:
        reason = Reason.TOO_LONG_AGO if last_event_id else Reason.NEW_STREAM
        batches = follow(reader.owner, _position(last_event_id or ""), reason, partial(checks, request, reader))
        return AdmittedEvents(_encoded(batches), slots.slot(reader.owner), ping_seconds=_NO_PING)

    return routes


class _Checks:
    """Looks up again whether callers may still see their jobs, for all streams of a key or session together."""

    def __init__(self, authenticate: Authenticate) -> None:
        self._authenticate = authenticate
        self._checked = ExpiringCache[bool](_CHECKED_SECONDS)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, request: Request, reader: Caller) -> None:
        """Raise what `Authenticate.recheck` raises, unless the credential was found valid within the last second."""
        credential = reader.session.id if reader.session else reader.counted_as
        # All streams of an owner get an event at the same moment. One of them asks, and the others wait for the answer.
        async with self._locks.setdefault(credential, asyncio.Lock()):
            if not self._checked.get(credential):
                await self._authenticate.recheck(request, reader, Scope.READ)
                self._checked.put(credential, value=True)


async def _encoded(batches: AsyncGenerator[Batch, None]) -> AsyncIterator[bytes]:
    yield f"retry: {random.randint(*_RETRY_MS)}\n\n".encode()  # noqa: S311 - nobody gains by guessing it
    try:
        async with aclosing(batches):
            async for batch in batches:
                yield _text(batch).encode()
    except (Unauthenticated, Forbidden):
        # The key was revoked, or the session ended. A client that reconnects gets that as an error.
        return


def _text(batch: Batch) -> str:
    """Return a batch as a client receives it. Only its last event has the position, so that no event can be skipped."""
    events = [f"event: {event.kind}\ndata: {event.data}\n" for event in batch.events]
    return "\n".join([*events[:-1], f"id: {_event_id(batch.position)}\n{''.join(events[-1:])}\n"])


def _event_id(position: datetime) -> str:
    """Return a position as milliseconds since 1970, rounded down."""
    return str((position - _EPOCH) // timedelta(milliseconds=1))


def _position(event_id: str) -> datetime | None:
    """Return what `_event_id` has written, or None for any other text."""
    if not (event_id.isascii() and event_id.isdecimal() and len(event_id) <= _LONGEST_ID):
        return None
    return _EPOCH + timedelta(milliseconds=int(event_id))
