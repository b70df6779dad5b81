"""The blocking client has what the async one has."""

import inspect
from pathlib import Path

import pytest

from darkroom_client import AsyncClient, Client
from darkroom_client.api import Api

CALLS = [name for name, _ in inspect.getmembers(Api, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("name", CALLS)
def test_every_call_is_there_with_the_same_parameters(name: str) -> None:
    assert inspect.signature(getattr(Client, name)) == inspect.signature(getattr(Api, name))
    assert getattr(Client, name).__doc__ == getattr(Api, name).__doc__


async def test_blocking_iterator_that_is_left_early_is_closed_inside_an_event_loop() -> None:
    with Client("http://localhost:1") as client:
        jobs = client.jobs()
        jobs.close()


@pytest.mark.parametrize("direct", [False, True])
def test_missing_file_raises_the_error_of_the_system(tmp_path: Path, *, direct: bool) -> None:
    with Client("http://localhost:1") as client, pytest.raises(FileNotFoundError):
        client.upload(tmp_path / "missing.jpg", direct=direct)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://localhost", ""])
def test_url_without_http_is_refused(url: str) -> None:
    for client in (Client, AsyncClient):
        with pytest.raises(ValueError, match="http"):
            client(url)
