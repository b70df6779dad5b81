"""Waits for requested images, for all requests of a process together.

While a request waits, one poll reads the items of all images for which some request waits, twenty times a second, and
faster within the first second of a wait, when most images come. While none waits, nothing is read. A hundred clients
that wait for one image cost one read of one item.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from darkroom.errors import Unavailable
from darkroom.requested_images import RequestedImage, RequestId, RequestState
from darkroom.runtime.logs import get_logger

_LOG = get_logger(__name__)

LONGEST_SECONDS: Final = 10.0
"""How long a request waits for an image. After that the client has to send another one."""
POLL_SECONDS: Final = 0.05
"""Pause between two polls. Half of it is part of what a client waits."""
QUICK_SECONDS: Final = 0.015
"""The same within the first second of a wait."""
_QUICK_FOR_SECONDS: Final = 1.0

ReadImages = Callable[[Sequence[RequestId]], Awaitable[Mapping[RequestId, RequestedImage]]]
"""Returns those of the images that have an item. Raises Unavailable."""
Ended = asyncio.Future[RequestedImage | None]
"""The end of one request's wait."""


class ImageWatcher:
    """Says when requested images are there. It polls only while somebody waits."""

    def __init__(
        self, read_images: ReadImages, *, poll_seconds: float = POLL_SECONDS, quick_seconds: float = QUICK_SECONDS
    ) -> None:
        self._read_images = read_images
        self._poll_seconds = poll_seconds
        self._quick_seconds = quick_seconds
        self._quick_until = 0.0
        self._waiting: dict[RequestId, set[Ended]] = {}
        self._polling: asyncio.Task[None] | None = None

    async def ended(self, request_id: RequestId, *, within_seconds: float = LONGEST_SECONDS) -> RequestedImage | None:
        """Return the image once it is done or has failed. None if that takes longer, or if its item is gone."""
        loop = asyncio.get_running_loop()
        end: Ended = loop.create_future()
        self._quick_until = loop.time() + _QUICK_FOR_SECONDS
        self._waiting.setdefault(request_id, set()).add(end)
        if self._polling is None:
            self._polling = asyncio.create_task(self._poll())
        try:
            async with asyncio.timeout(within_seconds):
                return await end
        except TimeoutError:
            return None
        finally:
            self._forget(request_id, end)

    async def _poll(self) -> None:
        """Poll until nobody waits. No error ends it: the next poll may succeed, and every wait has a limit."""
        while self._waiting:
            try:
                self._tell(await self._read_images(list(self._waiting)))
            except Unavailable as error:
                _LOG.warning("image_watch_failed", images=len(self._waiting), reason=error.message)
            except Exception as error:  # noqa: BLE001 - an error here would leave all requests waiting
                _LOG.error("image_watch_failed", code="bug", images=len(self._waiting), exc_info=error)
            is_quick = asyncio.get_running_loop().time() < self._quick_until
            await asyncio.sleep(self._quick_seconds if is_quick else self._poll_seconds)
        self._polling = None

    def _tell(self, images: Mapping[RequestId, RequestedImage]) -> None:
        for request_id, ends in list(self._waiting.items()):
            image = images.get(request_id)
            if image is None or image.state is not RequestState.WAITING:
                for end in ends:
                    if not end.done():
                        end.set_result(image)

    def _forget(self, request_id: RequestId, end: Ended) -> None:
        ends = self._waiting[request_id]
        ends.discard(end)
        if not ends:
            del self._waiting[request_id]
