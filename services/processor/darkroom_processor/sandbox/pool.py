"""The pool: keeps a template running, and gives each image to a child that serves its owner and nobody else.

    image ──► a free place ──► its child, if it serves this owner or nobody yet; else one that is forked
                           ├─► answer: the child idles for this owner's next image, or is worn out and ends
                           ├─► answer, but for variants over which the child met a bug: it ends
                           ├─► no answer in time: the child is killed, the image has failed (time_limit)
                           └─► the child died: one more try in a fresh child, then the image has failed

A child that dies takes no other image with it, since it has only one. When one crashes, another template takes over:
children of one template have the same layout in memory, which somebody may be finding out by crashes.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Final, Self

from darkroom.errors import ImageError, ProcessorCrash, Unavailable
from darkroom.runtime import tracing
from darkroom.runtime.logs import get_logger
from darkroom_processor.pipeline import Instructions
from darkroom_processor.sandbox.child_handle import ChildFailed, ChildHandle
from darkroom_processor.sandbox.execution import Execution
from darkroom_processor.sandbox.limits import Limits
from darkroom_processor.sandbox.template_handle import COMMAND, TemplateHandle, running_template

_LOG = get_logger(__name__)

_RESTART_SECONDS: Final = 1.0
"""Before the next attempt to start what could not be started."""


class Unsealed(ChildFailed):
    """A child cannot confine itself on this system, and must."""

    def __init__(self, lacking: tuple[str, ...]) -> None:
        super().__init__(f"this system does not offer {', '.join(lacking)}")
        self.lacking = lacking


class _Place:
    """Room for one child, which stays in it while it idles."""

    def __init__(self) -> None:
        self.child: ChildHandle | None = None
        self.launcher: TemplateHandle | None = None

    @property
    def vacant(self) -> bool:
        """Whether no child is lost by forking one into it."""
        return self.child is None or not self.child.fit

    def serves(self, owner: str) -> bool:
        """Whether its child can work on another image of this owner."""
        return self.child is not None and self.child.fit and self.child.owner == owner

    async def clear(self) -> None:
        """End the child, if there is one, and wait until it is gone."""
        if self.child and self.launcher:
            await self.launcher.buried(self.child)
        self.child = None


class ChildPool:
    """At most `size` children, from entering the context to leaving it; by then no `process` may be under way.

    Raises ChildFailed on entering when no child can be started, and Unsealed when `sealed_only` is set and a child
    cannot confine itself. `command` is for tests, whose children misbehave.
    """

    def __init__(
        self,
        size: int,
        *,
        limits: Limits = Limits(),
        command: Sequence[str] = COMMAND,
        sealed_only: bool = False,
    ) -> None:
        self._limits = limits
        self._command = command
        self._sealed_only = sealed_only
        self._places = tuple(_Place() for _ in range(size))
        self._free = list(self._places)
        """Those without an image, by when they had their last one."""
        self._turns = asyncio.Semaphore(size)
        self._launcher: TemplateHandle | None = None
        self._launched = asyncio.Condition()
        self._keeper: asyncio.Task[None] | None = None
        self._failing = False

    async def __aenter__(self) -> Self:
        """Start the template and see that a child of it confines itself."""
        first: asyncio.Future[ChildHandle] = asyncio.get_running_loop().create_future()
        self._keeper = asyncio.create_task(self._keep(first))
        try:
            child = await first
        except BaseException:
            await self._end()
            raise
        if child.lacking:
            _LOG.warning("sandbox_incomplete", lacking=child.lacking)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all children and wait until they are gone."""
        await self._end()

    async def process(self, data: bytes | bytearray, work: Instructions, *, owner: str) -> Execution:
        """Process one image in a child of its owner, as soon as there is a place.

        Never raises for the image's sake: what is wrong with it stands in the report. Cancelling kills the child.
        """
        for fresh in (False, True):
            try:
                report = await self._attempt(data, work, owner=owner, fresh=fresh)
            except ChildFailed as error:
                _LOG.warning("child_failed", detail=str(error), last_try=fresh)
            else:
                for bug in report.bugs:
                    _LOG.error("variant_crashed", detail=bug)
                return report
        return Execution(result=ProcessorCrash("The process that worked on the image died, twice."))

    async def check(self) -> None:
        """Raises Unavailable while children cannot be started."""
        if self._failing:
            raise Unavailable("The processes that work on images do not start.")

    async def _attempt(self, data: bytes | bytearray, work: Instructions, *, owner: str, fresh: bool) -> Execution:
        async with self._place(owner) as place:
            child = await self._child(place, owner, fresh=fresh)
            try:
                with tracing.span(
                    "sandbox", attributes={"source.bytes": len(data), "variants": len(work.variants)}
                ) as span:
                    report = await child.process(data, work, owner=owner)
                    span.set_attributes({"cpu_ms": report.cpu_ms, "peak_bytes": report.peak_bytes})
                    if isinstance(report.result, ImageError):
                        span.set_attribute("fault", report.result.code)
                    return report
            finally:
                if not child.fit or place.launcher is not self._launcher:
                    child.kill()

    @asynccontextmanager
    async def _place(self, owner: str) -> AsyncIterator[_Place]:
        """A place: that of the owner's last child, else one where none is lost, else that of the longest idle child."""
        async with self._turns:
            own = (place for place in reversed(self._free) if place.serves(owner))
            vacant = (place for place in self._free if place.vacant)
            place = next(own, None) or next(vacant, None) or self._free[0]
            self._free.remove(place)
            try:
                yield place
            finally:
                self._free.append(place)

    async def _child(self, place: _Place, owner: str, *, fresh: bool) -> ChildHandle:
        """The child in the place if it serves this owner and none that is `fresh` is wanted; else one that is forked.

        There is never a child more than there are places: the former is gone before the next is forked.
        """
        if place.child and place.serves(owner) and not fresh:
            return place.child
        await place.clear()
        while True:
            launcher = await self._running()
            try:
                place.launcher, place.child = launcher, await self._forked(launcher)
            except ChildFailed as error:
                if not launcher.ended:
                    await self._lament(error)
            else:
                self._failing = False
                return place.child

    async def _running(self) -> TemplateHandle:
        """The template, as soon as there is one."""
        async with self._launched:
            while self._launcher is None or self._launcher.ended:
                await self._launched.wait()
            return self._launcher

    async def _forked(self, launcher: TemplateHandle) -> ChildHandle:
        child = await launcher.child()
        if child.lacking and self._sealed_only:
            await launcher.buried(child)
            raise Unsealed(child.lacking)
        return child

    async def _keep(self, first: "asyncio.Future[ChildHandle]") -> None:
        """Keep a template running: when one is spent, start the next, while the former waits for its children."""
        async with asyncio.TaskGroup() as templates:
            while True:
                spent = asyncio.Event()
                templates.create_task(self._run_template(first, spent))
                await spent.wait()

    async def _run_template(self, first: "asyncio.Future[ChildHandle]", spent: asyncio.Event) -> None:
        try:
            async with running_template(self._command, self._limits) as launcher:
                trial = await self._forked(launcher)
                await launcher.buried(trial)
                await self._take_over(launcher)
                if not first.done():
                    first.set_result(trial)
                await launcher.spent.wait()
                spent.set()
                async with self._launched:
                    await self._launched.wait_for(lambda: self._launcher is not launcher)
                await launcher.childless()
        except (ChildFailed, OSError) as error:
            if not first.done():
                first.set_exception(error)
                return
            await self._lament(error)
            spent.set()

    async def _take_over(self, launcher: TemplateHandle) -> None:
        """Fork from this template from now on, and end the idle children of the former."""
        async with self._launched:
            self._launcher = launcher
            self._failing = False
            self._launched.notify_all()
        for place in self._free:
            if place.child:
                place.child.kill()

    async def _lament(self, error: Exception) -> None:
        self._failing = True
        _LOG.error("child_not_started", exc_info=error)
        await asyncio.sleep(_RESTART_SECONDS)

    async def _end(self) -> None:
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        for place in self._places:
            await place.clear()
