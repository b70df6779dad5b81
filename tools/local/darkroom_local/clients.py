"""Clients for the emulator. Endpoint and credentials are always given, so that nothing here can reach real AWS."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aioboto3
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_sns import SNSClient
    from types_aiobotocore_sqs import SQSClient

REGION: Final = "us-east-1"
ACCESS_KEY: Final = "test"
"""Id and secret of the emulator's root key."""

# botocore's form: key in the file, environment variable, default, conversion.
_NO_CONFIGURATION: Final = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


@dataclass(frozen=True, kw_only=True)
class Clients:
    """One client for each service that Darkroom uses."""

    s3: "S3Client"
    sqs: "SQSClient"
    sns: "SNSClient"
    dynamodb: "DynamoDBClient"


@asynccontextmanager
async def open_clients(endpoint_url: str) -> AsyncIterator[Clients]:
    """Open clients for the emulator at this address, for the length of a `with` block."""
    session = aioboto3.Session(
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=ACCESS_KEY,
        region_name=REGION,
        botocore_session=AioSession(session_vars=_NO_CONFIGURATION),
    )
    config = AioConfig(s3={"addressing_style": "path"}, max_pool_connections=50, proxies={})
    async with AsyncExitStack() as stack:
        yield Clients(
            s3=await stack.enter_async_context(session.client("s3", endpoint_url=endpoint_url, config=config)),
            sqs=await stack.enter_async_context(session.client("sqs", endpoint_url=endpoint_url, config=config)),
            sns=await stack.enter_async_context(session.client("sns", endpoint_url=endpoint_url, config=config)),
            dynamodb=await stack.enter_async_context(
                session.client("dynamodb", endpoint_url=endpoint_url, config=config)
            ),
        )


def aws_environment(endpoint_url: str) -> dict[str, str]:
    """Return the variables for a process that may reach the emulator only, and without a proxy."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1,localhost",
    }
