"""An orchestrator with a fixed answer, for tests that look at what it is asked."""

import httpx

from tests.upload.service import RunningService


class FakeOrchestrator:
    """An orchestrator that records requests and gives a fixed answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.answer = httpx.Response(202)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, request.url.path))
        return self.answer


def owner_of(service: RunningService) -> str:
    """Return the owner of the key that the service's client has."""
    return f"owner-{service.client.headers['x-api-key']}"
