"""Receives one upload, event by event: checks the file while its bytes go to the store, and reads the fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from darkroom.errors import MalformedRequest
from darkroom.file_names import display_name
from darkroom.formats import ImageFormat
from darkroom.jobs import ObjectRef
from darkroom.recipes import Presets
from darkroom_upload.intake.fields import ChosenRecipe, choose_recipe, read_callback, read_metadata
from darkroom_upload.intake.form import Field, FileData, FileEnded, FileStarted, FormEvent
from darkroom_upload.intake.inspection import Inspection


class IncomingFile(Protocol):
    """An object that is being written. It exists from `finish` on. All methods but `abort` raise Unavailable."""

    async def write(self, data: bytes) -> None:
        """Write the next bytes, within bounded memory."""

    async def finish(self) -> ObjectRef:
        """Make the object exist."""

    async def abort(self) -> None:
        """Discard what was written. Never raises."""


OpenFile = Callable[[str, ImageFormat, str | None], IncomingFile]
"""Opens the object for a file, by its sanitized name, its format and the recipe's name if that is known by then."""


@dataclass(frozen=True, kw_only=True)
class ReceivedUpload:
    """A complete upload that passed all checks but decoding."""

    filename: str
    format: ImageFormat
    size: int
    """Bytes."""
    sha256: str
    chosen: ChosenRecipe
    metadata: Mapping[str, str]
    callback_url: str | None


class UploadReceiver:
    """Receives an upload as a context manager. Unless `store` is called, nothing of the file stays.

    With `open_file=None` the file is checked but not kept. `allow_http` says whether callback URLs may use plain HTTP.
    """

    def __init__(self, *, presets: Presets, max_bytes: int, allow_http: bool, open_file: OpenFile | None) -> None:
        self._presets = presets
        self._allow_http = allow_http
        self._open_file = open_file
        self._inspection = Inspection(max_bytes=max_bytes)
        self._filename: str | None = None
        self._held = bytearray()
        self._incoming: IncomingFile | None = None
        self._stored = False
        self._chosen: ChosenRecipe | None = None
        self._metadata: Mapping[str, str] = {}
        self._callback_url: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._incoming is not None and not self._stored:
            await self._incoming.abort()

    async def handle(self, event: FormEvent) -> None:
        """Handle the next event. Raises RequestError as soon as the upload cannot be accepted."""
        match event:
            case FileStarted(filename):
                self._filename = display_name(filename or "")
            case FileData(data):
                self._inspection.see(data)
                await self._pass_on(data)
            case FileEnded():
                self._inspection.end()
                await self._pass_on(b"")
            case Field("recipe", value):
                self._chosen = choose_recipe(value, self._presets)
            case Field("metadata", value):
                self._metadata = read_metadata(value)
            case Field("callback_url", value):
                self._callback_url = read_callback(value, allow_http=self._allow_http)

    def received(self) -> ReceivedUpload:
        """Return the whole upload, after the last event."""
        if self._filename is None:
            raise MalformedRequest('The form has no part "file".')
        return ReceivedUpload(
            filename=self._filename,
            format=self._inspection.end(),
            size=self._inspection.size,
            sha256=self._inspection.sha256,
            chosen=self._chosen or choose_recipe("", self._presets),
            metadata=self._metadata,
            callback_url=self._callback_url,
        )

    async def store(self) -> ObjectRef:
        """Make the object exist."""
        if self._incoming is None:
            raise RuntimeError("store() without a file")
        stored = await self._incoming.finish()
        self._stored = True
        return stored

    async def _pass_on(self, data: bytes) -> None:
        """Give bytes to the store. Those that arrive before the format is known are held back."""
        if self._open_file is None:
            return
        if self._incoming is None:
            self._held += data
            if self._filename is None or self._inspection.format is None:
                return
            recipe_name = self._chosen.name if self._chosen else None
            self._incoming = self._open_file(self._filename, self._inspection.format, recipe_name)
            data, self._held = bytes(self._held), bytearray()
        await self._incoming.write(data)
