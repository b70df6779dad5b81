"""Follows all jobs of a caller: what has changed, for as long as the caller wants to know."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from darkroom_client.errors import DarkroomError, RateLimited, Unavailable, UnexpectedAnswer, Unreachable
from darkroom_client.event_stream import EventDecoder, ServerEvent
from darkroom_client.following import EVENT_STREAM, FIRST_RETRY_SECONDS, SILENCE_SECONDS
from darkroom_client.jobs import JobSummary
from darkroom_client.session import Session
from darkroom_client.transport import Request

_PATH: Final = "/events"


@dataclass(frozen=True, kw_only=True)
class JobChanged:
    """A job is new or has changed. It may be told twice; the later one counts."""

    job: JobSummary


@dataclass(frozen=True, kw_only=True)
class JobGone:
    """A job was deleted."""

    job_id: str


@dataclass(frozen=True, kw_only=True)
class LoadAgain:
    """Changes may have been missed: load your jobs again, and apply what follows. It also comes first."""

    reason: str


Change = JobChanged | JobGone | LoadAgain


class FollowingAll:
    """Follows all jobs, over as many streams as it takes."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._decoder = EventDecoder()
        self._troubles = 0

    async def changes(self) -> AsyncGenerator[Change, None]:
        """Yield changes without end. Raises what stays wrong after all tries, and what no further try can mend."""
        while True:
            try:
                async with aclosing(self._one_stream()) as changes:
                    async for change in changes:
                        yield change
            except (Unreachable, UnexpectedAnswer, RateLimited, Unavailable) as error:
                pause = self._next_pause(error)
                if pause is None:
                    raise
            else:
                pause = self._decoder.retry_seconds or FIRST_RETRY_SECONDS
            await self._session.sleep(pause)

    def _next_pause(self, error: DarkroomError) -> float | None:
        self._troubles += 1
        return self._session.retry_policy.pause(self._troubles, getattr(error, "retry_after", None))

    async def _one_stream(self) -> AsyncGenerator[Change, None]:
        self._decoder.begin()
        headers = {"Accept": EVENT_STREAM}
        if self._decoder.last_id:
            headers["Last-Event-ID"] = self._decoder.last_id
        request = Request(method="GET", target=_PATH, headers=headers, read_seconds=SILENCE_SECONDS)
        async with self._session.stream(request) as streamed:
            if not streamed.answer.headers.get("content-type", "").startswith(EVENT_STREAM):
                raise UnexpectedAnswer(streamed.answer.status_code, streamed.answer.reason_phrase)
            async for chunk in streamed.chunks:
                self._troubles = 0
                for event in self._decoder.feed(chunk):
                    if change := _change(event):
                        yield change


def _change(event: ServerEvent) -> Change | None:
    """Return what an event tells; None for an event of a newer service."""
    if event.kind == "job":
        return JobChanged(job=JobSummary.model_validate_json(event.data))
    if event.kind == "deleted":
        return JobGone(job_id=json.loads(event.data)["job_id"])
    return LoadAgain(reason=json.loads(event.data)["reason"]) if event.kind == "reset" else None
