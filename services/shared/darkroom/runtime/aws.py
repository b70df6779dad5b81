"""Clients for AWS, or for an emulator if `AWS_ENDPOINT_URL` is set.

Each process has one `Aws`, and opens its clients in its lifespan: the first client takes about 100 ms, and connections
are used again. Only this module and the adapters import botocore.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Final

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
from darkroom.runtime.dynamodb_answers import parse_quickly

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_sns import SNSClient
    from types_aiobotocore_sqs import SQSClient

FAILURES: Final = (BotoCoreError, ClientError)
"""Errors that `translated` re-raises unchanged. Catch these where any failure is final."""

CONNECT_SECONDS: Final = 2
READ_SECONDS: Final = 30
"""Read timeout of one try, in seconds. It is longer than the longest long poll."""
ANSWER_SECONDS: Final = 8
"""Read timeout of one try, in seconds, while an HTTP client waits. All tries end before a proxy times out."""
TRIES: Final = 4
_USER_AGENT: Final = "darkroom"

# Without the prefix that some services add, as in KMS.ThrottlingException and AWS.SimpleQueueService.OverLimit.
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
        """`pool` is the number of connections. `read_seconds` is the read timeout of one try."""
        self._session = aioboto3.Session()
        if tracing.is_on():
            trace_calls(self._session.events)
        parse_quickly(self._session.events)
        emulated = "AWS_ENDPOINT_URL" in os.environ
        self._config = AioConfig(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=read_seconds,
            retries={"mode": "standard", "total_max_attempts": TRIES},
            max_pool_connections=pool,
            tcp_keepalive=True,
            # An emulator has no DNS names for buckets. With the region in their host name, links match the content
            # security policy of pages, in us-east-1 too.
            s3={
                "addressing_style": "path" if emulated else "virtual",
                "us_east_1_regional_endpoint": "regional",
            },
            signature_version="v4",
            # botocore puts its own together from twenty parts for each call, which takes a tenth of the call's time.
            user_agent=_USER_AGENT,
        )

    def s3(self, *, endpoint_url: str | None = None) -> "AbstractAsyncContextManager[S3Client]":
        """Open a client for S3. `endpoint_url` is for signed URLs that others open under another host name."""
        config = self._config.merge(AioConfig(signature_version="s3v4"))
        return self._session.client("s3", config=config, endpoint_url=endpoint_url)

    def sqs(self) -> "AbstractAsyncContextManager[SQSClient]":
        """Open a client for SQS."""
        return self._session.client("sqs", config=self._config)

    def sns(self) -> "AbstractAsyncContextManager[SNSClient]":
        """Open a client for SNS."""
        return self._session.client("sns", config=self._config)

    def dynamodb(self) -> "AbstractAsyncContextManager[DynamoDBClient]":
        """Open a client for DynamoDB."""
        # DynamoDB itself refuses a wrong parameter. Checking each key of a batch here takes as long as sending them.
        config = self._config.merge(AioConfig(parameter_validation=False))
        return self._session.client("dynamodb", config=config)

    def cloudfront(self) -> AbstractAsyncContextManager[Any]:
        """Open a client for CloudFront."""
        return self._session.client("cloudfront", config=self._config)

    async def credentials(self) -> ReadOnlyCredentials:
        """Return the current credentials. Temporary ones are renewed in time. Raises Unavailable."""
        with translated("The credentials service"):
            found = await self._session.get_credentials()  # type: ignore[misc]  # It is a coroutine, although the stubs say otherwise.
            if found is None:
                raise NoCredentialsError
            frozen: ReadOnlyCredentials = await found.get_frozen_credentials()
            return frozen


@contextmanager
def translated(service: str) -> Iterator[None]:
    """Raise Unavailable in place of errors for which a retry can help. Re-raises all other errors unchanged.

    A body that ends too early raises an error of aiohttp, which botocore does not wrap.
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
    """Return AWS's code of an error, such as `ConditionalCheckFailedException`."""
    return error.response.get("Error", {}).get("Code", "")


def _is_passing(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or error_code(error).rpartition(".")[2] in _PASSING_CODES
