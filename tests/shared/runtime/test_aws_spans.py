"""Spans of calls of AWS."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.hooks import HierarchicalEmitter

from darkroom.runtime.aws import Aws
from darkroom.runtime.aws_spans import trace_calls
from darkroom.runtime.tracing import span
from tests.support.emulator import Cloud
from tests.support.spans import recorded


async def test_a_call_is_a_child_span_of_its_work(cloud: Cloud) -> None:
    with recorded() as spans:
        async with Aws().sqs() as sqs:
            with span("work"):
                await sqs.list_queues()
    call, work = spans()
    assert (call.name, call.kind, call.parent_id) == ("SQS.ListQueues", "CLIENT", work.span_id)
    assert call.attributes.pop("aws.request_id")
    assert call.attributes == {
        "rpc.system": "aws-api",
        "rpc.service": "SQS",
        "rpc.method": "ListQueues",
        "aws.region": "us-east-1",
        "http.response.status_code": 200,
        "aws.retries": 0,
    }


async def test_a_poll_outside_of_a_trace_has_no_span(cloud: Cloud) -> None:
    with recorded() as spans:
        async with Aws().sqs() as sqs:
            await sqs.list_queues()
    assert spans() == []


async def test_the_span_of_a_refused_call_has_its_error_code(cloud: Cloud) -> None:
    with recorded() as spans:
        async with Aws().dynamodb() as dynamodb:
            with pytest.raises(ClientError), span("work"):
                await dynamodb.get_item(TableName="none", Key={"id": {"S": "1"}})
    call, _ = spans()
    assert call.attributes["aws.error_code"] == "ResourceNotFoundException"
    assert not call.failed


async def test_clients_without_a_tracer_make_no_spans(cloud: Cloud) -> None:
    aws = Aws()
    with recorded() as spans:
        async with aws.sqs() as sqs:
            with span("work"):
                await sqs.list_queues()
    assert [made.name for made in spans()] == ["work"]


def test_a_call_that_gets_no_answer_has_failed() -> None:
    events = HierarchicalEmitter()
    trace_calls(events)
    context: dict[str, object] = {"client_region": "us-east-1"}
    with recorded() as spans, span("work"):
        events.emit("before-call.sqs.ListQueues", model=_Model, context=context)
        error = EndpointConnectionError(endpoint_url="http://secret-host")
        events.emit("after-call-error.sqs.ListQueues", exception=error, context=context)
    call, _ = spans()
    assert call.failed
    assert call.attributes["error.type"] == "EndpointConnectionError"
    assert "secret-host" not in call.json


@pytest.mark.parametrize(("status", "failed"), [(400, False), (503, True)])
def test_only_server_errors_of_aws_mark_a_span_as_failed(status: int, failed: bool) -> None:  # noqa: FBT001 - a parameter of the test
    events = HierarchicalEmitter()
    trace_calls(events)
    context: dict[str, object] = {"client_region": "us-east-1"}
    with recorded() as spans, span("work"):
        events.emit("before-call.sqs.ListQueues", model=_Model, context=context)
        parsed = {"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"RetryAttempts": 3}}
        events.emit("after-call.sqs.ListQueues", http_response=_Answer(status), parsed=parsed, context=context)
    call, _ = spans()
    assert call.failed is failed
    assert call.attributes["aws.retries"] == 3


class _Service:
    service_id = "SQS"


class _Model:
    service_model = _Service
    name = "ListQueues"


class _Answer:
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code
