"""Liveness and readiness: `/healthz` shows that the process answers, `/readyz` that it can accept work."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from darkroom.errors import Unavailable
from darkroom.runtime.aws import translated

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_sqs import SQSClient

Check = Callable[[], Awaitable[object]]

_CHECK_SECONDS: Final = 2.0
_FRESH_SECONDS: Final = 1.0
"""How long a result is used again, so that many probes do not become many calls."""


class Readiness:
    """Tells whether this process can accept work: it is not draining, and all its dependencies answer."""

    def __init__(self, checks: Mapping[str, Check], stop: asyncio.Event) -> None:
        self._checks = checks
        self._stop = stop
        self._lock = asyncio.Lock()
        self._asked_at = float("-inf")
        self._answer: dict[str, str] = {}

    async def failures(self) -> dict[str, str]:
        """Return why the process is not ready, by dependency; empty if it is ready."""
        if self._stop.is_set():
            return {"service": "draining"}
        async with self._lock:
            if time.monotonic() - self._asked_at > _FRESH_SECONDS:
                results = await asyncio.gather(*(self._ask(check) for check in self._checks.values()))
                self._answer = {name: result for name, result in zip(self._checks, results, strict=True) if result}
                self._asked_at = time.monotonic()
        return self._answer

    async def _ask(self, check: Check) -> str | None:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await check()
        except TimeoutError:
            return f"no answer within {_CHECK_SECONDS:.0f} s"
        except Unavailable as error:
            return error.message
        except ClientError as error:
            return f"refused: {error.response['Error']['Code']}"
        return None


def router(readiness: Readiness) -> APIRouter:
    """Return the two routes. They need no credentials."""
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz", summary="The process answers")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @routes.get(
        "/readyz",
        summary="The service can accept work",
        responses={503: {"description": "Not ready; `failures` says why", "content": {"application/json": {}}}},
    )
    async def readyz() -> JSONResponse:
        failures = await readiness.failures()
        if failures:
            return JSONResponse(
                {"status": "not_ready", "failures": failures},
                status_code=HTTPStatus.SERVICE_UNAVAILABLE,
                headers={"Retry-After": "1"},
            )
        return JSONResponse({"status": "ready"})

    return routes


def bucket_check(s3: "S3Client", bucket: str) -> Check:
    """Return a check that a bucket exists and may be used."""

    async def check() -> None:
        with translated("S3"):
            await s3.head_bucket(Bucket=bucket)

    return check


def queue_check(sqs: "SQSClient", url: str) -> Check:
    """Return a check that a queue exists and may be used."""

    async def check() -> None:
        with translated("SQS"):
            await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])

    return check


def table_check(dynamodb: "DynamoDBClient", table: str, key: str) -> Check:
    """Return a check that a table exists and may be read."""

    async def check() -> None:
        with translated("DynamoDB"):
            await dynamodb.get_item(TableName=table, Key={key: {"S": "-"}})

    return check
