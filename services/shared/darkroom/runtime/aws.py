"""Clients for AWS, or for an emulator when `AWS_ENDPOINT_URL` says so.

One `Aws` a process, its clients opened in the process's lifespan: the first client costs some 100 ms, and connections
are reused. Only this module and the adapters know botocore.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TYPE_CHECKING, Final

import aioboto3
import aiohttp
from aiobotocore.config import AioConfig
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    MetadataRetrievalError,
    NoCredentialsError,
)
from botocore.exceptions import ConnectionError as AwsConnectionError

from darkroom.errors import Unavailable
from darkroom.runtime import tracing
from darkroom.runtime.aws_spans import trace_calls

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_sns import SNSClient
    from types_aiobotocore_sqs import SQSClient

FAILURES: Final = (BotoCoreError, ClientError)
"""What `translated` lets pass, for whom it is an end whatever it is."""

CONNECT_SECONDS: Final = 2
READ_SECONDS: Final = 30
"""Longer than the longest long poll."""
ANSWER_SECONDS: Final = 8
"""For whom somebody waits: all tries are over before proxies on the way give up."""
TRIES: Final = 4

# Without the prefix under which some services put theirs: KMS.ThrottlingException, AWS.SimpleQueueService.OverLimit.
_PASSING_CODES: Final = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "LimitExceededException",
        "OverLimit",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


class Aws:
    """Opens clients that share one configuration."""

    def __init__(self, *, pool: int = 50, read_seconds: float = READ_SECONDS) -> None:
        """`read_seconds` is how long an answer, or the next part of one, may keep one waiting before the next try."""
        self._session = aioboto3.Session()
        if tracing.is_on():
            trace_calls(self._session.events)
        emulated = "AWS_ENDPOINT_URL" in os.environ
        self._config = AioConfig(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=read_seconds,
            retries={"mode": "standard", "total_max_attempts": TRIES},
            max_pool_connections=pool,
            tcp_keepalive=True,
            # An emulator has no wildcard DNS for bucket names. With their region links have the host that the content
            # policy of pages names, in us-east-1 too.
            s3={
                "addressing_style": "path" if emulated else "virtual",
                "us_east_1_regional_endpoint": "regional",
            },
            signature_version="v4",
        )

    def s3(self, *, endpoint_url: str | None = None) -> "AbstractAsyncContextManager[S3Client]":
        """A client for S3; `endpoint_url` is for signing URLs that others open under another name of the host."""
        config = self._config.merge(AioConfig(signature_version="s3v4"))
        return self._session.client("s3", config=config, endpoint_url=endpoint_url)

    def sqs(self) -> "AbstractAsyncContextManager[SQSClient]":
        """A client for SQS."""
        return self._session.client("sqs", config=self._config)

    def sns(self) -> "AbstractAsyncContextManager[SNSClient]":
        """A client for SNS."""
        return self._session.client("sns", config=self._config)

    def dynamodb(self) -> "AbstractAsyncContextManager[DynamoDBClient]":
        """A client for DynamoDB."""
        return self._session.client("dynamodb", config=self._config)

    async def credentials(self) -> ReadOnlyCredentials:
        """What requests are signed with now; short-lived ones are renewed in time. Raises Unavailable."""
        with translated("The credentials service"):
            found = await self._session.get_credentials()  # type: ignore[misc]  # A coroutine, whatever the stubs say.
            if found is None:
                raise NoCredentialsError
            frozen: ReadOnlyCredentials = await found.get_frozen_credentials()
            return frozen


@contextmanager
def translated(service: str) -> Iterator[None]:
    """Turn the failures that time may heal into Unavailable; every other one goes on as it is.

    A body that is cut midway raises aiohttp's own error, which botocore does not wrap.
    """
    try:
        yield
    except ClientError as error:
        if _is_passing(error):
            raise Unavailable(f"{service} does not accept requests now. Try again.") from error
        raise
    except (
        aiohttp.ClientError,
        AwsConnectionError,
        CredentialRetrievalError,
        HTTPClientError,
        MetadataRetrievalError,
        NoCredentialsError,
        TimeoutError,
    ) as error:
        raise Unavailable(f"{service} cannot be reached. Try again.") from error


def error_code(error: ClientError) -> str:
    """AWS's own name of what went wrong, such as `ConditionalCheckFailedException`."""
    return error.response.get("Error", {}).get("Code", "")


def _is_passing(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or error_code(error).rpartition(".")[2] in _PASSING_CODES
