"""Follows a job to its end: by its event stream, and by asking for its status where streams do not get through."""

import math
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from darkroom_client.errors import JobDeleted, RateLimited, Unavailable, UnexpectedAnswer, Unreachable, WaitTimeout
from darkroom_client.event_stream import EventDecoder, ServerEvent
from darkroom_client.jobs import Job
from darkroom_client.session import Session
from darkroom_client.transport import Request

EVENT_STREAM: Final = "text/event-stream"
_LONGEST_WAIT_SECONDS: Final = 20
"""Longest time for which the service holds `GET /status/{id}?wait=`."""
SILENCE_SECONDS: Final = 45.0
"""A stream is dead after three comments, one every 15 s, have not come."""
_MARGIN_SECONDS: Final = 10.0
FIRST_RETRY_SECONDS: Final = 2.0
"""Pause after a stream that has not said when to come again."""
_TROUBLES: Final = 3
"""After this many streams in a row that break before their first event, the status is polled instead."""


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """The time at which waiting stops; None means never."""

    at: float | None

    @classmethod
    def within(cls, seconds: float | None) -> "Deadline":
        """Begin now."""
        return cls(at=None if seconds is None else time.monotonic() + seconds)

    def left(self) -> float:
        """Return the seconds that are left."""
        return float("inf") if self.at is None else self.at - time.monotonic()


class Following:
    """Follows one job."""

    def __init__(self, session: Session, job_id: str, deadline: Deadline) -> None:
        self._session = session
        self._job_id = job_id
        self._deadline = deadline
        self._decoder = EventDecoder()
        self._job: Job | None = None
        self._troubles = 0

    async def changes(self) -> AsyncGenerator[Job, None]:
        """Yield the job at once, and each time that it has changed. The last one has ended.

        Raises JobDeleted, WaitTimeout, and what stays wrong after all tries.
        """
        for states in (self._streamed, self._polled):
            async with aclosing(states()) as jobs:
                async for job in jobs:
                    # A stream that was taken up again, or the status after it, may tell what was told.
                    if job != self._job:
                        self._job = job
                        yield job
                    if not job.is_open:
                        return

    async def _streamed(self) -> AsyncGenerator[Job, None]:
        """Yield what event streams tell. Ends if they do not get through, or when too little time is left for one."""
        while self._troubles < _TROUBLES and self._deadline.left() > _LONGEST_WAIT_SECONDS:
            pause: float | None = self._decoder.retry_seconds or FIRST_RETRY_SECONDS
            try:
                async with aclosing(self._one_stream()) as jobs:
                    async for job in jobs:
                        yield job
            except (Unreachable, UnexpectedAnswer, RateLimited, Unavailable) as error:
                self._troubles += 1
                pause = self._session.retry_policy.pause(self._troubles, getattr(error, "retry_after", None))
            if pause is None or self._troubles >= _TROUBLES or pause > self._deadline.left():
                return
            await self._session.sleep(pause)

    async def _one_stream(self) -> AsyncGenerator[Job, None]:
        self._decoder.begin()
        headers = {"Accept": EVENT_STREAM}
        if self._decoder.last_id:
            headers["Last-Event-ID"] = self._decoder.last_id
        path = f"/jobs/{quote(self._job_id, safe='')}/events"
        request = Request(method="GET", target=path, headers=headers, read_seconds=SILENCE_SECONDS)
        async with self._session.stream(request) as streamed:
            if not streamed.answer.headers.get("content-type", "").startswith(EVENT_STREAM):
                self._troubles = _TROUBLES  # 204, since nothing more is to come, or a proxy: the status tells the rest.
                return
            async for chunk in streamed.chunks:
                self._troubles = 0
                for event in self._decoder.feed(chunk):
                    if job := self._told(event):
                        yield job
                if self._deadline.left() < _LONGEST_WAIT_SECONDS:
                    return

    def _told(self, event: ServerEvent) -> Job | None:
        if event.kind == "deleted":
            raise JobDeleted(self._job_id)
        return Job.model_validate_json(event.data) if event.kind == "status" else None

    async def _polled(self) -> AsyncGenerator[Job, None]:
        """Yield the job now, and after each long poll, which ends when the status changes or its time is over."""
        while True:
            job = await self._status()
            yield job
            if self._deadline.left() <= 0:
                raise WaitTimeout(self._job_id, job)

    async def _status(self) -> Job:
        left = max(0, min(_LONGEST_WAIT_SECONDS, self._deadline.left()))
        wait = math.ceil(left) if self._job else 0
        request = Request(
            method="GET",
            target=f"/status/{quote(self._job_id, safe='')}",
            params={"wait": wait},
            read_seconds=_LONGEST_WAIT_SECONDS + _MARGIN_SECONDS,
            repeatable=True,
        )
        return Job.model_validate_json((await self._session.ask(request)).content)
