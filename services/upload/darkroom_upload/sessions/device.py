"""The browser and the address from which a user has logged in, so that people recognise their sessions."""

from dataclasses import dataclass
from typing import Final, Self

from fastapi import Request

from darkroom_upload.sessions.client_address import client_address

_FORWARDED: Final = "x-forwarded-for"
_LONGEST_BROWSER: Final = 200


@dataclass(frozen=True, kw_only=True)
class Device:
    """A browser and its address. A client can write anything into the browser's name."""

    browser: str
    """The header `User-Agent` in printable ASCII, cut at 200 characters; empty if there was none."""
    address: str
    """An IPv4 address, the network of an IPv6 address, or `unknown`."""

    @classmethod
    def of(cls, request: Request, *, proxies: int) -> Self:
        """Return the device of a request that has passed this many proxies of the installation."""
        peer = request.client.host if request.client else ""
        named = request.headers.get("user-agent", "")
        return cls(
            browser="".join(each for each in named if each.isascii() and each.isprintable())[:_LONGEST_BROWSER],
            address=client_address(peer, request.headers.getlist(_FORWARDED), proxies=proxies),
        )
