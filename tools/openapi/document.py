"""The descriptions of the HTTP API and of recipes, made without starting a service."""

import asyncio
import json
from typing import Any

from darkroom.recipes import Recipe, load_presets
from darkroom_upload.app import create_api
from darkroom_upload.main import open_services
from darkroom_upload.settings import UploadSettings

_NOWHERE = "http://127.0.0.1:9"
"""The clients of these settings are opened and closed. They send nothing."""


def described_api() -> dict[str, Any]:
    """Return what the upload service answers to `GET /openapi.json` in production."""
    return asyncio.run(_described())


def described_recipes() -> dict[str, Any]:
    """Return what it answers to `GET /recipes/schema`."""
    return Recipe.model_json_schema()


def as_text(document: dict[str, Any]) -> str:
    """Return the document as it is committed, in the order of the code."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


async def _described() -> dict[str, Any]:
    settings = UploadSettings.model_validate(
        {
            "originals_bucket": "originals",
            "results_bucket": "results",
            "jobs_table": "jobs",
            "accounts_table": "accounts",
            "uploads_queue_url": _NOWHERE,
            "imports_queue_url": _NOWHERE,
            "orchestrator_url": _NOWHERE,
            "data_keys": "x" * 32,
        }
    )
    async with open_services(settings, load_presets(None), asyncio.Event()) as services:
        return create_api(services).openapi()
