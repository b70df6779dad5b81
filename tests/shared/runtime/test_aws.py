"""The clients for AWS, and the errors that a retry can heal."""

import asyncio
from typing import Any

import aiohttp
import botocore.exceptions
import pytest
from botocore.exceptions import ClientError

from darkroom.errors import Unavailable
from darkroom.runtime.aws import TRIES, Aws, error_code, translated
from darkroom_local.ports import LOOPBACK
from tests.support.emulator import Cloud

pytestmark = pytest.mark.sockets

WHERE: dict[str, Any] = {"endpoint_url": "http://s3", "error": "no route"}


def refusal(code: str, status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "secret detail"}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # botocore fills in the rest.
        "PutItem",
    )


@pytest.mark.parametrize(
    "error",
    [
        refusal("ThrottlingException"),
        refusal("SlowDown", 503),
        refusal("ProvisionedThroughputExceededException"),
        refusal("TransactionConflictException"),
        refusal("AWS.SimpleQueueService.RequestThrottled", 403),
        refusal("KMS.ThrottlingException"),
        refusal("AnythingAtAll", 500),
        botocore.exceptions.ConnectTimeoutError(**WHERE),
        botocore.exceptions.ReadTimeoutError(**WHERE),
        botocore.exceptions.EndpointConnectionError(**WHERE),
        botocore.exceptions.ConnectionClosedError(**WHERE),
        botocore.exceptions.SSLError(**WHERE),
        botocore.exceptions.HTTPClientError(**WHERE),
        botocore.exceptions.ResponseStreamingError(error="cut"),
        botocore.exceptions.NoCredentialsError(),
        botocore.exceptions.CredentialRetrievalError(provider="container-role", error_msg="no answer"),
        botocore.exceptions.MetadataRetrievalError(error_msg="no answer"),
        aiohttp.ClientPayloadError(),
        aiohttp.ServerDisconnectedError(),
        TimeoutError(),
    ],
    ids=lambda error: error_code(error) if isinstance(error, ClientError) else type(error).__name__,
)
def test_an_error_that_a_retry_can_heal_is_unavailable(error: Exception) -> None:
    with pytest.raises(Unavailable, match=r"^S3 [a-z ]+\. Try again\.$") as raised, translated("S3"):
        raise error
    assert raised.value.__cause__ is error, "an operator sees it in the log"


@pytest.mark.parametrize(
    "error",
    [
        refusal("ConditionalCheckFailedException"),
        refusal("NoSuchKey", 404),
        refusal("AccessDenied", 403),
        botocore.exceptions.ParamValidationError(report="wrong"),
        ValueError("a bug"),
    ],
    ids=lambda error: error_code(error) if isinstance(error, ClientError) else type(error).__name__,
)
def test_every_other_error_is_raised_unchanged(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, translated("S3"):
        raise error
    assert raised.value is error


async def test_a_cancelled_call_stays_a_cancellation() -> None:
    with pytest.raises(asyncio.CancelledError), translated("S3"):
        raise asyncio.CancelledError


async def test_clients_use_the_emulator_of_the_environment(cloud: Cloud) -> None:
    aws = Aws()
    async with aws.s3() as s3, aws.sqs() as sqs, aws.sns() as sns, aws.dynamodb() as dynamodb:
        assert {client.meta.endpoint_url for client in (s3, sqs, sns, dynamodb)} == {cloud.endpoint_url}
        await asyncio.gather(s3.list_buckets(), sqs.list_queues(), sns.list_topics(), dynamodb.list_tables())


async def test_a_call_without_an_answer_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: tries.append(writer), LOOPBACK, 0)
    async with silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{LOOPBACK}:{silent.sockets[0].getsockname()[1]}")
        async with Aws(read_seconds=0.1).dynamodb() as dynamodb:
            with pytest.raises(Unavailable), translated("DynamoDB"):
                await dynamodb.list_tables()
        assert len(tries) == TRIES
        for writer in tries:
            writer.close()


async def test_urls_can_be_signed_for_another_host_name(cloud: Cloud) -> None:
    async with Aws().s3(endpoint_url="http://localhost:4566") as s3:
        url = await s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
    assert url.startswith("http://localhost:4566/b/k?")
    assert "X-Amz-Signature=" in url
