"""Notes cut from a changelog."""

import pytest

from tools.release.notes import NotReleasable, notes_of
from tools.release.version import ROOT, version

CHANGELOG = """# Changelog

## Unreleased

- Next.

## [0.2.0] - 2026-12-24

### Added

- Something.

## 0.1.0 - 2026-11-30

- The first.

## 0.0.2

- Undated.

## 0.0.1 - 2026-11-22
"""


def test_notes_are_the_section_of_the_version() -> None:
    assert notes_of("0.2.0", CHANGELOG) == "### Added\n\n- Something.\n"
    assert notes_of("0.1.0", CHANGELOG, tag="v0.1.0") == "- The first.\n"


def test_a_tag_of_another_version_is_refused() -> None:
    with pytest.raises(NotReleasable, match=r"The tag is v0\.2\.0, and pyproject\.toml says version 0\.1\.0"):
        notes_of("0.1.0", CHANGELOG, tag="v0.2.0")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [("0.3.0", "has no section for 0.3.0"), ("0.0.2", "has no date for 0.0.2"), ("0.0.1", "says nothing of 0.0.1")],
)
def test_a_version_without_a_dated_section_is_refused(wrong: str, says: str) -> None:
    with pytest.raises(NotReleasable, match=says):
        notes_of(wrong, CHANGELOG)


def test_the_changelog_has_notes_of_the_present_version() -> None:
    assert "- " in notes_of(version(), (ROOT / "CHANGELOG.md").read_text(), tag=f"v{version()}")
