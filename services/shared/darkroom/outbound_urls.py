"""Validation of URLs to which the orchestrator connects for a client, without looking up their host.

These are the callback URLs of webhooks, and the URLs of imports. The upload service validates them so that a client
learns of a fault at once. The orchestrator validates them again with the same parser that connects. The address of the
host is checked only when the connection is made.
"""

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from yarl import URL

from darkroom.errors import MalformedRequest

MAX_CHARACTERS: Final = 2048
_WELL_KNOWN_PORTS: Final = 1024
"""Ports below this belong to other protocols, such as mail and DNS, whose servers could accept parts of a request."""
_WEB_PORTS: Final = frozenset({80, 443})

_WRITTEN: Final = re.compile(r"(?:[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")
"""A URL of valid characters and escapes, without a fragment."""
_USER_INFO: Final = re.compile(r"[^/?#]*//[^/?#]*@")
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"(?=.{{1,254}}$)(?:{_LABEL}\.)*{_LABEL}\.?")
"""A host name (RFC 1123, section 2.1) after IDNA. Underscores are allowed, since DNS allows them and some names have
them."""
_NUMBER: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")
"""A name whose last label is a number, which C libraries read as an IPv4 address: 2130706433, 0x7f.1, 0177.0.0.1."""


class _Refused(Exception):
    """The URL is not accepted. The text completes a sentence about it."""


def read_outbound_url(text: str, *, field: str, allow_http: bool) -> URL:
    """Return the URL. Raises MalformedRequest, which says what is wrong with the field of this name."""
    try:
        return _read(text, allow_http=allow_http)
    except _Refused as refused:
        raise MalformedRequest(
            f"The {field} {refused}.", errors=[{"pointer": f"/{field}", "message": f"It {refused}."}]
        ) from refused


def _read(text: str, *, allow_http: bool) -> URL:
    if len(text) > MAX_CHARACTERS:
        raise _Refused(f"may have at most {MAX_CHARACTERS} characters")
    if not text.isprintable() or " " in text or "\\" in text:
        raise _Refused("must not contain spaces, backslashes or control characters")
    try:
        url = URL(text)
        host, port = url.host, url.port
    except ValueError as error:
        raise _Refused("is not a URL") from error
    schemes = {"https", "http"} if allow_http else {"https"}
    if url.scheme not in schemes:
        raise _Refused(f"must begin with {' or '.join(f'{scheme}://' for scheme in sorted(schemes, reverse=True))}")
    if not host or not _is_host(url.raw_host or ""):
        raise _Refused("must have a host name or an IP address")
    if _USER_INFO.match(text):
        raise _Refused("must not contain a user name or a password")
    if "#" in text:
        raise _Refused("must not contain a fragment")
    if port is None or (port < _WELL_KNOWN_PORTS and port not in _WEB_PORTS):
        raise _Refused(f"must use port 80, port 443 or a port from {_WELL_KNOWN_PORTS} on")
    return _exact(url, text)


def _exact(url: URL, text: str) -> URL:
    """Return the URL with path and query as the client wrote them, if they are valid as they are (RFC 3986).

    The parser unescapes what need not be escaped. That can break a signature of the path or the query.
    """
    if not _WRITTEN.fullmatch(text):
        return url
    parts = urlsplit(text)
    return URL.build(
        scheme=url.scheme,
        authority=url.raw_authority,
        path=parts.path or "/",
        query_string=parts.query,
        encoded=True,
    )


def _is_host(host: str) -> bool:
    """Return whether this is a host name, or an IP address in its usual form."""
    try:
        ip_address(host)
    except ValueError:
        return bool(_NAME.fullmatch(host)) and not _NUMBER.fullmatch(host)
    return True
