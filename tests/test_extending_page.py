"""The page on adding things lists each place that names an existing operation, format, preset, route and queue."""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/extending.md").read_text()
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
TRACKED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
    cwd=ROOT,
    check=True,
    capture_output=True,
    text=True,
).stdout.split()


class Example(NamedTuple):
    """What the section of the page follows."""

    named: str
    """Regular expression: what names it in a file."""
    where: str
    """Regular expression: files in which each mention is a place to change."""
    not_these: tuple[str, ...] = ()
    """Ends of files that mention it for another reason."""


CODE = "services/|cdk/|cli/|clients/|tools/local/|docker-compose|postman/.*collection|docs/[^/]*$|README"
EXAMPLES = {
    "An operation": Example(r"(?i)\bsepia\b", rf"{CODE}|bench/", ("docs/extending.md",)),
    "A format": Example(
        r'(?:ImageFormat|OutputFormat)\.WEBP\b|\bWEBP = |"\.webp"|"encode webp|"libwebp": "webp"|\bWebP\b',
        r"services/|clients/.*py$|bench/estimates/|README|docs/recipes",
        # A compression of TIFF has the same name. Thumbnails have this format whatever formats there are.
        ("tiff/refusals.py", "/thumbnail.py"),
    ),
    "A preset": Example(
        r"\boptimize\b",
        r"services/|cli/|bench/|README|docs/[^/]*\.md$|postman/.*collection",
        # Pillow calls an argument so.
        ("docs/extending.md", "encoding/gif.py", "encoding/jpeg.py"),
    ),
    "A route": Example(r"(?<![\w.])/usage\b|\busage\.router\b|api\.usage\(", CODE, ("docs/extending.md",)),
    "A queue": Example(
        r"results_queue_url|RESULTS_QUEUE_URL|(?:topology|messaging)\.reports|\bREPORTS\b|\breports=|\"reports\"|`reports`"
        r"|reports-dead|\breports: Queue",
        CODE,
        ("docs/extending.md", "docs/compatibility.md"),
    ),
}


def places(section: str) -> list[str]:
    """Return the files that the table of a section lists."""
    return re.findall(r"^\| `([^`]+)` \|", SECTIONS[section], re.MULTILINE)


def mentions(example: Example, name: str) -> bool:
    path = ROOT / name
    return path.suffix not in {".jpg", ".png", ".svg"} and re.search(example.named, path.read_text()) is not None


@pytest.mark.parametrize("section", EXAMPLES)
def test_every_listed_place_names_the_example(section: str) -> None:
    assert [name for name in places(section) if not mentions(EXAMPLES[section], name)] == []


@pytest.mark.parametrize("section", EXAMPLES)
def test_every_place_that_names_the_example_is_listed_once(section: str) -> None:
    example = EXAMPLES[section]
    found = [
        name
        for name in TRACKED
        if re.match(example.where, name) and not name.endswith(example.not_these) and mentions(example, name)
    ]
    listed = [name for name in places(section) if not name.startswith("tests/") and re.match(example.where, name)]
    assert sorted(found) == sorted(listed)
    assert len(places(section)) == len(set(places(section)))


@pytest.mark.parametrize("section", EXAMPLES)
def test_every_list_names_a_test(section: str) -> None:
    assert any(name.startswith("tests/") for name in places(section))
