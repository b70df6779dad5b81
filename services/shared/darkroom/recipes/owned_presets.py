"""Presets of owners. Each change of a preset makes a new version; a version never changes.

Versions are counted from 1 for each name, and the numbers go on after a deletion. So a name and a number mean one
recipe for ever, or none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Self

from darkroom.limits import MAX_PRESET_VERSIONS
from darkroom.recipes.recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class PresetVersion:
    """One version of a preset."""

    name: str
    number: int
    recipe: Recipe
    """The recipe with the defaults of the day on which it was put: later defaults do not count."""
    document: Mapping[str, Any]
    """The recipe as its owner wrote it, without defaults."""
    created_at: datetime

    @property
    def digest(self) -> str:
        """SHA-256 of the recipe with its defaults. Equal recipes have equal digests."""
        return sha256(self.recipe.stored.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class PresetSummary:
    """The newest version of a preset, without its recipe."""

    number: int
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class PresetHistory:
    """The versions that a preset has. It stays when the preset is deleted, so that the numbers go on."""

    owner: str
    name: str
    first: int
    """Number of the oldest version that is stored. Deletion removes all that are older."""
    digest: str
    """Digest of the newest version."""
    created: tuple[datetime, ...]
    """When each of the stored versions was put, the oldest first."""
    is_deleted: bool = False
    """Whether the preset is deleted. Its versions are then on their way out."""

    @classmethod
    def begin(cls, owner: str, version: PresetVersion) -> Self:
        """Return the history of a preset that has this version only."""
        created = (version.created_at,)
        return cls(owner=owner, name=version.name, first=version.number, digest=version.digest, created=created)

    @property
    def latest(self) -> int:
        """Number of the newest version there ever was."""
        return self.first + len(self.created) - 1

    @property
    def is_full(self) -> bool:
        """Whether the name has had as many versions as a name can have."""
        return self.latest >= MAX_PRESET_VERSIONS

    @property
    def numbers(self) -> range:
        """Numbers of the stored versions, the oldest first."""
        return range(self.first, self.latest + 1)
