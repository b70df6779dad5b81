"""What the site needs beside the pages of `docs/`: pages from elsewhere, the API reference, and where links lead.

The Markdown is written to be read where it lies. There a link may lead to a page beside `docs/` or to code. In the site
those pages are part of it, and code is linked in the repository if `DOCS_REPOSITORY_URL` names one.
"""

import json
import os
import posixpath
import re
from pathlib import Path
from typing import Any, Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from reference import rendered

_HERE: Final = Path(__file__).parent
_ROOT: Final = _HERE.parents[1]
_BESIDE: Final = {
    "README.md": "start.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting.md",
}
"""Pages beside `docs/`, by their names in the site."""
_DIAGRAMS: Final = "assets/mermaid.js"
_LINK: Final = re.compile(r"(!?\[[^\]]*\])\(([^)\s]+)\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List the decisions in the menu."""
    pages = sorted(
        path.relative_to(config.docs_dir).as_posix() for path in Path(config.docs_dir).glob("decisions/0*.md")
    )
    config.nav[-1]["Decisions"] = ["decisions/README.md", *pages]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages from elsewhere, the API reference, and the script that draws diagrams."""
    for name, called in _BESIDE.items():
        files.append(File.generated(config, called, content=(_ROOT / name).read_text()))
    document = json.loads((_ROOT / "docs/openapi.json").read_text())
    files.append(File.generated(config, "reference.md", content=rendered(document)))
    script = _HERE / "node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js"
    files.append(File.generated(config, _DIAGRAMS, abs_src_path=str(script)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Have the links of a page lead to where their targets are in the site."""
    source = page.file.src_uri
    origin = next((name for name, called in _BESIDE.items() if called == source), f"docs/{source}")

    def led(match: re.Match[str]) -> str:
        text, link = match.groups()
        if re.match(r"[a-z]+:|#", link):
            return match[0]
        target, mark, anchor = link.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(origin), target))
        if path.startswith("docs/") or path in _BESIDE:
            called = _BESIDE.get(path, path.removeprefix("docs/"))
            return f"{text}({posixpath.relpath(called, posixpath.dirname(source) or '.')}{mark}{anchor})"
        repository = os.environ.get("DOCS_REPOSITORY_URL")
        return f"{text}({repository}/blob/main/{path})" if repository else text.strip("[]")

    return _LINK.sub(led, markdown)
