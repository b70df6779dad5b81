"""Finds the preset that an upload, a plan or a drop names: one of the installation, or one of the owner."""

from dataclasses import dataclass

from darkroom.errors import InvalidRecipe
from darkroom.recipes import Presets, Recipe
from darkroom.recipes.owned_presets import PresetHistory
from darkroom.recipes.preset_reference import PresetReference, read_reference
from darkroom.recipes.presets import unknown_preset
from darkroom.tables.preset_table import PresetTable


@dataclass(frozen=True, kw_only=True)
class FoundPreset:
    """A preset that was asked for by name, and its recipe."""

    name: str
    version: int | None
    """None for a preset of the installation: these have no versions."""
    recipe: Recipe


@dataclass(frozen=True, kw_only=True)
class FindPreset:
    """Finds the preset that a text such as `card` or `card@3` means for an owner."""

    installed: Presets
    """The presets of the installation, which every owner has: the shipped ones and the operator's."""
    table: PresetTable

    async def __call__(self, text: str, owner: str) -> FoundPreset:
        """Return the preset. Raises InvalidRecipe, which lists the known ones, and Unavailable."""
        reference = read_reference(text)
        if reference is None:
            raise unknown_preset(text, await self.known(owner))
        if reference.name in self.installed:
            return self._installed(reference)
        history = await self.table.history(owner, reference.name)
        if history is None or history.is_deleted:
            raise unknown_preset(text, await self.known(owner))
        number = reference.version or history.latest
        version = await self.table.version(owner, reference.name, number) if number in history.numbers else None
        if version is None:
            raise InvalidRecipe(
                f"The preset {reference.name} has no version {number}. {_told(history)}",
                errors=[{"pointer": "", "message": "unknown version"}],
            )
        return FoundPreset(name=version.name, version=version.number, recipe=version.recipe)

    async def known(self, owner: str) -> set[str]:
        """Return the names of all presets that an owner can use. Raises Unavailable."""
        return {*self.installed, *await self.table.summaries(owner)}

    def _installed(self, reference: PresetReference) -> FoundPreset:
        if reference.version is not None:
            raise InvalidRecipe(
                f"The preset {reference.name} belongs to the installation and has no versions. Write {reference.name}.",
                errors=[{"pointer": "", "message": "unknown version"}],
            )
        return FoundPreset(name=reference.name, version=None, recipe=self.installed[reference.name])


def _told(history: PresetHistory) -> str:
    """Return a sentence about the versions that a preset has."""
    if len(history.numbers) == 1:
        return f"Its only version is {history.latest}."
    return f"Its versions are {history.first} to {history.latest}."
