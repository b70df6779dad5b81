"""Event streams of jobs, as a client reads them."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
from httpx_sse import ServerSentEvent, aconnect_sse

Events = AsyncGenerator[ServerSentEvent, None]


@asynccontextmanager
async def open_events(client: httpx.AsyncClient, job_id: str, *, last_id: str | None = None) -> AsyncIterator[Events]:
    """The events that a job's stream has, for the length of a `with` block. They end with the stream."""
    headers = {"Last-Event-ID": last_id} if last_id else {}
    async with aconnect_sse(client, "GET", f"/jobs/{job_id}/events", headers=headers) as source:
        assert source.response.status_code == 200, source.response
        async with aclosing(_told(source.aiter_sse())) as events:
            yield events


async def told(client: httpx.AsyncClient, job_id: str, *, last_id: str | None = None) -> list[ServerSentEvent]:
    """All events of a stream, once it has ended."""
    async with open_events(client, job_id, last_id=last_id) as events:
        return [event async for event in events]


def statuses(events: list[ServerSentEvent]) -> list[str]:
    """What the events say of the job's status."""
    return [data(event)["status"] for event in events]


def data(event: ServerSentEvent) -> dict[str, Any]:
    """The job that an event shows."""
    shown: dict[str, Any] = event.json()
    return shown


async def _told(received: AsyncGenerator[ServerSentEvent, None]) -> Events:
    async with aclosing(received):
        async for event in received:
            # By the standard, what has no data (a comment, `retry` alone) is no event; httpx-sse shows it all the same.
            if event.data:
                yield event
