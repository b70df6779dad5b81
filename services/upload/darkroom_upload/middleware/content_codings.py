"""The compressions that a client accepts."""

import re
from typing import Final

_ZERO: Final = re.compile(r"q\s*=\s*0(\.0*)?", re.IGNORECASE)


def accepts(accept_encoding: str, coding: str) -> bool:
    """Say whether a client with this `Accept-Encoding` accepts a coding, such as `gzip` (RFC 9110, section 12.5.3).

    A quality of 0 refuses it. Other qualities make no difference.
    """
    named: dict[str, bool] = {}
    for part in accept_encoding.split(","):
        name, _, quality = part.partition(";")
        named[name.strip().lower()] = _ZERO.fullmatch(quality.strip()) is None
    return named.get(coding, named.get("*", False))
