"""Refuses what a web page in a browser sends: the internal API asks nobody who they are, and no page is its client.

A page that somebody has open beside `make run` can send requests to ports of that machine. Two kinds are told apart:

- of another site (cross-site request forgery): browsers say so in `Origin` or `Sec-Fetch-Site`
  (https://fetch.spec.whatwg.org/#origin-header, https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header);
- of a name that its owner lets lead to this machine after the page was loaded (DNS rebinding): to the browser this is
  the page's own site, but `Host` has that name, which is a public one.
"""

from collections.abc import Collection
from ipaddress import ip_address
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from darkroom.errors import Forbidden
from darkroom.runtime.problems import deliberate

_PRIVATE_DOMAINS: Final = ("localhost", "internal")
"""Domains that nobody can register: RFC 6761, section 6.3, and ICANN's resolution 2024.07.29.06."""


class NoBrowsers:
    """ASGI middleware. `names` are host names that the API is reached by, beside addresses and private names."""

    def __init__(self, app: ASGIApp, names: Collection[str] = ()) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        refusal = self._refusal(Headers(scope=scope)) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            answer = await deliberate(Request(scope), refusal)
            await answer(scope, receive, send)

    def _refusal(self, headers: Headers) -> Forbidden | None:
        if "origin" in headers or headers.get("sec-fetch-site", "none") != "none":
            return Forbidden(
                "Requests from web pages are refused here. Use a client that is not a browser, such as curl."
            )
        hosts = headers.getlist("host")
        if all(self._is_known(host) for host in hosts):
            return None
        return Forbidden(
            "The host in the request is not known here. Use an IP address, localhost, a name without dots, one below"
            " .internal, or one that DARKROOM_API_NAMES lists."
        )

    def _is_known(self, host: str) -> bool:
        """Whether it is an address, or a name that no stranger can have given to this machine."""
        name = _without_port(host).lower().removesuffix(".")
        private = "." not in name or name.rpartition(".")[2] in _PRIVATE_DOMAINS
        return _is_address(name) or name in self._names or private


def _without_port(host: str) -> str:
    """The host of `host`, `host:port`, `[address]` or `[address]:port`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
