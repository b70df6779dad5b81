"""Reads the event streams of jobs as a client does."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
from httpx_sse import ServerSentEvent, aconnect_sse

Events = AsyncGenerator[ServerSentEvent, None]


@asynccontextmanager
async def open_events(client: httpx.AsyncClient, job_id: str, *, last_id: str | None = None) -> AsyncIterator[Events]:
    """Open the event stream of a job during a `with` block. The events end when the stream ends."""
    headers = {"Last-Event-ID": last_id} if last_id else {}
    async with aconnect_sse(client, "GET", f"/jobs/{job_id}/events", headers=headers) as source:
        assert source.response.status_code == 200, source.response
        async with aclosing(with_data(source.aiter_sse())) as events:
            yield events


async def read_events(client: httpx.AsyncClient, job_id: str, *, last_id: str | None = None) -> list[ServerSentEvent]:
    """Read a stream to its end, and return all events."""
    async with open_events(client, job_id, last_id=last_id) as events:
        return [event async for event in events]


def statuses(events: list[ServerSentEvent]) -> list[str]:
    """Return the job's status in each event."""
    return [data(event)["status"] for event in events]


def data(event: ServerSentEvent) -> dict[str, Any]:
    """Return the job in an event."""
    shown: dict[str, Any] = event.json()
    return shown


async def with_data(received: AsyncGenerator[ServerSentEvent, None]) -> Events:
    """Yield the events that have data."""
    async with aclosing(received):
        async for event in received:
            # httpx-sse also yields comments and `retry` fields. The standard says that they are not events.
            if event.data:
                yield event
