"""Write the descriptions of the HTTP API and of recipes, or compare them with the last release.

    python -m tools.openapi            write `docs/openapi.json` and `docs/recipe.schema.json`
    python -m tools.openapi compare    print what they break for clients, and fail if there is anything

A release that breaks clients has a new major version (before 1.0.0 a new minor version); then breaks are only printed.
Without a release to compare with, the last commit counts.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tools.openapi.breaking import breaking_changes, narrowed_schema

_ROOT: Final = Path(__file__).parents[2]
_API: Final = "docs/openapi.json"
_RECIPES: Final = "docs/recipe.schema.json"


def main(arguments: list[str]) -> int:
    """Do what the arguments say, and return the exit status."""
    if arguments == ["compare"]:
        return _compare()
    if arguments:
        print(__doc__)  # noqa: T201 - A command's answer.
        return 2
    # A comparison needs no service, and so not the second that its import takes.
    from tools.openapi.document import as_text, described_api, described_recipes  # noqa: PLC0415

    (_ROOT / _API).write_text(as_text(described_api()))
    (_ROOT / _RECIPES).write_text(as_text(described_recipes()))
    return 0


def _compare() -> int:
    base = _git("describe", "--tags", "--abbrev=0", "--match", "v*").strip() or "HEAD"
    if not _git("ls-tree", base, _API, _RECIPES).count("\n"):
        print(f"{base} has no {_API} and {_RECIPES}: there is nothing to compare with.")  # noqa: T201
        return 0
    (old_api, new_api), (old_recipes, new_recipes) = _both(base, _API), _both(base, _RECIPES)
    breaks = [*breaking_changes(old_api, new_api), *narrowed_schema("Recipe", old_recipes, new_recipes)]
    for change in breaks:
        print(f"Since {base}: {change}")  # noqa: T201
    return 1 if breaks and _line(old_api) == _line(new_api) else 0


def _both(base: str, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a document as it was in that commit, and as it is now."""
    return json.loads(_git("show", f"{base}:{path}")), json.loads((_ROOT / path).read_text())


def _line(document: dict[str, Any]) -> tuple[str, ...]:
    """Return the part of the version that says which clients fit: `1` of 1.4.2, `0.3` of 0.3.1."""
    major, minor, *_ = document["info"]["version"].split(".")
    return (major, minor) if major == "0" else (major,)


def _git(*arguments: str) -> str:
    """Return what git prints, or nothing if it fails."""
    command = ["git", *arguments]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False).stdout  # noqa: S603 - Only what stands above.


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
