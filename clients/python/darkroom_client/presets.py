"""Presets: recipes that have names. Those of an owner have versions, which never change."""

from typing import Any, Final

from darkroom_client.response_model import Moment, ResponseModel

_BESIDE_THE_RECIPE: Final = frozenset({"name", "version", "created_at"})


class PresetSummary(ResponseModel):
    """The newest version of a preset."""

    name: str
    version: int | None
    """None for a preset of the installation, which has no versions."""
    created_at: Moment | None
    """Moment at which the version was put; None for a preset of the installation."""


class Preset(PresetSummary):
    """A version of a preset, with its recipe."""

    @property
    def document(self) -> dict[str, Any]:
        """The recipe as a JSON document. `Recipe.model_validate` makes a recipe of it."""
        return {name: value for name, value in self.as_document().items() if name not in _BESIDE_THE_RECIPE}


class PresetVersion(ResponseModel):
    """One version of a preset, without its recipe."""

    version: int
    created_at: Moment


class PresetVersions(ResponseModel):
    """The versions of a preset, the newest first."""

    name: str
    versions: tuple[PresetVersion, ...]
