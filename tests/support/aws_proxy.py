"""A proxy in front of the emulator. It records each call to AWS, and a test can hold, cut or change a call in it.

If a call is cut, the connection of its client breaks. The test decides whether the call takes effect before that.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, TypeVar

import aiohttp
from aiohttp import web
from yarl import URL

from darkroom_local.ports import LOOPBACK
from tests.support.aws_calls import Call, read_call

_LOG = logging.getLogger(__name__)
# Tests kill clients while they wait for responses, so a broken connection is not worth a log line.
_LOG.addFilter(lambda record: not (record.exc_info and isinstance(record.exc_info[1], ConnectionError)))

_LARGEST_BODY_BYTES: Final = 256 * 1024 * 1024
_BETWEEN_TWO: Final = frozenset(
    {"connection", "content-length", "date", "expect", "host", "server", "transfer-encoding"}
)
"""Headers about one connection, and those that each sender sets itself."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response of AWS."""

    status: int
    headers: Mapping[str, str]
    body: bytes


T = TypeVar("T")
Forward = Callable[[Call], Awaitable[Answer]]
"""Sends a call to AWS and returns the response."""


class Interception(Protocol):
    """Handles some of the calls between clients and AWS."""

    def wants(self, call: Call) -> bool:
        """Whether `meet` should handle a call."""

    async def meet(self, call: Call, forward: Forward) -> Answer | None:
        """Return the response for the client. None breaks the connection."""


class Moment(StrEnum):
    """The moment at which a call is held."""

    BEFORE = "before"
    """The call has not taken effect."""
    UNANSWERED = "unanswered"
    """The call has taken effect, and its client has no response yet."""


class Trap:
    """Holds one call until `let_go` lets it continue, or `cut` breaks its connection."""

    def __init__(self, name: str, *, occurrence: int, moment: Moment) -> None:
        self.sprung = asyncio.Event()
        self.met = asyncio.Event()
        """Set once a call of the name has begun, though it may not be the one to hold."""
        self._name = name
        self._moment = moment
        self._left = occurrence
        self._released = asyncio.Event()
        self._breaks = True

    def let_go(self) -> None:
        """Let the call continue."""
        self._breaks = False
        self._released.set()

    def cut(self) -> None:
        """Break the call's connection."""
        self._released.set()

    def wants(self, call: Call) -> bool:
        """See Interception."""
        return call.name == self._name and not self.sprung.is_set()

    async def meet(self, call: Call, forward: Forward) -> Answer | None:
        """See Interception. Receives that return no message are not counted."""
        self.met.set()
        answer = None if self._moment is Moment.BEFORE else await forward(call)
        if answer is not None and brings_nothing(call, answer):
            return answer
        self._left -= 1
        if self._left or self.sprung.is_set():
            return answer or await forward(call)
        self.sprung.set()
        await self._released.wait()
        return None if self._breaks else answer or await forward(call)


class AwsProxy:
    """The connection of one client to AWS. `calls` are the calls that have got a response, in order."""

    def __init__(
        self, session: aiohttp.ClientSession, upstream: str, upstream_of_heads: str, calls_kept: int | None
    ) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self.asked: list[tuple[float, str]] = []
        """(time, name) of all calls, readiness checks and empty receives included. Times are of the event loop."""
        self.receipts: list[tuple[float, str]] = []
        """(time of the response, name) of the receives that returned messages."""
        self._session = session
        self._upstream = upstream
        self._upstream_of_heads = upstream_of_heads
        self._calls_kept = calls_kept
        self._interceptions: list[Interception] = []

    @property
    def work_asked(self) -> int:
        """Number of calls so far, without receives and without queries of the index of open jobs."""
        return sum(not name.startswith(("ReceiveMessage", "Query")) for _, name in self.asked)

    @contextmanager
    def intercepted(self, interception: Interception) -> Iterator[None]:
        """Pass the calls that `interception` wants to it during a `with` block."""
        self._interceptions.append(interception)
        try:
            yield
        finally:
            self._interceptions.remove(interception)

    @contextmanager
    def trap(self, name: str, *, occurrence: int = 1, moment: Moment) -> Iterator[Trap]:
        """Hold a call of this name during a `with` block: the first one, or the one with this number from 1."""
        trap = Trap(name, occurrence=occurrence, moment=moment)
        with self.intercepted(trap):
            try:
                yield trap
            finally:
                trap.cut()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Handle a request: pass it to AWS, or to an interception that wants it."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            body = await request.read()
        except ConnectionError:  # The client was killed while it sent.
            return web.Response()
        call = read_call(request.method, request.raw_path, headers, body)
        self._keep(self.asked, (asyncio.get_running_loop().time(), call.name))
        interception = next((one for one in self._interceptions if one.wants(call)), None)
        try:
            answer = await (interception.meet(call, self._forward) if interception else self._forward(call))
        except aiohttp.ClientError:  # The emulator is stopping.
            answer = None
        if answer is None:
            if request.transport:
                request.transport.abort()
            return web.Response()
        self._note(call, answer)
        return _response(call, answer)

    def _note(self, call: Call, answer: Answer) -> None:
        if call.is_check or brings_nothing(call, answer):
            return
        self._keep(self.calls, call)
        if call.operation == "ReceiveMessage":
            self._keep(self.receipts, (asyncio.get_running_loop().time(), call.name))

    def _keep(self, entries: list[T], entry: T) -> None:
        entries.append(entry)
        if self._calls_kept is not None:
            del entries[: -self._calls_kept]

    async def _forward(self, call: Call) -> Answer:
        headers = {name: value for name, value in call.headers.items() if name not in _BETWEEN_TWO}
        upstream = self._upstream_of_heads if call.method == "HEAD" else self._upstream
        async with self._session.request(
            call.method, URL(upstream + call.target, encoded=True), headers=headers, data=call.body
        ) as answer:
            return Answer(status=answer.status, headers=answer.headers, body=await answer.read())


def brings_nothing(call: Call, answer: Answer) -> bool:
    """Whether a call was a receive without messages or a query without items."""
    return (call.operation == "ReceiveMessage" and b'"Messages"' not in answer.body) or (
        call.operation == "Query" and b'"Items": []' in answer.body.replace(b'":[', b'": [')
    )


def _response(call: Call, answer: Answer) -> web.Response:
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in _BETWEEN_TWO}
    if call.method == "HEAD" and "Content-Length" in answer.headers:
        headers["Content-Length"] = answer.headers["Content-Length"]
    return web.Response(status=answer.status, headers=headers, body=answer.body)


@asynccontextmanager
async def running_proxy(
    upstream: str, *, upstream_of_heads: str | None = None, calls_kept: int | None = None
) -> AsyncIterator[AwsProxy]:
    """Run a proxy on a free port during a `with` block.

    HEAD requests go to `upstream_of_heads`, because another proxy at `upstream` may lose the Content-Length of a
    response without body. The proxy keeps the last `calls_kept` calls, bodies included; by default all.
    """
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False) as session:
        proxy = AwsProxy(session, upstream, upstream_of_heads or upstream, calls_kept)
        app = web.Application(client_max_size=_LARGEST_BODY_BYTES)
        app.router.add_route("*", "/{path:.*}", proxy.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, logger=_LOG)
        await runner.setup()
        site = web.TCPSite(runner, LOOPBACK, 0)
        await site.start()
        proxy.url = f"http://{LOOPBACK}:{runner.addresses[0][1]}"
        try:
            yield proxy
        finally:
            await runner.cleanup()
