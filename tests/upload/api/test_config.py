"""Tests of `GET /config`."""

import httpx

from darkroom.limits import MAX_PIXELS
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.upload.browser import Browser
from tests.upload.service import RunningService, running_service, settings_for


async def test_anybody_learns_limits_formats_presets_and_addresses(cloud: Cloud, upload: RunningService) -> None:
    async with httpx.AsyncClient(base_url=upload.url, trust_env=False) as anybody:
        answer = await anybody.get("/config")
    config = answer.json()
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert (config["environment"], config["has_session"]) == ("development", False)
    assert config["limits"]["upload_bytes"] == upload.settings.max_upload_bytes
    assert config["limits"]["pixels"] == MAX_PIXELS
    assert {"jpeg", "avif", "ppm"} <= set(config["formats"]["read"])
    assert "jpeg2000" not in config["formats"]["written"]
    assert not {"same", "auto"} & set(config["formats"]["written"])
    assert {"web", "thumbnails"} <= set(config["presets"])
    assert config["storage"] == {"uploads": cloud.endpoint_url, "results": cloud.endpoint_url, "public": None}
    assert config["features"] == {"mail": False, "heic": False}
    assert config["version"] == (await upload.client.get("/openapi.json")).json()["info"]["version"]


async def test_a_page_learns_whether_its_session_has_ended(cloud: Cloud, ann: Browser) -> None:
    assert (await ann.client.get("/config")).json()["has_session"] is True
    assert (await ann.post("/auth/logout")).status_code == 204
    assert (await ann.client.get("/config")).json()["has_session"] is False


async def test_unknown_parameters_are_refused(cloud: Cloud, upload: RunningService) -> None:
    answer = await upload.client.get("/config", params={"v": "1"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


async def test_origins_are_those_that_browsers_see(cloud: Cloud, shared_installation: Installation) -> None:
    settings = settings_for(
        shared_installation,
        public_s3_endpoint_url="http://files.example:9000",
        public_base_url="https://pictures.example/",
    )
    async with running_service(settings) as service:
        storage = (await service.client.get("/config")).json()["storage"]
    assert storage == {
        "uploads": "http://files.example:9000",
        "results": "http://files.example:9000",
        "public": "https://pictures.example",
    }
