"""Tests a user in a browser, from the login to the logout, and what the logs say about it."""

from typing import Final

import httpx

from darkroom_local.bootstrap import DEVELOPMENT_PASSWORD
from darkroom_local.installation import DEFAULT_OWNER
from darkroom_local.system import System
from tests.support.api import Api
from tools.testbed.images import jpeg

WRONG: Final = "not-the-demo-password"


async def test_user_logs_in_uploads_and_logs_out_and_no_log_contains_a_secret(system: System) -> None:
    ours = {"origin": system.url, "sec-fetch-site": "same-origin"}
    async with httpx.AsyncClient(base_url=system.url, headers=ours, timeout=60, trust_env=False) as http:
        refused = await http.post("/auth/login", json={"name": DEFAULT_OWNER, "password": WRONG})
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
        broken = await http.post("/auth/login", json={"name": DEFAULT_OWNER, "password": WRONG, WRONG: WRONG})
        assert broken.status_code == 400
        entered = await http.post("/auth/login", json={"name": DEFAULT_OWNER, "password": DEVELOPMENT_PASSWORD})
        assert entered.status_code == 200, entered.text
        token, csrf_token = http.cookies["darkroom-session"], entered.json()["csrf_token"]
        http.headers["x-csrf-token"] = csrf_token
        job = await Api(http).made(jpeg(64, 48), "thumbnails")
        assert job["status"] == "completed"
        assert len(await Api(http).files(job)) == 4
        assert (await http.post("/auth/logout", json={"everywhere": True})).status_code == 204
        assert (await http.get("/auth/me")).status_code == 401
    written = [line for service in system.services for line in service.log.find("")]
    assert [line for line in written if "login_succeeded" in line]
    for secret in (WRONG, DEVELOPMENT_PASSWORD, token, csrf_token):
        assert [line for line in written if secret in line] == []
