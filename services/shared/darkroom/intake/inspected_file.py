"""A file that is checked while its bytes go to the store."""

from collections.abc import Callable
from typing import Protocol

from darkroom.formats import ImageFormat
from darkroom.intake.inspection import Inspection
from darkroom.jobs import ObjectRef


class IncomingFile(Protocol):
    """An object that is being written. It exists from `finish` on. All methods but `abort` raise Unavailable."""

    async def write(self, data: bytes) -> None:
        """Write the next bytes, within bounded memory."""

    async def finish(self) -> ObjectRef:
        """Make the object exist."""

    async def abort(self) -> None:
        """Discard what was written. Never raises."""


class InspectedFile:
    """Inspects a file and writes it to an object, which is opened as soon as the format is known.

    With `open_file=None` the file is checked but not kept. Unless `store` is called, `abort` must be.
    """

    def __init__(self, inspection: Inspection, open_file: Callable[[ImageFormat], IncomingFile] | None) -> None:
        self._inspection = inspection
        self._open_file = open_file
        self._held = bytearray()
        self._incoming: IncomingFile | None = None
        self._stored = False

    async def write(self, data: bytes) -> None:
        """Check and write the next bytes. Raises what `Inspection.see` raises, and Unavailable."""
        self._inspection.see(data)
        await self._pass_on(data)

    async def end(self) -> None:
        """End the checks after the last byte. Raises what `Inspection.end` raises, and Unavailable."""
        self._inspection.end()
        await self._pass_on(b"")

    async def store(self) -> ObjectRef:
        """Make the object exist, after `end`."""
        if self._incoming is None:
            raise RuntimeError("store() without a file")
        stored = await self._incoming.finish()
        self._stored = True
        return stored

    async def abort(self) -> None:
        """Discard what was written, unless it is stored."""
        if self._incoming is not None and not self._stored:
            await self._incoming.abort()

    async def _pass_on(self, data: bytes) -> None:
        """Give bytes to the store. Those that arrive before the format is known are held back."""
        if self._open_file is None:
            return
        if self._incoming is None:
            self._held += data
            if self._inspection.format is None:
                return
            self._incoming = self._open_file(self._inspection.format)
            data, self._held = bytes(self._held), bytearray()
        await self._incoming.write(data)
