"""Takes in one upload, event by event: inspects the file while its bytes go to the store, and reads the fields."""

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
    """An object on its way into the store. It comes into being with `finish`, not before. All raise Unavailable."""

    async def write(self, data: bytes) -> None:
        """Take the next bytes; memory is bounded whatever their number."""

    async def finish(self) -> ObjectRef:
        """Make the object exist."""

    async def abort(self) -> None:
        """Leave nothing behind. Never raises."""


OpenFile = Callable[[str, ImageFormat, str | None], IncomingFile]
"""Opens the object for a file of that name (made harmless already), format and, if known by then, recipe's name."""


@dataclass(frozen=True, kw_only=True)
class Received:
    """A complete upload that is acceptable as far as can be seen without decoding it."""

    filename: str
    format: ImageFormat
    size: int
    """Bytes."""
    sha256: str
    chosen: ChosenRecipe
    metadata: Mapping[str, str]
    callback_url: str | None


class UploadReceiver:
    """Use as a context manager: without `store` nothing of the file stays.

    With `open_incoming=None` the file is looked at and not kept. `allow_http` is for callback URLs.
    """

    def __init__(self, *, presets: Presets, max_bytes: int, allow_http: bool, open_incoming: OpenFile | None) -> None:
        self._presets = presets
        self._allow_http = allow_http
        self._open_incoming = open_incoming
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

    async def take(self, event: FormEvent) -> None:
        """Take the next event. Raises RequestError as soon as the upload cannot be accepted any more."""
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

    def received(self) -> Received:
        """The whole upload, once every event was taken."""
        if self._filename is None:
            raise MalformedRequest('The form has no part "file".')
        return Received(
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
        """Give bytes to the store; those before the format was known are held back."""
        if self._open_incoming is None:
            return
        if self._incoming is None:
            self._held += data
            if self._filename is None or self._inspection.format is None:
                return
            recipe_name = self._chosen.name if self._chosen else None
            self._incoming = self._open_incoming(self._filename, self._inspection.format, recipe_name)
            data, self._held = bytes(self._held), bytearray()
        await self._incoming.write(data)
