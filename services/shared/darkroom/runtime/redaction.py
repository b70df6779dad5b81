"""Cuts out of texts for the log what names a client's file or opens a client's receiver.

The texts are those of libraries' errors: botocore's name the URL of an object, whose key ends with the file's name;
aiohttp's name a callback URL, whose path or query may hold a token; pydantic's quote the input that did not fit.
"""

import re
from typing import Final

_URL: Final = re.compile(r"\b(\w{1,16}://)(?:[^\s/?#\"'<>@]*@)?([^\s/?#\"'<>@]*)[/?#][^\s\"'<>]*")
"""Scheme; user and password; host and port; and the rest."""
_INPUT: Final = re.compile(r"input_value=.*, input_type=\w+")
"""How pydantic quotes an input, cut after 50 characters, in one line."""


def redacted(text: str) -> str:
    """Return the text with its URLs cut after the host, and without the inputs that pydantic quotes."""
    return _INPUT.sub("input not shown", _URL.sub(r"\1\2/…", text))
