"""Tests that the Postman collection covers the API and runs unchanged."""

import asyncio
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from darkroom_local.bootstrap import DEVELOPMENT_KEY
from darkroom_local.child import Child
from darkroom_local.log import Log
from darkroom_local.system import System

POSTMAN = Path(__file__).parents[2] / "postman"
COLLECTION = json.loads((POSTMAN / "darkroom.postman_collection.json").read_text())


def requests(item: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield method and path of each request in a folder, with variables replaced."""
    for child in item.get("item", []):
        yield from requests(child)
    if "request" in item and isinstance(item["request"]["url"], dict):
        path = "/".join(["", *item["request"]["url"]["path"]])
        yield item["request"]["method"], re.sub(r"{{\w+}}", "x", path)


async def test_every_route_is_in_the_collection(system: System) -> None:
    async with httpx.AsyncClient(trust_env=False) as anyone:
        paths = (await anyone.get(f"{system.url}/openapi.json")).json()["paths"]
    sent = set(requests(COLLECTION))
    missing = [
        f"{method.upper()} {path}"
        for path, operations in paths.items()
        for method in operations
        if not any(m == method.upper() and re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), p) for m, p in sent)
    ]
    assert missing == []


def test_every_request_checks_its_answer() -> None:
    items = [item for folder in COLLECTION["item"] for item in folder["item"]]
    scripts = {item["name"]: [event["listen"] for event in item["event"]] for item in items}
    assert {name for name, listens in scripts.items() if "test" not in listens} == set()
    assert len(scripts) == len(items), "names are unique"


def test_lock_file_names_no_registry() -> None:
    lock = (POSTMAN / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "://registry" not in lock


@pytest.mark.skipif(shutil.which("node") is None, reason="newman needs Node.js, which is not installed")
async def test_collection_runs_from_beginning_to_end(system: System, tmp_path: Path) -> None:
    newman = POSTMAN / "node_modules" / ".bin" / "newman"
    assert newman.exists(), "`npm ci --prefix postman` installs newman"
    log = Log()
    child = await Child.start(
        [
            *(str(newman), "run", str(POSTMAN / "darkroom.postman_collection.json")),
            *("--environment", str(POSTMAN / "local.postman_environment.json"), "--working-dir", str(POSTMAN)),
            *("--env-var", f"base_url={system.url}", "--env-var", f"api_key={DEVELOPMENT_KEY}"),
            *("--color", "off", "--bail", "--timeout", "60000"),
        ],
        environment={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        sink=log.append,
    )
    try:
        await asyncio.wait_for(child.wait(), 90)
    finally:
        status = await child.stop(grace_seconds=1)
        assert status == 0, str(log)
