"""The client for asyncio."""

from typing import Self

import httpx

from darkroom_client.api import Api
from darkroom_client.async_transport import AsyncTransport
from darkroom_client.retry_policy import RetryPolicy
from darkroom_client.session import Session


class AsyncClient(Api):
    """Darkroom's API for asyncio. Close it, or use it in an `async with` block.

    Iterators, such as `events`, end early in an orderly way inside `contextlib.aclosing`.
    """

    def __init__(
        self,
        url: str,
        api_key: str | None = None,
        *,
        retry_policy: RetryPolicy = RetryPolicy(),
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """Use the API at `url`. A given `http` brings proxies and certificates, and stays open."""
        self._http = http or httpx.AsyncClient()
        self._is_mine = http is None
        super().__init__(Session(AsyncTransport(self._http), url=url, api_key=api_key, retry_policy=retry_policy))

    async def aclose(self) -> None:
        """Close the connections."""
        if self._is_mine:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
