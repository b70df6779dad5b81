"""Tests of the security headers of every response."""

import re
from dataclasses import replace
from typing import cast

import httpx
import pytest

from darkroom_upload.app import create_app
from darkroom_upload.jobs.job_reader import JobReader
from tests.upload.service import KEY, RunningService

ID = "0199a3c0-5b1e-7c3d-9a2f-4d5e6f708192"
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class BrokenJobs:
    """A table whose reads raise, in place of a bug."""

    async def owned(self, job_id: str, owner: str) -> None:
        raise ZeroDivisionError(f"{owner}: {job_id}")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/healthz"),
        ("GET", "/usage"),
        ("GET", f"/status/{ID}"),
        ("GET", "/nowhere"),
        ("PUT", "/uploads"),
        ("OPTIONS", "/jobs"),
        ("GET", "/docs"),
        ("GET", "/docs/assets/swagger-ui.css"),
        ("GET", "/openapi.json"),
        ("GET", "/recipes"),
    ],
)
async def test_every_response_has_the_security_headers(upload: RunningService, method: str, path: str) -> None:
    headers = (await upload.client.request(method, path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "strict-transport-security" not in headers, "in development"
    if path != "/docs":
        assert headers["content-security-policy"] == NOTHING


async def test_the_response_to_a_bug_has_the_headers_and_no_details(upload: RunningService) -> None:
    broken = replace(upload.services, jobs=cast("JobReader", BrokenJobs()), development=False)
    transport = httpx.ASGITransport(create_app(broken), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://upload") as client:
        answer = await client.get(f"/status/{ID}", headers={"x-api-key": KEY})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.json()["detail"] == "Something went wrong in the service. It is logged. Try again later."
    assert answer.headers["content-security-policy"] == NOTHING
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


async def test_the_docs_page_runs_its_own_scripts_and_no_others(upload: RunningService) -> None:
    answer = await upload.client.get("/docs")
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in str(policy)
    assert len(re.findall(r"<script>", answer.text)) == policy["script-src"].count("'sha256-") == 1
    assert not re.search(r"\son\w+=|style=|<style", answer.text)


async def test_no_redirect_leads_to_the_host_of_the_request(upload: RunningService) -> None:
    answer = await upload.client.get("/jobs/", headers={"host": "evil.example"}, follow_redirects=False)
    assert answer.status_code == 404
    assert "evil.example" not in answer.text
