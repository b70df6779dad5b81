"""Tests the API against its own description: schemathesis makes valid and invalid requests, and checks the answers.

It has its own environment, `tools/contract/.venv`, since its pytest plugin would load with every test run.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import Final

import httpx

from darkroom_local.bootstrap import DEVELOPMENT_KEY, DEVELOPMENT_PASSWORD
from darkroom_local.installation import DEFAULT_OWNER
from darkroom_local.system import System
from tests.support.api import Api
from tools.testbed.images import jpeg

EXECUTABLE: Final = Path(__file__).parents[2] / "tools" / "contract" / ".venv" / "bin" / "schemathesis"

# A request that the schema allows may still be refused: a file that is not an image, an unknown cursor.
UNSUITABLE: Final = "positive_data_acceptance"


def configuration(job_ids: list[str], session: str) -> str:
    """A key, and a session for the routes that want one; many an id is a job's, many a name that of a picture.

    The session's CSRF token is not among it, so that nothing ends the session.
    """
    return f"""
[auth.openapi.ApiKey]
api_key = {json.dumps(DEVELOPMENT_KEY)}
[auth.openapi.Session]
api_key = {json.dumps(session)}
[dictionaries]
jobs = {{ values = {json.dumps(job_ids)} }}
names = {{ values = ["grayscale", "web"] }}
[parameters]
"path.job_id" = {{ dictionary = "jobs", probability = 0.5 }}
"path.name" = {{ dictionary = "names", probability = 0.5 }}
"""


async def new_session(system: System) -> str:
    """The token of a session that has just begun."""
    async with httpx.AsyncClient(base_url=system.url, trust_env=False) as http:
        wanted = {"name": DEFAULT_OWNER, "password": DEVELOPMENT_PASSWORD}
        assert (await http.post("/auth/login", json=wanted)).status_code == 200
        (token,) = http.cookies.values()
    return token


async def test_every_answer_fits_the_api_description_and_none_is_a_server_error(
    system: System, api: Api, tmp_path: Path
) -> None:
    jobs = [await api.made(jpeg(40, 30), "grayscale") for _ in range(3)]
    settings, report = tmp_path / "schemathesis.toml", tmp_path / "report.har"
    settings.write_text(configuration([job["job_id"] for job in jobs], await new_session(system)))
    process = await asyncio.create_subprocess_exec(
        str(EXECUTABLE),
        *("--config-file", str(settings), "run", f"{system.url}/openapi.json"),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", "5", "--seed", "1", "--no-shrink"),
        *("--checks", "all", "--exclude-checks", UNSUITABLE, "--continue-on-failure"),
        *("--report", "har", "--report-har-path", str(report)),
        cwd=tmp_path,
        env={"PATH": os.defpath, "HOME": str(tmp_path), "COLUMNS": "200", "NO_COLOR": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output = (await process.communicate())[0].decode()
    assert process.returncode == 0, output
    entries = json.loads(report.read_text())["log"]["entries"]
    seen = {entry["response"]["status"] for entry in entries}
    assert {200, 202, 204, 400, 401, 403, 404, 405, 409, 415} <= seen, "the routes of the session were tested too"
    at_home = {entry["response"]["status"] for entry in entries if entry["request"]["url"].endswith("/auth/me")}
    assert {200, 401} <= at_home
