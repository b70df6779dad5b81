"""Names the AWS operation of an HTTP request: `UpdateItem jobs`, `PutObject results`, `SendMessageBatch tasks`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

_JSON_SERVICES: Final = {"AmazonSQS": "sqs", "DynamoDB_20120810": "dynamodb"}

# Requests to S3 do not name their operation. It follows from the method, the path and a query parameter.
_S3_BY_PARAMETER: Final = {
    ("GET", "versions"): "ListObjectVersions",
    ("GET", "list-type"): "ListObjectsV2",
    ("POST", "delete"): "DeleteObjects",
    ("POST", "uploads"): "CreateMultipartUpload",
    ("POST", "uploadId"): "CompleteMultipartUpload",
    ("PUT", "uploadId"): "UploadPart",
    ("PUT", "tagging"): "PutObjectTagging",
    ("DELETE", "tagging"): "DeleteObjectTagging",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request to AWS, as it was sent."""

    service: str
    operation: str
    resource: str
    """Queue, table, topic or bucket, without the prefix of the installation's names."""
    method: str
    target: str
    """Path and query, escaped."""
    headers: Mapping[str, str]
    body: bytes

    @property
    def name(self) -> str:
        """Operation and resource."""
        return f"{self.operation} {self.resource}"

    @property
    def is_check(self) -> bool:
        """Whether it is a readiness check of AWS, not work."""
        return self.operation in {"HeadBucket", "GetQueueAttributes"} or b'"S": "-"' in self.body

    def fields(self) -> dict[str, Any]:
        """Return the parsed body of a call to SQS or DynamoDB."""
        read: dict[str, Any] = json.loads(self.body)
        return read


def read_call(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
    """Return the call that a request makes. The names of `headers` are lower-case."""
    service, operation, resource = _named(method, target, headers, body)
    return Call(
        service=service,
        operation=operation,
        resource=resource,
        method=method,
        target=target,
        headers=headers,
        body=body,
    )


def _named(method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[str, str, str]:
    service, _, operation = headers.get("x-amz-target", "").partition(".")
    if service:
        return _JSON_SERVICES[service], operation, _short(_json_resource(json.loads(body)))
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        form = parse_qs(body.decode())
        return "sns", form["Action"][0], _short(form.get("TopicArn", [""])[0].rpartition(":")[2])
    operation, resource = _s3(method, target)
    return "s3", "CopyObject" if "x-amz-copy-source" in headers else operation, resource


def _json_resource(fields: Mapping[str, Any]) -> str:
    if "QueueUrl" in fields:
        return str(fields["QueueUrl"]).rpartition("/")[2]
    if "RequestItems" in fields:
        return str(next(iter(fields["RequestItems"])))
    if "TransactItems" in fields:
        return "+".join(str(next(iter(item.values()))["TableName"]) for item in fields["TransactItems"])
    return str(fields.get("TableName", ""))


def _s3(method: str, target: str) -> tuple[str, str]:
    parts = urlsplit(target)
    bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
    parameters = parse_qs(parts.query, keep_blank_values=True)
    for (known_method, parameter), operation in _S3_BY_PARAMETER.items():
        if known_method == method and parameter in parameters:
            return operation, _short(bucket)
    return f"{method.capitalize()}{'Object' if key else 'Bucket'}", _short(bucket)


def _short(name: str) -> str:
    """Return names without their prefix: `t01ab-jobs+t01ab-accounts` becomes `jobs+accounts`."""
    return "+".join(one.partition("-")[2] or one for one in name.split("+"))
