"""The output for a person at the terminal: lines of all processes behind their names, and a banner with first steps."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from darkroom_local.bootstrap import DEVELOPMENT_KEY, DEVELOPMENT_PASSWORD
from darkroom_local.child import LineSink
from darkroom_local.installation import DEFAULT_OWNER

_NAME_WIDTH: Final = len("orchestrator")


def sink_of(name: str) -> LineSink:
    """Return a sink that prints lines behind the name of their process."""
    return lambda line: _print(f"{name:<{_NAME_WIDTH}} | {line}")


def tell(text: str) -> None:
    """Print a line of the supervisor itself."""
    _print(f"{'darkroom':<{_NAME_WIDTH}} | {text}")


def banner(port: int, s3_url: str, sample: Path, *, kept: Path | None) -> None:
    """Say where everything is, what to try first, and what Ctrl-C leaves."""
    left = (
        f"keeps the emulated AWS in {kept} for the next run with KEEP=1"
        if kept
        else "the emulated AWS forgets it all: images, jobs, keys and users"
    )
    url = f"http://localhost:{port}"
    _print(f"""
  Darkroom is ready.

    API        {url}
    API docs   {url}/docs
    API key    {DEVELOPMENT_KEY}
    User       {DEFAULT_OWNER}, with the password {DEVELOPMENT_PASSWORD}
    AWS        {s3_url} (emulated; any credentials)

  Try it, in another terminal in this folder:

    curl -H 'x-api-key: {DEVELOPMENT_KEY}' -F file=@{sample} {url}/uploads

  Ctrl-C stops everything, and {left}.
""")


def _print(text: str) -> None:
    # A reader that has gone, as in `make run | head`, must not stop the services.
    with suppress(OSError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
