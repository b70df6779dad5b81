"""Installations whose stacks are tested: a stage as it is, and two that set what can be set."""

from pathlib import Path
from typing import Final

_FILES: Final = Path(__file__).parents[2] / "cdk" / "installations"

CONTEXTS: Final[dict[str, dict[str, str]]] = {
    "dev": {"stage": "dev"},
    "prod": {"installation": str(_FILES / "everything.json")},
    "abroad": {"installation": str(_FILES / "abroad.json")},
}
