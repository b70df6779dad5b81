"""The installations that are tested: a stage with its defaults, and two with all optional settings."""

from pathlib import Path
from typing import Final

_FILES: Final = Path(__file__).parents[2] / "cdk" / "installations"

CONTEXTS: Final[dict[str, dict[str, str]]] = {
    "dev": {"stage": "dev"},
    "prod": {"installation": str(_FILES / "everything.json")},
    "abroad": {"installation": str(_FILES / "abroad.json")},
}
