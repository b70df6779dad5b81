"""Tests of the scopes of each route. A new route fails until it is in the table."""

from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio
from fastapi.routing import iter_route_contexts

from darkroom.accounts.api_keys import Scope
from darkroom_local.installation import Installation
from darkroom_upload.app import create_api
from tests.support.emulator import Cloud
from tests.upload.service import RunningService, put_key
from tools.testbed import images

ID: Final = "0199a3c0-5b1e-7c3d-9a2f-4d5e6f708192"
ANYBODY: Final = None
WHO_IS_LOGGED_IN: Final = "a session"

READS_AND_CHANGES: Final = (Scope.READ, Scope.UPLOAD)

WANTED: Final[dict[str, Scope | tuple[Scope, ...] | str | None]] = {
    "POST /uploads": Scope.UPLOAD,
    "POST /v1/images/upload": Scope.UPLOAD,
    "POST /uploads/presigned": Scope.UPLOAD,
    "GET /status/{job_id}": Scope.READ,
    "GET /jobs": Scope.READ,
    "POST /jobs": READS_AND_CHANGES,
    "GET /jobs/{job_id}/events": Scope.READ,
    "GET /events": Scope.READ,
    "POST /jobs/actions": Scope.UPLOAD,
    "GET /jobs/actions/{action_id}": Scope.READ,
    "DELETE /jobs/{job_id}": Scope.UPLOAD,
    "POST /jobs/{job_id}/retry": Scope.UPLOAD,
    "PUT /jobs/{job_id}/published": Scope.UPLOAD,
    "DELETE /jobs/{job_id}/published": Scope.UPLOAD,
    "GET /public/{job_id}/{filename}": ANYBODY,
    "GET /jobs/{job_id}/variants/{name}": Scope.READ,
    "GET /jobs/{job_id}/manifest": Scope.READ,
    "GET /jobs/{job_id}/archive": Scope.READ,
    "GET /jobs/{job_id}/original": Scope.READ,
    "GET /jobs/{job_id}/markup": Scope.READ,
    "GET /jobs/{job_id}/deliveries": Scope.READ,
    "POST /jobs/{job_id}/deliveries/replay": Scope.UPLOAD,
    "GET /webhooks/secret": READS_AND_CHANGES,
    "POST /webhooks/secret/rotate": READS_AND_CHANGES,
    "GET /recipes": Scope.READ,
    "GET /recipes/schema": Scope.READ,
    "POST /recipes/plan": Scope.READ,
    "POST /recipes/preview": READS_AND_CHANGES,
    "GET /recipes/{name}": Scope.READ,
    "GET /recipes/{name}/versions": Scope.READ,
    "PUT /recipes/{name}": Scope.RECIPES,
    "DELETE /recipes/{name}": Scope.RECIPES,
    "GET /usage": Scope.READ,
    "POST /auth/login": ANYBODY,
    "POST /auth/logout": WHO_IS_LOGGED_IN,
    "GET /auth/me": WHO_IS_LOGGED_IN,
    "GET /config": ANYBODY,
    "GET /docs": ANYBODY,
    "ANY /docs/assets": ANYBODY,
    "GET /openapi.json": ANYBODY,
    "GET /healthz": ANYBODY,
    "GET /readyz": ANYBODY,
}

SCOPED: Final = {route: wanted for route, wanted in WANTED.items() if isinstance(wanted, Scope)}
guarded = pytest.mark.parametrize(("route", "wanted"), list(SCOPED.items()))

Send = Callable[[str], Any]


@pytest_asyncio.fixture(scope="module")
async def clients(
    cloud: Cloud, shared_installation: Installation, upload: RunningService
) -> AsyncIterator[dict[Scope, httpx.AsyncClient]]:
    """A client for each scope, whose key has only that scope."""
    found: dict[Scope, httpx.AsyncClient] = {}
    for scope in Scope:
        await put_key(cloud.dynamodb, shared_installation, f"only-{scope}", "scoped", scopes=frozenset({scope}))
        found[scope] = httpx.AsyncClient(base_url=upload.url, headers={"x-api-key": f"only-{scope}"}, trust_env=False)
    yield found
    for client in found.values():
        await client.aclose()


async def ask(client: httpx.AsyncClient, route: str) -> httpx.Response:
    method, path = route.split()
    body = images.jpeg(16, 16) if "upload" in path else None
    request = client.build_request(
        method,
        path.format(job_id=ID, action_id=ID, name="web"),
        content=body,
        headers={"content-type": "image/jpeg"} if body else {},
    )
    answer = await client.send(request, stream=True)
    if answer.headers.get("content-type", "").startswith("text/event-stream"):
        await answer.aclose()  # A stream of all jobs lasts for minutes.
    else:
        await answer.aread()
    return answer


def test_each_route_is_in_the_table(upload: RunningService) -> None:
    contexts = list(iter_route_contexts(create_api(upload.services).routes))
    served = {f"{method} {context.path}" for context in contexts for method in (context.methods or {"ANY"}) - {"HEAD"}}
    assert served == set(WANTED)


async def test_each_route_documents_its_scopes(upload: RunningService) -> None:
    paths = (await upload.client.get("/openapi.json")).json()["paths"]
    told = {
        f"{method.upper()} {path}": operation.get("security")
        for path, operations in paths.items()
        for method, operation in operations.items()
    }
    by_session: dict[str, list[str]] = {"Session": []}
    for route, ways in told.items():
        wanted = WANTED[route]
        scopes = [wanted] if isinstance(wanted, Scope) else wanted
        by_key = [{"ApiKey": list(scopes)}] if isinstance(scopes, list | tuple) else []
        assert ways == (None if wanted is ANYBODY else [*by_key, by_session]), route


@guarded
async def test_a_key_without_the_scope_is_refused_with_the_name_of_the_scope(
    clients: dict[Scope, httpx.AsyncClient], route: str, wanted: Scope
) -> None:
    other = Scope.READ if wanted is Scope.UPLOAD else Scope.UPLOAD
    answer = await ask(clients[other], route)
    assert (answer.status_code, answer.json()["code"], answer.json()["scope"]) == (403, "forbidden", wanted)


@pytest.mark.parametrize("route", ["GET /webhooks/secret", "POST /webhooks/secret/rotate"])
async def test_the_webhook_secret_needs_both_scopes(
    clients: dict[Scope, httpx.AsyncClient],
    cloud: Cloud,
    shared_installation: Installation,
    upload: RunningService,
    route: str,
) -> None:
    for has, lacks in ((Scope.READ, Scope.UPLOAD), (Scope.UPLOAD, Scope.READ)):
        answer = await ask(clients[has], route)
        assert (answer.status_code, answer.json()["scope"]) == (403, lacks)
        assert "whsec" not in answer.text
    await put_key(cloud.dynamodb, shared_installation, "both-scopes", "scoped", scopes=frozenset(READS_AND_CHANGES))
    method, path = route.split()
    assert (await upload.client.request(method, path, headers={"x-api-key": "both-scopes"})).status_code == 200
    assert (await ask(clients[Scope.ADMIN], route)).status_code == 200


@guarded
async def test_a_key_with_the_scope_or_with_admin_is_let_in(
    clients: dict[Scope, httpx.AsyncClient], route: str, wanted: Scope
) -> None:
    for scope in (wanted, Scope.ADMIN):
        assert (await ask(clients[scope], route)).status_code not in {401, 403}
