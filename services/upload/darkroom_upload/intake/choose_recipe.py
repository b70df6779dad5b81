"""Chooses the recipe of a request: a preset, which may be the owner's, or the recipe that the client sent."""

from dataclasses import dataclass
from typing import Self

from darkroom.recipes import CUSTOM, DEFAULT_PRESET, Recipe
from darkroom.recipes.presets import custom_recipe
from darkroom.tables.find_preset import FindPreset


@dataclass(frozen=True, kw_only=True)
class ChosenRecipe:
    """The recipe of a request: its name, the recipe itself, and the text that the client sent."""

    name: str
    """The preset's name, or `custom`."""
    version: int | None = None
    """Version of an owner's preset. Presets of the installation have no versions."""
    recipe: Recipe
    text: str

    @classmethod
    def custom(cls, recipe: Recipe, text: str = "") -> Self:
        """Return a recipe without a name."""
        return cls(name=CUSTOM, recipe=recipe, text=text)

    @property
    def is_installed(self) -> bool:
        """Return whether the recipe is a preset of the installation: the operator vouches for what it names."""
        return self.name != CUSTOM and self.version is None


@dataclass(frozen=True, kw_only=True)
class ChooseRecipe:
    """Resolves the `recipe` of a request."""

    find_preset: FindPreset

    async def __call__(self, text: str, owner: str) -> ChosenRecipe:
        """Return the recipe that a text means: a preset such as `card` or `card@3`, or a recipe as JSON.

        An empty text means the default. Raises InvalidRecipe and Unavailable.
        """
        text = text or DEFAULT_PRESET
        if custom := custom_recipe(text):
            return ChosenRecipe.custom(custom, text)
        found = await self.find_preset(text, owner)
        return ChosenRecipe(name=found.name, version=found.version, recipe=found.recipe, text=text)
