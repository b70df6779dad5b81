"""Receives one upload, event by event: checks the file while its bytes go to the store, and reads the fields."""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from darkroom.errors import MalformedRequest
from darkroom.file_names import display_name
from darkroom.formats import ImageFormat
from darkroom.intake.inspected_file import IncomingFile, InspectedFile
from darkroom.intake.inspection import Inspection
from darkroom.jobs import ObjectRef
from darkroom_upload.intake.form import Field, FileData, FileEnded, FileStarted, FormEvent
from darkroom_upload.intake.options import Choose, JobOptions, OptionsReader

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
    options: JobOptions


class UploadReceiver:
    """Receives an upload as a context manager. Unless `store` is called, nothing of the file stays.

    With `open_file=None` the file is checked but not kept. `allow_http` says whether callback URLs may use plain HTTP.
    """

    def __init__(self, *, choose: Choose, max_bytes: int, allow_http: bool, open_file: OpenFile | None) -> None:
        self._options = OptionsReader(choose=choose, allow_http=allow_http)
        self._inspection = Inspection(max_bytes=max_bytes)
        self._filename: str | None = None

        self._file = InspectedFile(self._inspection, self._opener(open_file) if open_file else None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._file.abort()

    async def handle(self, event: FormEvent) -> None:
        """Handle the next event. Raises RequestError as soon as the upload cannot be accepted."""
        match event:
            case FileStarted(filename):
                self._filename = display_name(filename or "")
            case FileData(data):
                await self._file.write(data)
            case FileEnded():
                await self._file.end()
            case Field(name, value):
                await self._options.read(name, value)

    async def received(self) -> ReceivedUpload:
        """Return the whole upload, after the last event."""
        if self._filename is None:
            raise MalformedRequest('The form has no part "file".')
        return ReceivedUpload(
            filename=self._filename,
            format=self._inspection.end(),
            size=self._inspection.size,
            sha256=self._inspection.sha256,
            options=await self._options.options(),
        )

    async def store(self) -> ObjectRef:
        """Make the object exist."""
        return await self._file.store()

    def _opener(self, open_file: OpenFile) -> Callable[[ImageFormat], IncomingFile]:
        return lambda image_format: open_file(self._filename or "", image_format, self._options.recipe_name)
