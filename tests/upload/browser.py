"""A browser for tests: it keeps cookies, and its requests name the origin of their page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import httpx

from tests.upload.service import RunningService
from tests.upload.users import PASSWORD


class Browser:
    """Sends requests of pages of one origin, with the cookies that it has."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.csrf_token = ""

    async def log_in(self, name: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
        """Log in with a name and a password."""
        wanted = {"name": name, "password": password}
        answer = await self.client.post("/auth/login", json=wanted, headers=named(headers))
        if answer.is_success:
            self.csrf_token = answer.json()["csrf_token"]
        return answer

    async def at_home(self, name: str) -> Self:
        """Log a user in, and return this browser."""
        answer = await self.log_in(name)
        assert answer.status_code == 200, answer.text
        return self

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Send a GET."""
        return await self.client.get(path, headers=named(headers))

    async def post(self, path: str, *, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        """Send a POST, with the session's CSRF token unless the headers say otherwise."""
        return await self.client.post(path, headers={"x-csrf-token": self.csrf_token, **(headers or {})}, **body)

    @property
    def token(self) -> str:
        """The session's token, which no page can see."""
        return self.client.cookies["darkroom-session"]


@asynccontextmanager
async def browser(service: RunningService, **headers: str) -> AsyncIterator[Browser]:
    """Open a browser with a page of the service itself, for the length of a `with` block."""
    ours = {"origin": service.url, "sec-fetch-site": "same-origin", **named(headers)}
    async with httpx.AsyncClient(base_url=service.url, headers=ours, timeout=30, trust_env=False) as client:
        yield Browser(client)


def named(headers: dict[str, str]) -> dict[str, str]:
    """Return headers, with `-` for each `_` in their names."""
    return {name.replace("_", "-"): value for name, value in headers.items()}
