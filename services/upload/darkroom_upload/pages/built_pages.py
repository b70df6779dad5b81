"""The files of the dashboard. They are read once, when the service starts: they are small, and belong together.

A request names a file by its path below `/app/`, and finds it among those that were read. No path leads to any other
file of the machine.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Final, Self

from darkroom_upload.middleware.content_codings import accepts

INDEX: Final = "index.html"
ASSETS: Final = "assets/"
"""Beginning of the paths of files whose names have a hash of their content."""

_CODINGS: Final[Mapping[str, str]] = MappingProxyType({"br": ".br", "gzip": ".gz"})
"""Endings of compressed copies beside a file, the one to prefer first."""
_PLAIN: Final = ""
_TOP_FILE: Final = re.compile(r"[^/]+\.[^/]+")
"""A path that names a file beside `index.html`. Paths of pages have no dot in their first part."""
_MEDIA_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".avif": "image/avif",
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".ico": "image/vnd.microsoft.icon",
        ".jpg": "image/jpeg",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".txt": "text/plain; charset=utf-8",
        ".webmanifest": "application/manifest+json",
        ".webp": "image/webp",
        ".woff2": "font/woff2",
    }
)


@dataclass(frozen=True, kw_only=True)
class PageFile:
    """A file, plain and compressed."""

    path: str
    """The path below `/app/`."""
    bodies: Mapping[str, bytes] = field(repr=False)
    """The content by its coding: `br`, `gzip`, or an empty text for the plain content."""
    digest: str
    """Beginning of the SHA-256 of the plain content, in hexadecimal."""

    @property
    def media_type(self) -> str:
        """The media type, by the file's ending."""
        return _MEDIA_TYPES.get(PurePosixPath(self.path).suffix, "application/octet-stream")

    @property
    def cache_control(self) -> str:
        """How long caches may keep the file: always if its name has a hash, otherwise they ask each time."""
        return "public, max-age=31536000, immutable" if self.path.startswith(ASSETS) else "no-cache"

    def coding_for(self, accept_encoding: str) -> str:
        """Return the best coding that there is and that the client accepts; an empty text for none."""
        found = (coding for coding in _CODINGS if coding in self.bodies and accepts(accept_encoding, coding))
        return next(found, _PLAIN)

    def etag(self, coding: str) -> str:
        """Return the ETag of the content in a coding.

        Its ending is not that of the middleware that compresses, which takes its own ending off.
        """
        return f'"{self.digest}{_CODINGS.get(coding, "")}"'


class BuiltPages:
    """The files of one build, or none if there is no build."""

    def __init__(self, files: Mapping[str, PageFile]) -> None:
        self._files = files

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read all files of a build. A folder without `index.html`, or no folder, is no build."""
        if not (folder / INDEX).is_file():
            return cls({})
        found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        copies = {f"{name}{suffix}" for name in found for suffix in _CODINGS.values()}
        return cls({name: _read(name, found) for name in found.keys() - copies})

    @property
    def is_built(self) -> bool:
        """Whether there is a build."""
        return INDEX in self._files

    @property
    def files(self) -> list[PageFile]:
        """All files, each after those that it may name: first those with a hash in their names, last the index."""
        return sorted(
            self._files.values(), key=lambda file: (file.path == INDEX, not file.path.startswith(ASSETS), file.path)
        )

    def find(self, path: str) -> PageFile | None:
        """Return the file of a path below `/app/`, or None if there is none.

        Paths that name no file are those of pages: `index.html` shows them. The distribution in front of an
        installation on AWS follows the same rule.
        """
        if any(part in {".", ".."} for part in path.split("/")) or "\\" in path or not path.isprintable():
            return None
        if path.startswith(ASSETS) or _TOP_FILE.fullmatch(path):
            return self._files.get(path)
        return self._files.get(INDEX)


def _read(name: str, found: Mapping[str, Path]) -> PageFile:
    plain = found[name].read_bytes()
    copies = {
        coding: found[f"{name}{suffix}"].read_bytes()
        for coding, suffix in _CODINGS.items()
        if f"{name}{suffix}" in found
    }
    return PageFile(path=name, bodies={_PLAIN: plain, **copies}, digest=hashlib.sha256(plain).hexdigest()[:32])
