"""A client of the orchestrator's internal API. Only the orchestrator changes a job."""

import asyncio
from http import HTTPStatus
from typing import Any, Final

import httpx

from darkroom.errors import Conflict, NotFound, OriginalGone, QuotaExceeded, Unavailable, UnderWay
from darkroom.recipes import Variant
from darkroom.runtime import tracing
from darkroom.runtime.tracing import Kind
from darkroom.tables.daily_counter import Charge

CONNECT_SECONDS: Final = 1.0
TOTAL_SECONDS: Final = 5.0


def open_client(url: str) -> httpx.AsyncClient:
    """Return an HTTP client for the orchestrator, one for each process. The caller closes it."""
    # Proxies of the environment are for addresses outside; the orchestrator is in the same network.
    return httpx.AsyncClient(
        base_url=url, timeout=httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS), trust_env=False
    )


class OrchestratorClient:
    """Cancels, retries, deletes and publishes jobs, replays their webhooks, and has previews made.

    All methods raise NotFound, Conflict and Unavailable.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def cancel(self, job_id: str) -> None:
        """Cancel an open job."""
        await self._ask("POST", f"/api/jobs/{job_id}/cancel")

    async def retry(self, job_id: str, charge: Charge | None) -> None:
        """Run the failed variants of a job again, and charge for it. Raises OriginalGone and QuotaExceeded too."""
        await self._ask("POST", f"/api/jobs/{job_id}/retry", charge)

    async def delete(self, job_id: str) -> None:
        """Delete a finished job and its objects."""
        await self._ask("DELETE", f"/api/jobs/{job_id}")

    async def publish(self, job_id: str) -> None:
        """Give the results of a job public addresses, now or at its end."""
        await self._ask("PUT", f"/api/jobs/{job_id}/published")

    async def unpublish(self, job_id: str) -> None:
        """Take the public addresses of a job back."""
        await self._ask("DELETE", f"/api/jobs/{job_id}/published")

    async def replay(self, job_id: str, charge: Charge | None) -> None:
        """Send the webhook of a job's end again, and charge for it.

        Raises QuotaExceeded too, and UnderWay while an earlier replay of the job is being delivered.
        """
        await self._ask("POST", f"/api/jobs/{job_id}/deliveries/replay", charge)

    async def begin_preview(self, job_id: str, variant: Variant, charge: Charge | None) -> str:
        """Begin to make an image of a job's original, charge for it, and return its name. Raises QuotaExceeded too."""
        body = {
            "variant": variant.model_dump(mode="json"),
            "charge": charge.model_dump(mode="json") if charge else None,
        }
        answer = await self._send("POST", f"/api/jobs/{job_id}/previews", body)
        name: str = answer.json()["name"]
        return name

    async def begin_variant(self, job_id: str, name: str) -> None:
        """Begin to make a variant on request, unless it is being made or has been. Raises OriginalGone too."""
        await self._send("POST", f"/api/jobs/{job_id}/variants/{name}")

    async def discard_preview(self, job_id: str, name: str) -> None:
        """Remove a preview that was sent, or that nobody waits for any more."""
        await self._send("DELETE", f"/api/jobs/{job_id}/previews/{name}")

    async def _ask(self, method: str, path: str, charge: Charge | None = None) -> None:
        await self._send(method, path, charge.model_dump(mode="json") if charge else None)

    async def _send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Return the answer to a request that succeeded."""
        with tracing.span("ask the orchestrator", Kind.CLIENT, {"http.request.method": method}) as span:
            answer = await self._request(method, path, body)
            span.set_attribute("http.response.status_code", answer.status_code)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            raise NotFound(_detail(answer, "There is no such job."))
        if answer.status_code == HTTPStatus.CONFLICT:
            detail = _detail(answer, "The job's status does not allow this now.")
            raise _under_way(answer, detail) if _member(answer, "code") == UnderWay.code else Conflict(detail)
        if answer.status_code == HTTPStatus.GONE:
            raise OriginalGone(_detail(answer, "The original is gone."))
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise _quota_exceeded(answer)
        if not answer.is_success:
            raise Unavailable("Jobs cannot be changed now. Try again in a moment.")
        return answer

    async def _request(self, method: str, path: str, body: Any) -> httpx.Response:
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                return await self._client.request(method, path, headers=tracing.headers(), json=body)
        except (httpx.TransportError, TimeoutError) as error:
            raise Unavailable("Jobs cannot be changed now. Try again in a moment.") from error


def _under_way(answer: httpx.Response, detail: str) -> UnderWay:
    return UnderWay(detail, retry_after_seconds=_retry_after(answer))


def _quota_exceeded(answer: httpx.Response) -> QuotaExceeded:
    fields = {name: _member(answer, name) for name in ("quota", "limit", "used")}
    return QuotaExceeded(_detail(answer, "Quota used up."), retry_after_seconds=_retry_after(answer), **fields)


def _retry_after(answer: httpx.Response) -> int:
    """Return the seconds to wait; 1 if the answer does not say it."""
    seconds = answer.headers.get("retry-after", "")
    return int(seconds) if seconds.isdecimal() else 1


def _detail(answer: httpx.Response, otherwise: str) -> str:
    """Return the sentence of a problem document."""
    detail = _member(answer, "detail")
    return detail if isinstance(detail, str) else otherwise


def _member(answer: httpx.Response, name: str) -> Any:
    """Return a member of a problem document, or None if there is none."""
    try:
        return answer.json()[name]
    except (ValueError, KeyError, TypeError):
        return None
