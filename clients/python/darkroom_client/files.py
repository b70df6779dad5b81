"""Files on their way to the service."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, cast

File = str | os.PathLike[str] | bytes | BinaryIO
"""A path, the bytes themselves, or an open binary file."""
Progress = Callable[[int, int | None], None]
"""Called with the bytes sent so far, and with all there are, if that is known. A new try begins at 0."""

_UNNAMED: Final = "image"


class Sending(io.BufferedIOBase):
    """A file that is sent from where it stands, and sent again if it can be rewound.

    For httpx it is a file that begins where the given one stood. `close` closes only what was opened here.
    """

    def __init__(self, file: File, *, filename: str | None = None, progress: Progress | None = None) -> None:
        """Open the file. Raises OSError."""
        self._is_mine = False  # Python closes this object even if nothing could be opened.
        self._file, self._is_mine = _opened(file)
        self.filename = filename or _name(file)
        self._progress = progress
        self._can_rewind = self._file.seekable()
        self._start = self._file.tell() if self._can_rewind else 0
        self.size = self.seek(0, io.SEEK_END) if self._can_rewind else None
        """Bytes; None if the file cannot tell."""
        self._taken = 0

    @property
    def can_be_sent(self) -> bool:
        """Whether all of the file can be sent now."""
        return self._can_rewind or self._taken == 0

    def part(self) -> tuple[str, BinaryIO]:
        """Return name and content for a new try, which begins at the start."""
        if self._can_rewind:
            self.seek(0)
        self._taken = 0
        return self.filename, cast("BinaryIO", self)

    def tell_progress(self) -> None:
        """Say how many bytes were sent."""
        if self._progress:
            self._progress(self._taken, self.size)

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes."""
        data = self._file.read(-1 if size is None else size)
        self._taken += len(data)
        return data

    def seekable(self) -> bool:
        """Return whether the file can be rewound."""
        return self._can_rewind

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place, counted from where the file stood. Raises io.UnsupportedOperation for a pipe."""
        if not self._can_rewind:
            raise io.UnsupportedOperation("seek")
        return self._file.seek(offset + (self._start if whence == io.SEEK_SET else 0), whence) - self._start

    def tell(self) -> int:
        """Return the place, counted likewise."""
        return self.seek(0, io.SEEK_CUR)

    def close(self) -> None:
        """Close the file if it was opened here."""
        if self._is_mine:
            self._file.close()
        super().close()


def _opened(file: File) -> tuple[BinaryIO, bool]:
    """Return an open file, and whether it has to be closed here."""
    if isinstance(file, bytes):
        return io.BytesIO(file), True
    if isinstance(file, str | os.PathLike):
        return Path(file).open("rb"), True
    return file, False


def _name(file: File) -> str:
    """Return the name of a file without its folders."""
    given = file if isinstance(file, str | os.PathLike) else getattr(file, "name", None)
    return Path(given).name if isinstance(given, str | os.PathLike) else _UNNAMED
