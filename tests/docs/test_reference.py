"""The API reference of the site, made from the committed description of the API."""

import json
from pathlib import Path

from tools.docs.reference import rendered

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text())
PAGE = rendered(DOCUMENT)


def test_reference_has_a_heading_for_every_route_and_every_type() -> None:
    routes = [f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods]
    for heading in (*routes, *DOCUMENT["components"]["schemas"]):
        assert f"\n### {heading}\n" in PAGE


def test_reference_says_type_bounds_and_default_of_a_field() -> None:
    assert "| `quality` | integer (at least 1, at most 100) or null |" in PAGE
    assert "| `sigma` | number (at least 0.3, at most 100), default `2` |" in PAGE


def test_every_row_has_as_many_cells_as_its_head() -> None:
    tables = [block.splitlines() for block in PAGE.split("\n\n") if block.startswith("| ")]
    assert len(tables) > 50
    for head, *rows in tables:
        assert {row.count(" | ") for row in rows} == {head.count(" | ")}
