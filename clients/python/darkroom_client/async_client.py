"""The client for asyncio."""

from typing import Self

import httpx

from darkroom_client.api import Api
from darkroom_client.async_wire import AsyncWire
from darkroom_client.patience import Patience
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
        patience: Patience = Patience(),
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """Use the API at `url`. A given `http` brings proxies and certificates, and stays open."""
        self._http = http or httpx.AsyncClient()
        self._is_mine = http is None
        super().__init__(Session(AsyncWire(self._http), url=url, api_key=api_key, patience=patience))

    async def aclose(self) -> None:
        """Close the connections."""
        if self._is_mine:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
