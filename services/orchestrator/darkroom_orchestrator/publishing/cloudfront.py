"""Invalidations at CloudFront, merged into batches: it limits how many are in progress, and each is one call."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from darkroom.errors import Unavailable
from darkroom.runtime.aws import error_code, translated

COLLECTING_SECONDS: Final = 1.0
"""How long paths of several jobs are collected before one call."""
MOST_PATHS: Final = 300
"""Paths of one call, unless one job has more. CloudFront works on 3000 paths at the same time."""


class CloudFrontClient(Protocol):
    """The calls of aiobotocore's client that are used here."""

    async def create_invalidation(self, **arguments: Any) -> Mapping[str, Any]: ...

    async def get_invalidation(self, **arguments: Any) -> Mapping[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class _Request:
    """Paths of one caller, and the id of the invalidation that has them."""

    paths: frozenset[str]
    reference: str
    invalidation: asyncio.Future[str]


class CloudFrontCdn:
    """One distribution of CloudFront, as `Cdn` describes it."""

    def __init__(
        self, client: CloudFrontClient, distribution: str, *, collecting_seconds: float = COLLECTING_SECONDS
    ) -> None:
        self._client = client
        self._distribution = distribution
        self._collecting_seconds = collecting_seconds
        self._waiting: list[_Request] = []
        self._full = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None

    async def invalidate(self, paths: Collection[str], *, reference: str) -> str | None:
        """Invalidate these paths together with those that others give within a second. Raises Unavailable."""
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Request(paths=frozenset(paths), reference=reference, invalidation=future))
        if self._sender is None:
            self._sender = asyncio.create_task(self._collect_and_send())
        if sum(len(request.paths) for request in self._waiting) >= MOST_PATHS:
            self._full.set()
        return await future

    async def is_invalidated(self, invalidation: str) -> bool:
        """Whether the invalidation is completed. Raises Unavailable."""
        with _translated():
            try:
                answer = await self._client.get_invalidation(DistributionId=self._distribution, Id=invalidation)
            except ClientError as error:
                # CloudFront forgets an invalidation only long after it was completed.
                if error_code(error) == "NoSuchInvalidation":
                    return True
                raise
        return bool(answer["Invalidation"]["Status"] == "Completed")

    async def _collect_and_send(self) -> None:
        with suppress(TimeoutError):  # Few paths have come together. They are sent now.
            async with asyncio.timeout(self._collecting_seconds):
                await self._full.wait()
        requests, self._waiting, self._sender = self._waiting, [], None
        self._full.clear()
        for batch in _batches(requests):
            await self._send(batch)

    async def _send(self, batch: list[_Request]) -> None:
        """Send one batch, and tell each caller its id or why there is none."""
        try:
            invalidation = await self._create(batch)
        except Exception as error:  # noqa: BLE001 - the callers raise it
            for request in batch:
                if not request.invalidation.done():
                    request.invalidation.set_exception(error)
        else:
            for request in batch:
                if not request.invalidation.done():
                    request.invalidation.set_result(invalidation)

    async def _create(self, batch: list[_Request]) -> str:
        paths = sorted({path for request in batch for path in request.paths})
        with _translated():
            answer = await self._client.create_invalidation(
                DistributionId=self._distribution,
                InvalidationBatch={
                    "Paths": {"Quantity": len(paths), "Items": paths},
                    "CallerReference": _reference(batch),
                },
            )
        return str(answer["Invalidation"]["Id"])


def _batches(requests: list[_Request]) -> Iterator[list[_Request]]:
    """Divide requests so that no batch has more paths than `MOST_PATHS`, unless one request alone has more."""
    batch: list[_Request] = []
    for request in requests:
        if batch and sum(len(one.paths) for one in [*batch, request]) > MOST_PATHS:
            yield batch
            batch = []
        batch.append(request)
    yield batch


def _reference(batch: list[_Request]) -> str:
    """Return the same text for the same requests. CloudFront answers a repetition with the first invalidation."""
    parts = sorted(f"{request.reference} {' '.join(sorted(request.paths))}" for request in batch)
    return sha256("\n".join(parts).encode()).hexdigest()


@contextmanager
def _translated() -> Iterator[None]:
    """Raise Unavailable for errors that pass, and while too many invalidations are in progress."""
    with translated("CloudFront"):
        try:
            yield
        except ClientError as error:
            if error_code(error) == "TooManyInvalidationsInProgress":
                raise Unavailable("CloudFront has too many invalidations in progress. Try again.") from error
            raise
