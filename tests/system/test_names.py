"""Tests file names in other scripts, with emoji and with odd spaces: they stay recognisable in keys and downloads."""

import io
import zipfile
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from darkroom.file_names import display_name, key_name
from darkroom_local.system import System
from tests.support.api import Api, Job
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tools.testbed.images import png

CAT = png(40, 30)
NAMES = {
    "Japanese": "写真.png",
    "one letter": "ß.png",
    "an emoji": "🐈.png",
    "joined emoji": "👩\u200d🚀 at 9.41.00\u202fAM.png",
    "decomposed": "cafe\u0301.png",
    "from right to left": "می\u200cخواهم.png",
}


async def sent(way: str, name: str, cloud: Cloud, system: System, api: Api) -> Job:
    """Send a file of this name in this way, and return its ended job."""
    if way == "form":
        return await api.made(CAT, "grayscale", filename=name)
    if way == "presigned":
        wanted = {"filename": name, "content_type": "image/png", "size": len(CAT), "recipe": "grayscale"}
        answer = await api.http.post("/uploads/presigned", json=wanted)
        assert answer.status_code == 201, answer.text
        form = answer.json()["upload"]
        async with httpx.AsyncClient(trust_env=False) as browser:
            accepted = await browser.post(form["url"], data=form["fields"], files={"file": ("x.png", CAT)})
        assert accepted.status_code in (200, 201, 204)
        return await api.ended(answer.json()["job_id"])
    bucket = system.installation.topology.originals.name
    await cloud.s3.put_object(Bucket=bucket, Key=f"incoming/grayscale/{name}", Body=CAT)
    found: list[Job] = []

    async def listed() -> bool:
        items = (await api.http.get("/jobs")).json()["items"]
        found.extend(job for job in items if job["filename"] == display_name(name))
        return bool(found)

    await until(listed)
    return await api.ended(found[0]["job_id"])


@pytest.mark.parametrize("way", ["dropped", "form", "presigned"])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_file_name_is_recognisable_in_keys_and_downloads(
    name: str, way: str, cloud: Cloud, system: System, api: Api
) -> None:
    job = await sent(way, name, cloud, system, api)
    assert job["status"] == "completed", job["error"]
    shown = display_name(name)
    assert job["source"]["filename"] == shown
    key = unquote(urlsplit(job["variants"][0]["url"]).path).rpartition("/")[2]
    assert key == key_name(name)
    assert len(await api.files(job)) == 1
    manifest: dict[str, Any] = (await api.http.get(f"/jobs/{job['job_id']}/manifest", follow_redirects=True)).json()
    expected = name if way == "dropped" else key_name(name)
    assert manifest["source"]["key"].rpartition("/")[2] == expected
    saved = await api.http.get(f"/jobs/{job['job_id']}/variants/grayscale?download=1")
    async with httpx.AsyncClient(trust_env=False) as anyone:
        header = (await anyone.get(saved.headers["location"])).headers["content-disposition"]
    assert unquote(header.partition("filename*=UTF-8''")[2]) == f"{shown.removesuffix('.png')}-grayscale.png"
    archive = await api.http.get(f"/jobs/{job['job_id']}/archive")
    with zipfile.ZipFile(io.BytesIO(archive.content)) as unpacked:
        assert len(unpacked.namelist()) == 1
        assert unpacked.namelist()[0].endswith("-grayscale.png")
        assert not unpacked.namelist()[0].startswith("png")
    deleted = await api.http.delete(f"/jobs/{job['job_id']}")
    assert deleted.status_code == 204
