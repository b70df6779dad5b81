"""How uploads, plans and drops name a preset: `card` means its newest version, `card@3` the third one."""

import re
from dataclasses import dataclass
from typing import Final

_REFERENCE: Final = re.compile(r"([a-z0-9][a-z0-9._-]{0,63})(?:@([1-9][0-9]{0,3}))?")


@dataclass(frozen=True, kw_only=True)
class PresetReference:
    """The name of a preset, and the version that is meant; None means the newest one."""

    name: str
    version: int | None = None


def read_reference(text: str) -> PresetReference | None:
    """Return what a text names, or None if no preset can have such a name. The preset need not exist."""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        return None
    name, version = match.groups()
    return PresetReference(name=name, version=int(version) if version else None)


def is_preset_name(text: str) -> bool:
    """Return whether a preset may have this name, unless the name is reserved."""
    reference = read_reference(text)
    return reference is not None and reference.name == text
