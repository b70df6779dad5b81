"""Queues on the emulator, each with its dead-letter queue."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from darkroom.topology import QueueSpec
from darkroom_local.installation import CreatedQueue

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient
    from types_aiobotocore_sqs.literals import QueueAttributeNameType

_POLICY_VERSION: Final = "2012-10-17"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Something in AWS that may send to a queue."""

    service: str
    """The service that sends, such as `s3.amazonaws.com`."""
    arn: str


async def create(sqs: "SQSClient", spec: QueueSpec, *, sender: Sender | None = None) -> CreatedQueue:
    """Create a queue and its dead-letter queue. The `sender` may send to it, besides Darkroom's services."""
    dlq_url, dlq_arn = await _create(sqs, spec.dlq_name)
    url, arn = await _create(sqs, spec.name)
    redrive = json.dumps({"deadLetterTargetArn": dlq_arn, "maxReceiveCount": spec.max_receives})
    policy = _policy(_tls_only(arn), *([_allow(sender, arn)] if sender else []))
    common = _common(spec)
    await sqs.set_queue_attributes(QueueUrl=dlq_url, Attributes={**common, "Policy": _policy(_tls_only(dlq_arn))})
    await sqs.set_queue_attributes(
        QueueUrl=url,
        Attributes={
            **common,
            "VisibilityTimeout": str(spec.visibility_seconds),
            "RedrivePolicy": redrive,
            "Policy": policy,
        },
    )
    return CreatedQueue(url=url, arn=arn, dlq_url=dlq_url, dlq_arn=dlq_arn)


async def _create(sqs: "SQSClient", name: str) -> tuple[str, str]:
    """Create a queue and return its URL and ARN. Attributes come later: to create it again with others is an error."""
    url = (await sqs.create_queue(QueueName=name))["QueueUrl"]
    answer = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, answer["Attributes"]["QueueArn"]


def _common(spec: QueueSpec) -> "dict[QueueAttributeNameType, str]":
    return {"MessageRetentionPeriod": str(spec.retention_seconds), "SqsManagedSseEnabled": "true"}


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": _POLICY_VERSION, "Statement": statements})


def _tls_only(arn: str) -> dict[str, Any]:
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _allow(sender: Sender, arn: str) -> dict[str, Any]:
    return {
        "Sid": "Sender",
        "Effect": "Allow",
        "Principal": {"Service": sender.service},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnLike": {"aws:SourceArn": sender.arn}},
    }
