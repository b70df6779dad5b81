"""Validation of callback URLs, without looking up their host.

The upload service validates them so that a client learns of a fault at once. The orchestrator validates them again with
the same parser that connects. The address of the host is checked only when the connection is made.
"""

import re
from ipaddress import ip_address
from typing import Final

from yarl import URL

from darkroom.errors import MalformedRequest

MAX_CHARACTERS: Final = 2048
_WELL_KNOWN_PORTS: Final = 1024
"""Ports below this belong to other protocols, such as mail and DNS, whose servers could accept parts of a request."""
_WEB_PORTS: Final = frozenset({80, 443})

_USER_INFO: Final = re.compile(r"[^/?#]*//[^/?#]*@")
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"(?=.{{1,254}}$)(?:{_LABEL}\.)*{_LABEL}\.?")
"""A host name (RFC 1123, section 2.1) after IDNA. Underscores are allowed, since DNS allows them and some names have
them."""
_NUMBER: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")
"""A name whose last label is a number, which C libraries read as an IPv4 address: 2130706433, 0x7f.1, 0177.0.0.1."""


def read_callback_url(text: str, *, allow_http: bool) -> URL:
    """Return the URL of a callback. Raises MalformedRequest, which says what is wrong."""
    if len(text) > MAX_CHARACTERS:
        raise _refused(f"may have at most {MAX_CHARACTERS} characters")
    if not text.isprintable() or " " in text or "\\" in text:
        raise _refused("must not contain spaces, backslashes or control characters")
    try:
        url = URL(text)
        host, port = url.host, url.port
    except ValueError as error:
        raise _refused("is not a URL") from error
    schemes = {"https", "http"} if allow_http else {"https"}
    if url.scheme not in schemes:
        raise _refused(f"must begin with {' or '.join(f'{scheme}://' for scheme in sorted(schemes, reverse=True))}")
    if not host or not _is_host(url.raw_host or ""):
        raise _refused("must have a host name or an IP address")
    if _USER_INFO.match(text):
        raise _refused("must not contain a user name or a password")
    if "#" in text:
        raise _refused("must not contain a fragment")
    if port is None or (port < _WELL_KNOWN_PORTS and port not in _WEB_PORTS):
        raise _refused(f"must use port 80, port 443 or a port from {_WELL_KNOWN_PORTS} on")
    return url


def _is_host(host: str) -> bool:
    """Return whether this is a host name, or an IP address in its usual form."""
    try:
        ip_address(host)
    except ValueError:
        return bool(_NAME.fullmatch(host)) and not _NUMBER.fullmatch(host)
    return True


def _refused(reason: str) -> MalformedRequest:
    return MalformedRequest(
        f"The callback_url {reason}.", errors=[{"pointer": "/callback_url", "message": f"It {reason}."}]
    )
