"""The committed descriptions say what the service says."""

from pathlib import Path

import pytest

from tools.openapi.document import as_text, described_api, described_recipes

DOCS = Path(__file__).parents[2] / "docs"
REMEDY = "run `make openapi`"


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def test_the_committed_api_is_what_the_code_describes() -> None:
    assert (DOCS / "openapi.json").read_text() == as_text(described_api()), REMEDY


def test_the_committed_schema_of_recipes_is_what_the_code_describes() -> None:
    assert (DOCS / "recipe.schema.json").read_text() == as_text(described_recipes()), REMEDY
