"""Links to results: what is linked to, the port that signs links, and the memory that signers share."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote

from darkroom.file_names import plain_name

LINK_SECONDS: Final = 60 * 60
_WINDOW_SECONDS: Final = 15 * 60
"""Within one of these the same result has the same link, so that what contains it can be compared and cached."""
_KEPT: Final = 8192
"""Links in memory, of up to 2 kB each."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """What to link to: an object, under which name, to show or to save."""

    key: str
    filename: str
    download: bool = False

    @property
    def path(self) -> str:
        """Below the bucket's root: the key, and the header that S3 is to answer with."""
        disposition = quote(content_disposition(self.filename, download=self.download), safe="")
        return f"{quote(self.key, safe='/~')}?response-content-disposition={disposition}"


class ResultLinks(Protocol):
    """Signs links to results."""

    async def sign(self, link: Link) -> str:
        """The URL, good for 45 minutes more unless what it was signed with ends before. Raises Unavailable."""


class LinkMemory:
    """The links of the running quarter of an hour, each signed once."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._signed: dict[tuple[Link, str | None], str] = {}
        self._window = 0

    async def recall(self, link: Link, sign: Callable[[Link, int], Awaitable[str]], *, signer: str | None) -> str:
        """The link's URL; `sign` makes it where `signer` has made none, good until the second that it is told."""
        window = int(self._clock()) // _WINDOW_SECONDS
        if window != self._window or len(self._signed) >= _KEPT:
            self._window, self._signed = window, {}
        if (link, signer) not in self._signed:
            self._signed[link, signer] = await sign(link, window * _WINDOW_SECONDS + LINK_SECONDS)
        return self._signed[link, signer]


def content_disposition(filename: str, *, download: bool) -> str:
    """The header that names a file, in ASCII and, where that is not the same, in full (RFC 6266)."""
    plain = plain_name(filename)
    header = f'{"attachment" if download else "inline"}; filename="{plain}"'
    return header if plain == filename else f"{header}; filename*=UTF-8''{quote(filename, safe='')}"
