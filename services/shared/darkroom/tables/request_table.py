"""Reads requested images from the jobs table, for all services that wait for them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from darkroom.requested_images import RequestedImage, RequestId
from darkroom.tables.dynamodb import read_item, read_items
from darkroom.tables.request_item import image_of, request_key

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_BATCH: Final = 100
"""Keys of one BatchGetItem."""


class RequestTable:
    """Reads requested images. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def get(self, request_id: RequestId) -> RequestedImage | None:
        """Return the image as it is now (a consistent read), or None if nobody waits for it."""
        item = await read_item(self._client, self._table, request_key(request_id))
        return image_of(item) if item else None

    async def all_of(self, request_ids: Sequence[RequestId]) -> dict[RequestId, RequestedImage]:
        """Return those of the images that are there, by their ids (consistent reads)."""
        images: list[RequestedImage] = []
        for start in range(0, len(request_ids), _BATCH):
            keys = [request_key(request_id) for request_id in request_ids[start : start + _BATCH]]
            images += map(image_of, await read_items(self._client, self._table, keys))
        return {image.id: image for image in images}
