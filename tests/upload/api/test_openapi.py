"""Tests of the OpenAPI document."""

from typing import Any

import pytest

from tests.upload.service import RunningService

MEDIA_TYPE = "application/problem+json"


@pytest.fixture
async def document(upload: RunningService) -> dict[str, Any]:
    found: dict[str, Any] = (await upload.client.get("/openapi.json")).json()
    return found


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


async def test_every_route_is_described(document: dict[str, Any]) -> None:
    described = operations(document)
    assert {
        "POST /uploads",
        "POST /uploads/presigned",
        "POST /v1/images/upload",
        "GET /status/{job_id}",
        "GET /jobs",
        "DELETE /jobs/{job_id}",
        "POST /jobs/{job_id}/retry",
        "GET /jobs/{job_id}/events",
        "GET /jobs/{job_id}/variants/{name}",
        "GET /recipes",
        "GET /recipes/{name}",
        "GET /recipes/schema",
        "GET /healthz",
        "GET /readyz",
    } <= set(described)
    for operation in described.values():
        assert operation["summary"]
        assert operation["tags"]
    assert document["info"]["description"]
    assert {tag for operation in described.values() for tag in operation["tags"]} == {
        tag["name"] for tag in document["tags"]
    }


async def test_there_are_two_ways_to_authenticate(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    assert {name: (scheme["in"], scheme["name"]) for name, scheme in schemes.items()} == {
        "ApiKey": ("header", "x-api-key"),
        "Session": ("cookie", "darkroom-session"),
    }
    assert "X-CSRF-Token" in schemes["Session"]["description"]


async def test_errors_are_described_as_they_are_sent(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        if name.endswith("z") or "/public/" in name or name == "GET /config":
            continue
        assert {"400", "401", "503"} <= set(errors), name
        for status, answer in errors.items():
            assert list(answer["content"]) == [MEDIA_TYPE], (name, status)
            for code, example in answer["content"][MEDIA_TYPE]["examples"].items():
                assert (example["value"]["code"], example["value"]["status"]) == (code, int(status))
    assert "HTTPValidationError" not in str(document)


async def test_every_reference_resolves(document: dict[str, Any]) -> None:
    def references(node: Any) -> set[str]:
        if isinstance(node, dict):
            found = {node["$ref"]} if "$ref" in node else set()
            return found.union(*(references(value) for value in node.values()))
        return set().union(*(references(value) for value in node)) if isinstance(node, list) else set()

    for reference in references(document):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


async def test_bodies_that_stream_are_described(document: dict[str, Any]) -> None:
    content = document["paths"]["/uploads"]["post"]["requestBody"]["content"]
    assert set(content) == {"multipart/form-data", "image/*", "application/octet-stream", "application/json"}
    assert {"file", "recipe", "metadata"} <= set(content["multipart/form-data"]["schema"]["properties"])
    raw = document["paths"]["/v1/images/upload"]["post"]["requestBody"]["content"]
    assert set(raw) == {"image/*", "application/octet-stream"}


async def test_a_job_is_described_with_all_its_fields(document: dict[str, Any]) -> None:
    job = document["components"]["schemas"]["JobBody"]
    assert {"job_id", "status", "progress", "source", "variants", "cost", "error"} <= set(job["required"])
    accepted = document["paths"]["/uploads"]["post"]["responses"]["202"]
    shown = accepted["content"]["application/json"]["schema"]["anyOf"]
    assert [one["$ref"].rpartition("/")[2] for one in shown] == ["JobBody", "ReceiptBody"]
    assert {"Location", "Idempotency-Replayed"} <= set(accepted["headers"])


async def test_a_stream_is_described_by_its_events(document: dict[str, Any]) -> None:
    operation = document["paths"]["/jobs/{job_id}/events"]["get"]
    assert {"200", "204", "401", "404", "429", "503"} <= set(operation["responses"])
    ((media_type, content),) = operation["responses"]["200"]["content"].items()
    assert media_type == "text/event-stream"
    properties = [event["properties"] for event in content["itemSchema"]["oneOf"]]
    assert [each["event"]["const"] for each in properties] == ["status", "deleted"]
    assert properties[0]["data"]["contentSchema"]["$ref"].endswith("/JobBody")
    assert "last-event-id" in {parameter["name"] for parameter in operation["parameters"]}
