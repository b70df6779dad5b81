"""The orchestrator's internal API: the only one that changes a job, asked to do so."""

import asyncio
from http import HTTPStatus
from typing import Final

import httpx

from darkroom import tracing
from darkroom.errors import Conflict, NotFound, Unavailable
from darkroom.tracing import Kind

CONNECT_SECONDS: Final = 1.0
TOTAL_SECONDS: Final = 5.0


def open_client(url: str) -> httpx.AsyncClient:
    """A client for the orchestrator at that root, one a process; the caller closes it."""
    # Environment proxies are for the outside: this one is a neighbour.
    return httpx.AsyncClient(
        base_url=url, timeout=httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS), trust_env=False
    )


class Orchestrator:
    """Cancels, retries and deletes jobs, and replays their webhooks.

    All methods raise NotFound, Conflict and Unavailable.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def cancel(self, job_id: str) -> None:
        """Stop an open job."""
        await self._ask("POST", f"/api/jobs/{job_id}/cancel")

    async def retry(self, job_id: str) -> None:
        """Run the failed variants of a job again."""
        await self._ask("POST", f"/api/jobs/{job_id}/retry")

    async def delete(self, job_id: str) -> None:
        """Delete a finished job and its objects."""
        await self._ask("DELETE", f"/api/jobs/{job_id}")

    async def replay(self, job_id: str) -> None:
        """Send the webhook of a job's end once more."""
        await self._ask("POST", f"/api/jobs/{job_id}/deliveries/replay")

    async def _ask(self, method: str, path: str) -> None:
        with tracing.span("ask the orchestrator", Kind.CLIENT, {"http.request.method": method}) as span:
            answer = await self._request(method, path)
            span.set_attribute("http.response.status_code", answer.status_code)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            raise NotFound(_detail(answer, "There is no such job."))
        if answer.status_code == HTTPStatus.CONFLICT:
            raise Conflict(_detail(answer, "The job's status does not allow this now."))
        if not answer.is_success:
            raise Unavailable("Changes to jobs are not taken now. Try again in a moment.")

    async def _request(self, method: str, path: str) -> httpx.Response:
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                return await self._client.request(method, path, headers=tracing.headers())
        except (httpx.TransportError, TimeoutError) as error:
            raise Unavailable("Changes to jobs are not taken now. Try again in a moment.") from error


def _detail(answer: httpx.Response, otherwise: str) -> str:
    """The sentence in a problem document."""
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return otherwise
    return detail if isinstance(detail, str) else otherwise
