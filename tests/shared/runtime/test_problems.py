"""Errors as HTTP answers."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from structlog.testing import capture_logs

from darkroom import errors
from darkroom.errors import DarkroomError
from darkroom.json_pointer import json_pointer
from darkroom.runtime import problems

STATUS_OF_CODE = {
    "malformed_request": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "under_way": 409,
    "original_gone": 410,
    "precondition_failed": 412,
    "rate_limited": 429,
    "quota_exceeded": 429,
    "upload_too_large": 413,
    "unsupported_media_type": 415,
    "invalid_recipe": 422,
    "recipe_too_large": 422,
    "image_not_made": 422,
    "image_too_large": 422,
    "idempotency_mismatch": 422,
    "unavailable": 503,
}


def subclasses(kind: type[DarkroomError]) -> Iterator[type[DarkroomError]]:
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from subclasses(child)


class Body(BaseModel):
    """A query or body of a route."""

    size: int
    name: str


@pytest.fixture(scope="module")
def raised() -> list[Exception]:
    """The errors that the route `/raise` raises, the last one first."""
    return []


@pytest_asyncio.fixture(scope="module")
async def client(raised: list[Exception]) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    problems.install(app)

    @app.get("/raise")
    async def fail() -> None:
        raise raised.pop()

    @app.post("/body")
    async def take(body: Body, limit: int = 1) -> None: ...

    # Starlette raises a bug again once it is answered, for the server's log.
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def check_document(answer: httpx.Response, status: int, code: str, path: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert {"type", "title", "status", "detail", "instance", "code"} <= set(document)
    assert document["type"] == f"urn:darkroom:problem:{code}"
    assert (document["status"], document["code"], document["instance"]) == (status, code, path)
    assert document["title"]
    assert document["detail"]


@pytest.mark.parametrize("kind", [*subclasses(DarkroomError)], ids=lambda kind: kind.__name__)
async def test_each_error_has_its_status_and_document(
    kind: type[DarkroomError], client: httpx.AsyncClient, raised: list[Exception]
) -> None:
    raised.append(kind("What a person reads."))
    answer = await client.get("/raise?key=secret")
    check_document(answer, STATUS_OF_CODE.get(kind.code, 500), kind.code, "/raise")
    assert answer.json()["detail"] == "What a person reads."
    passing = {"rate_limited", "quota_exceeded", "under_way", "unavailable"}
    assert ("retry-after" in answer.headers) == (kind.code in passing)
    assert ("www-authenticate" in answer.headers) == (kind.code == "unauthenticated")


def test_every_error_of_a_request_has_a_status() -> None:
    codes = {kind.code for kind in subclasses(errors.RequestError)}
    assert codes <= set(STATUS_OF_CODE)
    assert {code: int(status) for code, status in problems.STATUSES.items()} == STATUS_OF_CODE


def test_every_code_belongs_to_one_error() -> None:
    kinds = [kind for kind in subclasses(DarkroomError) if kind is not errors.RequestError]
    assert len({kind.code for kind in kinds}) == len(kinds)


async def test_further_fields_of_an_error_are_members_of_the_document(
    client: httpx.AsyncClient, raised: list[Exception]
) -> None:
    raised.append(errors.UploadTooLarge("Too large.", limit=10, actual=11))
    answer = await client.get("/raise")
    assert (answer.json()["limit"], answer.json()["actual"]) == (10, 11)


async def test_headers_say_when_to_retry_and_how_to_authenticate(
    client: httpx.AsyncClient, raised: list[Exception]
) -> None:
    raised.append(errors.Unavailable("S3 cannot be reached."))
    assert int((await client.get("/raise")).headers["retry-after"]) > 0
    raised.append(errors.Unauthenticated("No key."))
    assert (await client.get("/raise")).headers["www-authenticate"] == 'ApiKey realm="darkroom"'


async def test_the_cause_of_an_error_is_only_in_the_log(client: httpx.AsyncClient, raised: list[Exception]) -> None:
    error = errors.Unavailable("S3 cannot be reached.")
    error.__cause__ = ConnectionError("http://10.0.0.1:4566 secret-key")
    raised.append(error)
    with capture_logs() as logs:
        answer = await client.get("/raise")
    assert "secret-key" not in answer.text
    assert "10.0.0.1" not in answer.text
    (line,) = logs
    assert line["log_level"] == "warning"
    assert line["cause"] == "ConnectionError('http://10.0.0.1:4566 secret-key')"
    assert "exc_info" not in line


async def test_a_bug_is_not_shown_to_the_client(client: httpx.AsyncClient, raised: list[Exception]) -> None:
    raised.append(RuntimeError("secret-key in /srv/app.py"))
    answer = await client.get("/raise")
    check_document(answer, 500, "internal_error", "/raise")
    assert "secret-key" not in answer.text
    assert "RuntimeError" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/nowhere", 404, "not_found"), ("PUT", "/raise", 405, "method_not_allowed")],
)
async def test_errors_of_the_framework_are_problem_documents_too(
    method: str, path: str, status: int, code: str, client: httpx.AsyncClient
) -> None:
    answer = await client.request(method, path)
    check_document(answer, status, code, path)
    assert ("allow" in answer.headers) == (status == 405)


async def test_refused_method_names_those_of_all_routes_of_the_path() -> None:
    app = FastAPI()
    problems.install(app)
    app.add_api_route("/things/all", lambda: None, methods=["POST"])
    for method in ("PUT", "GET"):
        app.add_api_route("/things/{name}", lambda: None, methods=[method])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as http:
        answer = await http.delete("/things/one")
        of_its_own = await http.delete("/things/all")
    assert answer.headers["allow"] == "GET, PUT"
    assert answer.json()["detail"] == "This path supports only GET, PUT."
    assert of_its_own.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "malformed_request"), (413, "upload_too_large"), (404, "not_found"), (418, "malformed_request")],
)
async def test_a_status_that_the_framework_raises_is_kept(
    status: int, code: str, client: httpx.AsyncClient, raised: list[Exception]
) -> None:
    raised.append(HTTPException(status, "No."))
    check_document(await client.get("/raise"), status, code, "/raise")


async def test_the_error_points_at_each_fault_of_body_and_query(client: httpx.AsyncClient) -> None:
    answer = await client.post("/body?limit=many", json={"size": "big"})
    check_document(answer, 400, "malformed_request", "/body")
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {"/query/limit", "/body/size", "/body/name"}


def test_a_pointer_escapes_its_special_characters() -> None:
    assert json_pointer(["metadata", "a/b~c", 0]) == "/metadata/a~1b~0c/0"


async def test_a_body_that_is_not_json_is_malformed(client: httpx.AsyncClient) -> None:
    answer = await client.post("/body", content=b"{", headers={"Content-Type": "application/json"})
    check_document(answer, 400, "malformed_request", "/body")
