"""The headers `If-Match` and `If-None-Match` of a change of a preset (RFC 9110, section 13.1)."""

from dataclasses import dataclass

from darkroom.errors import PreconditionFailed
from darkroom.recipes.owned_presets import PresetHistory


def version_tag(number: int) -> str:
    """Return the ETag of a version of a preset: its number, as `"3"`."""
    return f'"{number}"'


@dataclass(frozen=True, kw_only=True)
class Precondition:
    """What must be true of a preset before it is changed. None of the headers means no condition."""

    if_match: str | None = None
    """ETags of which the newest version must have one, or `*` for any version."""
    if_none_match: str | None = None
    """ETags of which the newest version must have none, or `*` if there must be no preset of this name."""

    def require(self, name: str, history: PresetHistory | None) -> None:
        """Raise PreconditionFailed unless the preset is as the request expects."""
        number = history.latest if history and not history.is_deleted else None
        if self.if_match is not None and not _matches(self.if_match, number):
            raise PreconditionFailed(f"{_state(name, number)} If-Match asks for {self.if_match[:64]}.")
        if self.if_none_match is not None and _matches(self.if_none_match, number):
            raise PreconditionFailed(f"{_state(name, number)} If-None-Match excludes it.")


def _matches(header: str, number: int | None) -> bool:
    if number is None:
        return False
    tags = [tag.strip() for tag in header.split(",")]
    return tags == ["*"] or version_tag(number) in tags


def _state(name: str, number: int | None) -> str:
    if number is None:
        return f"There is no preset {name}."
    return f"The newest version of the preset {name} is {number}, with the ETag {version_tag(number)}."
