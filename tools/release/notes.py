"""Cuts the notes of a release from the changelog."""

import re
from typing import Final

_SECTION: Final = re.compile(r"^## \[?(?P<name>[^]\s]+)\]?(?: - (?P<date>\d{4}-\d\d-\d\d))?\s*$", re.MULTILINE)


class NotReleasable(Exception):
    """Tag, version and changelog do not fit together. The text says what to change."""


def notes_of(version: str, changelog: str, *, tag: str | None = None) -> str:
    """Return the section of a version without its heading.

    Raises NotReleasable if the tag is not `v` and the version, or if the section is missing, undated or empty.
    """
    if tag is not None and tag != f"v{version}":
        raise NotReleasable(f"The tag is {tag}, and pyproject.toml says version {version}. Tag it v{version}.")
    headings = list(_SECTION.finditer(changelog))
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        if heading["name"] == version:
            text = changelog[heading.end() : following.start() if following else None].strip()
            if not heading["date"]:
                raise NotReleasable(f"CHANGELOG.md has no date for {version}: write `## {version} - YYYY-MM-DD`.")
            if not text:
                raise NotReleasable(f"CHANGELOG.md says nothing of {version}.")
            return text + "\n"
    raise NotReleasable(f"CHANGELOG.md has no section for {version}: write `## {version} - YYYY-MM-DD`.")
