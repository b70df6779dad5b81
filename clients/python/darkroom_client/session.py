"""Sends requests to one service as one caller: adds the key, retries temporary errors, and raises permanent ones."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final, TypeVar

import httpx

from darkroom_client.errors import DarkroomError, Problem, UnexpectedAnswer, Unreachable
from darkroom_client.problems import error_of, retry_after
from darkroom_client.retry_policy import PASSING_STATUSES, RetryPolicy
from darkroom_client.transport import Request, Streamed, Transport

T = TypeVar("T")

_NOTHING_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Session:
    """Raises DarkroomError from all methods."""

    def __init__(self, transport: Transport, *, url: str, api_key: str | None, retry_policy: RetryPolicy) -> None:
        """Use the API below `url`. Raises ValueError for a URL that is not HTTP."""
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"The URL of the API begins with http:// or https://, not as {url!r} does.")
        self.retry_policy = retry_policy
        self._transport = transport
        self._url = url.rstrip("/")
        self._headers = {"x-api-key": api_key} if api_key else {}

    async def ask(self, request: Request) -> httpx.Response:
        """Return the answer of success, after as many tries as retry_policy allows."""
        tried = 0
        while True:
            tried += 1
            try:
                answer = await self._transport.send(self._addressed(request))
            except httpx.RequestError as error:
                pause = self.retry_policy.pause(tried, None) if _may_repeat(request, error) else None
                failure: DarkroomError = self._unreachable(error)
                failure.__cause__ = error
            else:
                if answer.is_success or (request.wants_redirect and answer.has_redirect_location):
                    return answer
                pause = self.retry_policy.pause(tried, retry_after(answer)) if _passes(request, answer) else None
                failure = error_of(answer)
            if pause is None or (request.file and not request.file.can_be_sent):
                raise failure
            await self.sleep(pause)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[Streamed]:
        """Return the answer of success as it comes. It is asked for once."""
        try:
            async with self._transport.stream(self._addressed(request)) as streamed:
                if not streamed.answer.is_success:
                    raise error_of(streamed.answer)
                yield streamed
        except httpx.RequestError as error:
            raise self._unreachable(error) from error

    async def sleep(self, seconds: float) -> None:
        """Pause."""
        await self._transport.sleep(seconds)

    async def run(self, work: Callable[[], T]) -> T:
        """Do work that blocks."""
        return await self._transport.run(work)

    def _addressed(self, request: Request) -> Request:
        """Add the key, but never for a URL of someone else."""
        if not request.target.startswith("/"):
            return request
        return replace(request, target=self._url + request.target, headers={**request.headers, **self._headers})

    @staticmethod
    def _unreachable(error: httpx.RequestError) -> Unreachable:
        # Not the whole URL: what a link is signed with is a secret.
        where = f"{error.request.url.scheme}://{error.request.url.netloc.decode()}"
        return Unreachable(f"{where} cannot be reached: {str(error) or type(error).__name__}")


def _may_repeat(request: Request, error: httpx.RequestError) -> bool:
    return request.repeatable or isinstance(error, _NOTHING_SENT)


def _passes(request: Request, answer: httpx.Response) -> bool:
    """Whether the same request can succeed later, and does no harm if this one has taken effect after all."""
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return True
    # A 5xx may have taken effect, so only repeatable requests are sent again. A 409 is, only if it has Retry-After.
    has_hope = answer.status_code in PASSING_STATUSES or (
        answer.status_code == httpx.codes.CONFLICT and retry_after(answer) is not None
    )
    return request.repeatable and has_hope


def is_passing(error: DarkroomError) -> bool:
    """Whether an error may be gone in a moment: no answer, or one that says so."""
    if isinstance(error, Problem | UnexpectedAnswer):
        return error.status in PASSING_STATUSES
    return isinstance(error, Unreachable)
