"""The pool: keeps a fixed number of children running and gives each image to one of them.

    image ──► an idle child ──► answer: the child is idle again, or worn out and replaced
                            ├─► answer, but for variants over which the child met a bug: it is replaced
                            ├─► no answer in time: the child is killed, the image has failed (time_limit)
                            └─► the child died: one more try in a fresh child, then the image has failed

A child that dies takes no other image with it, since it has only one.
"""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from darkroom import tracing
from darkroom.errors import ImageError, ProcessorCrash, Unavailable
from darkroom.logs import get_logger
from darkroom_processor.pipeline import Work
from darkroom_processor.sandbox.handle import COMMAND, Child, ChildFailed, started
from darkroom_processor.sandbox.limits import Limits
from darkroom_processor.sandbox.report import Report

_LOG = get_logger(__name__)

_RESTART_SECONDS: Final = 1.0
"""Before the next attempt to start a child after one that failed."""


class ChildPool:
    """So many children, from entering the context to leaving it; by then no `process` may be under way.

    Raises ChildFailed on entering when a child cannot be started. `command` is for tests, whose children misbehave.
    """

    def __init__(self, size: int, *, limits: Limits = Limits(), command: Sequence[str] = COMMAND) -> None:
        self._size = size
        self._limits = limits
        self._command = command
        self._idle: asyncio.LifoQueue[Child] = asyncio.LifoQueue()
        self._keepers: list[asyncio.Task[None]] = []
        self._failing = False

    async def __aenter__(self) -> Self:
        """Start all children and wait until they are ready."""
        loop = asyncio.get_running_loop()
        began: list[asyncio.Future[Child]] = [loop.create_future() for _ in range(self._size)]
        self._keepers = [asyncio.create_task(self._keep(first)) for first in began]
        try:
            children = await asyncio.gather(*began)
        except BaseException:
            await self._end()
            raise
        lacking = children[0].lacking
        if lacking:
            _LOG.warning("sandbox_incomplete", lacking=lacking)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all children and wait until they are gone."""
        await self._end()

    async def process(self, data: bytes | bytearray, work: Work) -> Report:
        """Process one image in a child, as soon as one is free.

        Never raises for the image's sake: what is wrong with it stands in the report. Cancelling kills the child.
        """
        for fresh in (False, True):
            try:
                report = await self._attempt(data, work, fresh=fresh)
            except ChildFailed as error:
                _LOG.warning("child_failed", detail=str(error), last_try=fresh)
            else:
                for bug in report.bugs:
                    _LOG.error("variant_crashed", detail=bug)
                return report
        return Report(result=ProcessorCrash("The process that worked on the image died, twice."))

    async def check(self) -> None:
        """Raises Unavailable while children cannot be started."""
        if self._failing:
            raise Unavailable("The processes that work on images do not start.")

    async def _attempt(self, data: bytes | bytearray, work: Work, *, fresh: bool) -> Report:
        child = await self._take(fresh=fresh)
        try:
            with tracing.span(
                "sandbox", attributes={"source.bytes": len(data), "variants": len(work.variants)}
            ) as span:
                report = await child.process(data, work)
                span.set_attributes({"cpu_ms": report.cpu_ms, "peak_bytes": report.peak_bytes})
                if isinstance(report.result, ImageError):
                    span.set_attribute("fault", report.result.code)
                return report
        finally:
            if child.fit:
                self._idle.put_nowait(child)
            else:
                child.kill()

    async def _take(self, *, fresh: bool) -> Child:
        """The child that worked last, since its memory is warm; or a fresh one, in which no image broke anything."""
        while True:
            child = await self._idle.get()
            if fresh and child.images:
                child.kill()
            if child.fit:
                return child

    async def _keep(self, first: "asyncio.Future[Child]") -> None:
        """Keep one child running: start it, offer it, wait for its end, start the next."""
        while True:
            try:
                async with started(self._command, self._limits) as child:
                    self._failing = False
                    self._idle.put_nowait(child)
                    if not first.done():
                        first.set_result(child)
                    await child.ended()
            except (ChildFailed, OSError) as error:
                if not first.done():
                    first.set_exception(error)
                    return
                self._failing = True
                _LOG.error("child_not_started", exc_info=error)
                await asyncio.sleep(_RESTART_SECONDS)

    async def _end(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
