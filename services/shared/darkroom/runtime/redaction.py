"""Removes names of files and secrets of receivers from texts for the log.

The texts are errors of libraries. botocore names the URL of an object, whose key ends with the name of a file. aiohttp
names a callback URL, whose path or query may have a token. pydantic quotes the input that is not valid.
"""

import re
from typing import Final

_URL: Final = re.compile(r"\b(\w{1,16}://)(?:[^\s/?#\"'<>@]*@)?([^\s/?#\"'<>@]*)[/?#][^\s\"'<>]*")
"""Groups: the scheme, and the host with its port. User, password and all that follows the host are left out."""
_INPUT: Final = re.compile(r"input_value=.*, input_type=\w+")
"""An input as pydantic quotes it: in one line, cut after 50 characters."""


def redacted(text: str) -> str:
    """Return the text with its URLs cut after the host, and without the inputs that pydantic quotes."""
    return _INPUT.sub("input not shown", _URL.sub(r"\1\2/…", text))
