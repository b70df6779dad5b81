"""The page on configuration lists the settings that the code reads, with the same readers and defaults."""

import json
import re
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from darkroom_cli.operators.settings import AccountsSettings, QueueSettings, RenewalSettings
from darkroom_cli.settings import ClientSettings
from darkroom_local.settings import LocalSettings
from darkroom_orchestrator.settings import Settings as OrchestratorSettings
from darkroom_processor.settings import Settings as ProcessorSettings
from darkroom_upload.settings import UploadSettings

PAGE = (Path(__file__).parents[1] / "docs/configuration.md").read_text()
READERS: dict[str, tuple[type[BaseSettings], ...]] = {
    "upload": (UploadSettings,),
    "orchestrator": (OrchestratorSettings,),
    "processor": (ProcessorSettings,),
    "client commands": (ClientSettings,),
    "operator commands": (AccountsSettings, RenewalSettings, QueueSettings),
    "make run": (LocalSettings,),
}


class Row(NamedTuple):
    readers: list[str]
    defaults: list[str]


def rows() -> dict[str, Row]:
    """Return what the tables say of each variable."""
    cells = (line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| `DARKROOM_"))
    return {
        variable.strip(" `"): Row(readers.strip().split(", "), plain(default))
        for variable, readers, default, _ in cells
    }


def plain(default: str) -> list[str]:
    """Return the defaults of a cell without their backticks."""
    return re.findall(r"\[.*?\]|[^`,\s]+", default)


def fields_of(reader: str) -> dict[str, FieldInfo]:
    """Return the settings of a reader by their variables."""
    return {f"DARKROOM_{name.upper()}": field for kind in READERS[reader] for name, field in kind.model_fields.items()}


def written(field: FieldInfo) -> str:
    """Return a default as the page writes it."""
    default: Any = field.default
    if field.is_required():
        return "required"
    if default is None or field.default_factory:
        return "–"
    if isinstance(default, Enum):
        return str(default.value)
    if isinstance(default, tuple | bool):
        return json.dumps(default)
    return f"{default:g}" if isinstance(default, float) and default != 1 else str(default).rstrip("/")


@pytest.mark.parametrize("reader", READERS)
def test_page_lists_the_settings_of_each_reader_and_no_others(reader: str) -> None:
    listed = {variable for variable, row in rows().items() if reader in row.readers}
    assert listed == set(fields_of(reader))


@pytest.mark.parametrize(("variable", "row"), rows().items(), ids=rows())
def test_page_says_the_default(variable: str, row: Row) -> None:
    defaults = [written(fields_of(reader)[variable]) for reader in row.readers]
    assert row.defaults in (defaults, list(dict.fromkeys(defaults)))


def test_every_variable_is_listed_once() -> None:
    variables = re.findall(r"^\| `(DARKROOM_\w+)`", PAGE, re.MULTILINE)
    assert sorted(variables) == sorted(set(variables))
