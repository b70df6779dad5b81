"""Tests the limits of stored bytes over HTTP: for one job, and for an owner."""

import json
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest_asyncio
from PIL import Image

from darkroom import clock
from darkroom.accounts.allowances import KeyLimits
from darkroom.accounts.api_keys import ApiKey
from darkroom.tables.api_key_table import KeyTable
from darkroom_local.system import System
from tests.support.api import Api, open_api, variants_of
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tools.testbed.images import encoded

DOT = encoded(Image.new("L", (1, 1)), "GIF")
LIMIT = 200_000


def square(name: str, side: int) -> dict[str, object]:
    """Return a variant of `side` × `side` pixels, three bytes each."""
    resize = {"op": "resize", "width": side, "height": side, "fit": "fill", "enlarge": True}
    return {"name": name, "operations": [resize], "output": {"format": "png", "effort": 0}}


@pytest_asyncio.fixture
async def saver(cloud: Cloud, system: System) -> AsyncIterator[Api]:
    """Open the client of an owner who may store 200 kB."""
    name = f"owner-{uuid4().hex}"
    key = ApiKey.of(name, owner=name, name="test", created_at=clock.now(), limits=KeyLimits(stored_bytes=LIMIT))
    await KeyTable(cloud.dynamodb, system.installation.topology.accounts.name, CIPHER).put(key)
    async with open_api(system.url, name) as api:
        yield api


async def used(api: Api) -> int:
    """Return the bytes that the owner stores, as the API reports them."""
    quota = (await api.http.get("/usage")).json()["stored_bytes"]
    assert (quota["limit"], quota["remaining"]) == (LIMIT, max(0, LIMIT - quota["used"]))
    return int(quota["used"])


async def test_small_upload_cannot_fill_the_store_and_a_full_store_refuses_uploads(saver: Api) -> None:
    assert len(DOT) < 70
    recipe = {"variants": [square("small", 300), *(square(f"large-{number}", 7000) for number in range(4))]}
    job = await saver.made(DOT, json.dumps(recipe))
    assert job["status"] == "partially_completed", job
    variants = variants_of(job)
    assert {variants[f"large-{number}"]["error"]["code"] for number in range(4)} == {"output_limit"}
    stored = await used(saver)
    assert variants["small"]["bytes"] < stored < variants["small"]["bytes"] + 20_000, "and the manifest"
    refused = await saver.http.post("/uploads", files={"file": ("dot.gif", DOT)})
    assert (refused.status_code, refused.json()["quota"], refused.json()["used"]) == (429, "stored_bytes", stored)
    assert (await saver.http.delete(f"/jobs/{job['job_id']}")).status_code == 204
    assert await used(saver) == 0
    assert (await saver.made(DOT, "metadata"))["status"] == "completed"
