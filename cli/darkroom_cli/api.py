"""The clients that commands use, by the settings of the environment."""

from collections.abc import Iterator
from contextlib import contextmanager

from darkroom_cli.failures import reported
from darkroom_cli.settings import load_client_settings
from darkroom_client import Client


@contextmanager
def open_api() -> Iterator[Client]:
    """Open the API that the environment names, with its key. What goes wrong in the `with` block becomes Failed."""
    settings = load_client_settings()
    with reported(), Client(str(settings.url), settings.api_key.get_secret_value()) as api:
        yield api


@contextmanager
def open_internal_api(url: str) -> Iterator[Client]:
    """Open the orchestrator's internal API, likewise. It takes no key."""
    with reported(), Client(url) as api:
        yield api
