"""Reads presets as clients see them: those of the installation from memory, those of an owner from the table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from darkroom.errors import NotFound
from darkroom.recipes import Presets
from darkroom.recipes.owned_presets import PresetHistory, PresetVersion
from darkroom.recipes.preset_reference import is_preset_name
from darkroom.tables.preset_table import PresetTable
from darkroom_upload.presets.preset_body import PresetSummaryBody, PresetVersionsBody, installed_document

UNKNOWN: Final = "There is no such preset."


@dataclass(frozen=True, kw_only=True)
class ReadPresets:
    """Reads presets. All methods raise NotFound and Unavailable."""

    installed: Presets
    table: PresetTable

    async def listed(self, owner: str) -> dict[str, Mapping[str, Any]]:
        """Return all presets by name: the installation's as documents, the owner's in short."""
        own = await self.table.summaries(owner)
        short = {name: PresetSummaryBody.of(name, summary).model_dump(mode="json") for name, summary in own.items()}
        return {**short, **{name: installed_document(name, recipe) for name, recipe in self.installed.items()}}

    def of_installation(self, name: str, version: int | None) -> dict[str, Any] | None:
        """Return a preset of the installation as a document, or None if it has none of this name."""
        if name not in self.installed:
            return None
        if version is not None:
            raise NotFound(f"The preset {name} belongs to the installation and has no versions.")
        return installed_document(name, self.installed[name])

    async def of_owner(self, owner: str, name: str, version: int | None) -> PresetVersion:
        """Return a version of an owner's preset: the newest one, if `version` is None."""
        history = await self._history(owner, name)
        number = version or history.latest
        found = await self.table.version(owner, name, number) if number in history.numbers else None
        if found is None:
            raise NotFound(f"The preset {name} has no version {number}. The newest one is {history.latest}.")
        return found

    async def versions(self, owner: str, name: str) -> PresetVersionsBody:
        """Return the versions of a preset, without their recipes."""
        if name in self.installed:
            return PresetVersionsBody(name=name, versions=[])
        return PresetVersionsBody.of(await self._history(owner, name))

    async def _history(self, owner: str, name: str) -> PresetHistory:
        history = await self.table.history(owner, name) if is_preset_name(name) else None
        if history is None or history.is_deleted:
            raise NotFound(UNKNOWN)
        return history
