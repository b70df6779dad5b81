"""The pool: keeps a template running, and gives each image to a child that serves its owner and no other.

    image ──► an idle slot ──► its child, if it serves this owner; otherwise a new child is forked
                           ├─► answer: the child waits for this owner's next image, or ends because it is worn out
                           ├─► answer, but a variant met a bug: the child ends
                           ├─► no answer in time: the child is killed, and the image has failed (time_limit)
                           └─► the child died: a second try in a new child, then the image has failed

A child that dies takes no other image with it, since it has only one. When a child crashes, another template takes
over: all children of one template have the same memory layout, which an attacker may be learning by crashes.
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
"""Pause after a template or a child could not be started."""


class Unsealed(ChildFailed):
    """A child cannot confine itself completely on this system, but must."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(f"this system does not offer {', '.join(missing)}")
        self.missing = missing


class _Slot:
    """Space for one child, which stays in it while it is idle."""

    def __init__(self) -> None:
        self.child: ChildHandle | None = None
        self.template: TemplateHandle | None = None
        """The template that forked the child."""

    @property
    def is_free(self) -> bool:
        """Whether it holds no usable child."""
        return self.child is None or not self.child.is_usable

    def serves(self, owner: str) -> bool:
        """Return whether its child can be given another image of this owner."""
        return self.child is not None and self.child.is_usable and self.child.owner == owner

    async def end_child(self) -> None:
        """End the child, if there is one, and wait until it has ended."""
        if self.child and self.template:
            await self.template.end_child(self.child)
        self.child = None


class ChildPool:
    """A context manager that runs at most `size` children. Leave it only when no `process` call is active.

    Entering raises ChildFailed when no child can be started, and Unsealed when `sealed_only` is set and a child cannot
    confine itself completely. Tests replace `command` to start children that misbehave.
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
        self._slots = tuple(_Slot() for _ in range(size))
        self._idle_slots = list(self._slots)
        """Slots without an image; the one that has been idle longest comes first."""
        self._available = asyncio.Semaphore(size)
        self._template: TemplateHandle | None = None
        self._template_changed = asyncio.Condition()
        self._template_keeper: asyncio.Task[None] | None = None
        self._cannot_start = False

    async def __aenter__(self) -> Self:
        """Start the template, and check that one of its children can confine itself."""
        first: asyncio.Future[ChildHandle] = asyncio.get_running_loop().create_future()
        self._template_keeper = asyncio.create_task(self._keep_template(first))
        try:
            child = await first
        except BaseException:
            await self._end()
            raise
        if child.missing:
            _LOG.warning("sandbox_incomplete", missing=child.missing)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all children and wait until they have ended."""
        await self._end()

    async def process(self, data: bytes | bytearray, instructions: Instructions, *, owner: str) -> Execution:
        """Process one image in a child of its owner, as soon as a slot is idle.

        Raises nothing because of the image: its faults are in the returned execution. Cancelling kills the child.
        """
        for fresh in (False, True):
            try:
                execution = await self._attempt(data, instructions, owner=owner, fresh=fresh)
            except ChildFailed as error:
                _LOG.warning("child_failed", detail=str(error), last_try=fresh)
            else:
                for bug in execution.bugs:
                    _LOG.error("variant_crashed", detail=bug)
                return execution
        return Execution(result=ProcessorCrash("The process that worked on the image died twice."))

    async def check(self) -> None:
        """Raise Unavailable while children cannot be started."""
        if self._cannot_start:
            raise Unavailable("The processes that work on images do not start.")

    async def _attempt(
        self, data: bytes | bytearray, instructions: Instructions, *, owner: str, fresh: bool
    ) -> Execution:
        async with self._slot(owner) as slot:
            child = await self._child(slot, owner, fresh=fresh)
            try:
                with tracing.span(
                    "sandbox", attributes={"source.bytes": len(data), "variants": len(instructions.variants)}
                ) as span:
                    execution = await child.process(data, instructions, owner=owner)
                    span.set_attributes({"cpu_ms": execution.cpu_ms, "peak_bytes": execution.peak_bytes})
                    if isinstance(execution.result, ImageError):
                        span.set_attribute("fault", execution.result.code)
                    return execution
            finally:
                if not child.is_usable or slot.template is not self._template:
                    child.kill()

    @asynccontextmanager
    async def _slot(self, owner: str) -> AsyncIterator[_Slot]:
        """Take an idle slot: that of the owner's last child, otherwise a free one, otherwise the longest idle one."""
        async with self._available:
            own = (slot for slot in reversed(self._idle_slots) if slot.serves(owner))
            free = (slot for slot in self._idle_slots if slot.is_free)
            slot = next(own, None) or next(free, None) or self._idle_slots[0]
            self._idle_slots.remove(slot)
            try:
                yield slot
            finally:
                self._idle_slots.append(slot)

    async def _child(self, slot: _Slot, owner: str, *, fresh: bool) -> ChildHandle:
        """Return the child in the slot if it serves this owner, or fork one. `fresh` always forks.

        There are never more children than slots: the previous child has ended before the next is forked.
        """
        if slot.child and slot.serves(owner) and not fresh:
            return slot.child
        await slot.end_child()
        while True:
            template = await self._running_template()
            try:
                slot.template, slot.child = template, await self._forked_child(template)
            except ChildFailed as error:
                if not template.ended:
                    await self._pause_after_failed_start(error)
            else:
                self._cannot_start = False
                return slot.child

    async def _running_template(self) -> TemplateHandle:
        """Wait for a template, and return it."""
        async with self._template_changed:
            while self._template is None or self._template.ended:
                await self._template_changed.wait()
            return self._template

    async def _forked_child(self, template: TemplateHandle) -> ChildHandle:
        child = await template.fork_child()
        if child.missing and self._sealed_only:
            await template.end_child(child)
            raise Unsealed(child.missing)
        return child

    async def _keep_template(self, first: "asyncio.Future[ChildHandle]") -> None:
        """Keep a template running. Its replacement starts while it waits for its last children to end."""
        async with asyncio.TaskGroup() as templates:
            while True:
                must_be_replaced = asyncio.Event()
                templates.create_task(self._run_template(first, must_be_replaced))
                await must_be_replaced.wait()

    async def _run_template(self, first: "asyncio.Future[ChildHandle]", must_be_replaced: asyncio.Event) -> None:
        """Run one template until all its children have ended. `first` gets the pool's first child, or its error."""
        try:
            async with running_template(self._command, self._limits) as template:
                trial = await self._forked_child(template)
                await template.end_child(trial)
                await self._switch_to(template)
                if not first.done():
                    first.set_result(trial)
                await template.must_be_replaced.wait()
                must_be_replaced.set()
                async with self._template_changed:
                    await self._template_changed.wait_for(lambda: self._template is not template)
                await template.wait_for_children()
        except (ChildFailed, OSError) as error:
            if not first.done():
                first.set_exception(error)
                return
            await self._pause_after_failed_start(error)
            must_be_replaced.set()

    async def _switch_to(self, template: TemplateHandle) -> None:
        """Fork from this template from now on, and end the idle children of the previous one."""
        async with self._template_changed:
            self._template = template
            self._cannot_start = False
            self._template_changed.notify_all()
        for slot in self._idle_slots:
            if slot.child:
                slot.child.kill()

    async def _pause_after_failed_start(self, error: Exception) -> None:
        self._cannot_start = True
        _LOG.error("child_not_started", exc_info=error)
        await asyncio.sleep(_RESTART_SECONDS)

    async def _end(self) -> None:
        if self._template_keeper:
            self._template_keeper.cancel()
            await asyncio.gather(self._template_keeper, return_exceptions=True)
        for slot in self._slots:
            await slot.end_child()
