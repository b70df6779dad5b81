"""The documents agree with the code where a reader would rely on it."""

import json
import re
from pathlib import Path

import pytest

from darkroom.errors import (
    FetchFailed,
    FetchRefused,
    ImageError,
    ImageTooLarge,
    InvalidRecipe,
    OriginalGone,
    QuotaExceeded,
    SourceGone,
    UnsupportedMediaType,
    UploadTooLarge,
)
from darkroom.recipes import load_presets
from darkroom.runtime.problems import STATUSES
from darkroom_orchestrator.records.progress import LOST

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
README = (ROOT / "README.md").read_text()


def test_readme_is_short() -> None:
    assert len(README.splitlines()) <= 120


def test_changelog_has_no_line_twice() -> None:
    beginnings = [line[:40] for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("- ")]
    assert sorted(beginnings) == sorted(set(beginnings)), (
        "a merge that keeps both sides repeats a line that one of them changed"
    )


def test_readme_names_every_preset() -> None:
    assert all(f"`{name}`" in README for name in load_presets())


def test_api_page_names_every_route() -> None:
    page = (ROOT / "docs/api.md").read_text()
    paths = json.loads((ROOT / "docs/openapi.json").read_text())["paths"]
    assert [path for path in paths if f"/{path.rpartition('/')[2]}`" not in page] == []


def test_api_page_names_every_error_code() -> None:
    page = (ROOT / "docs/api.md").read_text()
    assert all(f"`{code}`" in page for code in STATUSES)


def test_api_page_lists_exactly_the_codes_of_failed_jobs() -> None:
    section = (ROOT / "docs/api.md").read_text().partition("ends as a failed job")[2]
    told = [
        code for row in re.findall(r"^\| (`\w+`.*?) \|", section, re.MULTILINE) for code in re.findall(r"`(\w+)`", row)
    ]
    of_images = {ImageError.code, *(error.code for error in ImageError.__subclasses__())}
    # Beside those of images, all that a service gives a fault by name.
    sources = "".join(path.read_text() for path in ROOT.glob("services/*/darkroom_*/**/*.py"))
    named = set(re.findall(r"Fault\(\s*code=([A-Z]\w*)", sources))
    assert named == {
        "FetchFailed",
        "FetchRefused",
        "LOST",
        "InvalidRecipe",
        "OriginalGone",
        "UploadTooLarge",
        "UndecodableImage",
    }
    others = {LOST, InvalidRecipe.code, OriginalGone.code, UploadTooLarge.code, SourceGone.code}
    # An import fails by what refuses an upload at once, and by what only an import meets.
    others |= {error.code for error in (FetchFailed, FetchRefused, ImageTooLarge, QuotaExceeded, UnsupportedMediaType)}
    assert sorted(told) == sorted(of_images | others)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_to_files_that_exist(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text())
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not (document.parent / link).exists()] == []


RECORDS = sorted(ROOT.glob("docs/decisions/0*.md"))


def test_every_decision_has_a_title_a_date_and_a_status_which_the_list_repeats() -> None:
    form = re.compile(
        r"# (.+)\n\n- Date: (\d{4}-\d\d-\d\d)\n- Status: (accepted|superseded by \[\d{4}\]\([\w-]+\.md\))\n\n"
    )
    rows = []
    for record in RECORDS:
        found = form.match(record.read_text())
        assert found, f"{record.name} does not begin with a title, a date and a status"
        rows.append(f"| [{record.name[:4]}]({record.name}) | {' | '.join(found.groups())} |")
    listed = (ROOT / "docs/decisions/README.md").read_text().splitlines()
    assert [line for line in listed if line.startswith("| [")] == rows


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [record.name[:4] for record in RECORDS]
    assert len(set(numbers)) == len(numbers)
