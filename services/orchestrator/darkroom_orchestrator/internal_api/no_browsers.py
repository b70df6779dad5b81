"""Refuses requests of web pages: the internal API has no authentication, and no page is its client.

A page that is open in a browser on the machine of `make run` can send requests to the ports of that machine. There are
two kinds:

- requests of another site (cross-site request forgery). Browsers mark them by `Origin` or `Sec-Fetch-Site`
  (https://fetch.spec.whatwg.org/#origin-header, https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header);
- requests to a host name that its owner points to this machine after the page was loaded (DNS rebinding). To the
  browser this is the page's own site, but `Host` has that name, which is a public one.
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
"""Domains that nobody can register: RFC 6761, section 6.3, and resolution 2024.07.29.06 of ICANN."""


class NoBrowsers:
    """ASGI middleware. Clients may use the host names in `names`, addresses and private names."""

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
            "The host name in the request is not allowed. Use an IP address, localhost, a name without dots, one below"
            " .internal, or one that DARKROOM_API_NAMES lists."
        )

    def _is_known(self, host: str) -> bool:
        """Whether it is an address, or a name that no stranger can point to this machine."""
        name = _without_port(host).lower().removesuffix(".")
        private = "." not in name or name.rpartition(".")[2] in _PRIVATE_DOMAINS
        return _is_address(name) or name in self._names or private


def _without_port(host: str) -> str:
    """Return the host of `host`, `host:port`, `[address]` or `[address]:port`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
