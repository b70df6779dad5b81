"""Reads the presets of owners from the accounts table.

Only the upload service writes presets. `preset_item` says how they are stored.
"""

from typing import TYPE_CHECKING, Final

from darkroom.recipes.owned_presets import PresetHistory, PresetSummary, PresetVersion
from darkroom.tables.dynamodb import Item, read_item
from darkroom.tables.preset_item import history_key, history_of, list_key, summaries_of, version_key, version_of

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_MOST_KEPT: Final = 256
"""Versions that a process keeps in memory, as items: at most some 60 KB each, and mostly one."""


class PresetTable:
    """Reads the presets of owners. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str) -> None:
        self._client = client
        self._table = accounts_table
        self._kept: dict[str, Item] = {}

    async def history(self, owner: str, name: str) -> PresetHistory | None:
        """Return the history of a preset (a consistent read), or None if there never was such a preset."""
        item = await read_item(self._client, self._table, history_key(owner, name))
        return history_of(item) if item else None

    async def version(self, owner: str, name: str, number: int) -> PresetVersion | None:
        """Return a version, or None if it is not stored. Ask `history` first whether it still counts.

        A version never changes, so one that was read is kept in memory.
        """
        key = version_key(owner, name, number)
        place = key["id"]["S"]
        item = self._kept.get(place) or await read_item(self._client, self._table, key)
        version = version_of(item) if item else None
        if item and version:
            if place not in self._kept and len(self._kept) >= _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[place] = item
        return version

    async def summaries(self, owner: str) -> dict[str, PresetSummary]:
        """Return the owner's presets by name, without their recipes."""
        item = await read_item(self._client, self._table, list_key(owner))
        return summaries_of(item) if item else {}
