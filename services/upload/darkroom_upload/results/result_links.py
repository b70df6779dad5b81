"""Links to results: the link, the port that signs it, and the memory that signers share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import quote, urlencode

from darkroom.file_names import plain_name

LINK_SECONDS: Final = 60 * 60
_WINDOW_SECONDS: Final = 15 * 60
"""Length of the window in which a result keeps its URL, so that responses with it can be compared and cached."""
_KEPT: Final = 8192
"""Links in memory, up to 2 kB each."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """An object, the file name to give it, and whether to save or to show it."""

    key: str
    filename: str | None = None
    """None for an object that is shown in pages and never saved, such as a thumbnail. Its URL is shorter."""
    download: bool = False
    content_type: str | None = None
    """Media type that S3 shall answer with; None for that of the object."""
    version_id: str | None = None
    """None for the current version."""

    @property
    def path(self) -> str:
        """The URL's path and query below the bucket's root: the key, and the headers that S3 shall answer with."""
        query = {}
        if self.filename is not None:
            query["response-content-disposition"] = content_disposition(self.filename, download=self.download)
        if self.content_type:
            query["response-content-type"] = self.content_type
        if self.version_id:
            query["versionId"] = self.version_id
        path = quote(self.key, safe="/~")
        return f"{path}?{urlencode(query, quote_via=quote, safe='')}" if query else path


class ResultLinks(Protocol):
    """Signs links to results."""

    async def sign(self, link: Link) -> str:
        """Return a URL that is valid for 45 minutes, unless the signing credentials end earlier. Raises Unavailable."""

    def public(self, key: str) -> str:
        """Return the public address of a public copy."""


class LinkMemory:
    """The URLs of the present window of 15 minutes, so that each is seldom signed twice."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._signed: dict[tuple[Link, str | None], str] = {}
        self._window = 0

    async def recall(self, link: Link, sign: Callable[[Link, int], Awaitable[str]], *, signer: str | None) -> str:
        """Return the link's URL. `sign` makes it if it is not remembered; it expires at the given second."""
        window = int(self._now().timestamp()) // _WINDOW_SECONDS
        if window != self._window or len(self._signed) >= _KEPT:
            self._window, self._signed = window, {}
        # One lookup: a list has a hundred links, and hashing each takes longer than anything else here.
        url = self._signed.get((link, signer))
        if url is None:
            url = self._signed[link, signer] = await sign(link, window * _WINDOW_SECONDS + LINK_SECONDS)
        return url


def public_address(root: str, key: str) -> str:
    """Return the address of a public copy below this root. An empty root makes it a path."""
    return f"{root.rstrip('/')}/{quote(key, safe='/~')}"


def content_disposition(filename: str, *, download: bool) -> str:
    """Return the header that names a file: in ASCII, and also in full if the name is not ASCII (RFC 6266)."""
    plain = plain_name(filename)
    header = f'{"attachment" if download else "inline"}; filename="{plain}"'
    return header if plain == filename else f"{header}; filename*=UTF-8''{quote(filename, safe='')}"
