"""Calls that a service or pipeline may not make with its role. The tests show that each is refused."""

from collections.abc import Callable
from typing import Any, Final

import boto3

ORIGINALS: Final = "darkroom-dev-originals-000000000000"
FRONTEND: Final = "darkroom-dev-frontend-000000000000"
RESULTS: Final = "darkroom-dev-results-000000000000"

REFUSED: Final = {"AccessDenied", "AccessDeniedException", "AuthorizationError"}
"""Error codes of a refusal: of S3, SQS and STS, of DynamoDB, and of SNS."""

Call = Callable[[boto3.Session], Any]

_JOB: Final = {"job_id": {"S": "someone-elses"}}
_ACCOUNT: Final = {"id": {"S": "key#someone"}}
_JOBS: Final = "darkroom-dev-jobs"
_ACCOUNTS: Final = "darkroom-dev-accounts"


def queue(name: str) -> dict[str, str]:
    return {"QueueUrl": boto3.client("sqs").get_queue_url(QueueName=f"darkroom-dev-{name}")["QueueUrl"]}


def _update(on: boto3.Session) -> Any:
    return on.client("dynamodb").update_item(
        TableName=_JOBS, Key=_JOB, UpdateExpression="SET attempt = :n", ExpressionAttributeValues={":n": {"N": "9"}}
    )


def _subscribe(on: boto3.Session) -> Any:
    return on.client("sns").subscribe(TopicArn=_topic("alerts"), Protocol="email", Endpoint="a@example.org")


def _topic(name: str) -> str:
    return f"arn:aws:sns:us-east-1:000000000000:darkroom-dev-{name}"


def _assume(on: boto3.Session, name: str) -> Any:
    roles = boto3.client("iam").list_roles()["Roles"]
    arn = next(role["Arn"] for role in roles if name in role["RoleName"])
    return on.client("sts").assume_role(RoleArn=arn, RoleSessionName="other")


def _put_parameter(on: boto3.Session, name: str) -> Any:
    return on.client("ssm").put_parameter(Name=name, Value="{}", Type="String", Overwrite=True)


def _read_secret(on: boto3.Session) -> Any:
    return on.client("secretsmanager").get_secret_value(SecretId="darkroom-dev/origin")


def _read_data_keys(on: boto3.Session) -> Any:
    return on.client("secretsmanager").get_secret_value(SecretId="darkroom-dev/data-keys")


def _delete_repository(on: boto3.Session) -> Any:
    return on.client("ecr").delete_repository(repositoryName="darkroom-dev/upload", force=True)


def _keep(on: boto3.Session) -> Any:
    return on.client("s3").delete_object_tagging(Bucket=ORIGINALS, Key="uploads/a/b")


FORBIDDEN: Final[list[tuple[str, str, Call]]] = [
    ("upload", "keep an original", _keep),
    ("upload", "put a drop", lambda on: on.client("s3").put_object(Bucket=ORIGINALS, Key="incoming/web/a", Body=b"")),
    ("upload", "put a result", lambda on: on.client("s3").put_object(Bucket=RESULTS, Key="a", Body=b"")),
    ("upload", "delete an original", lambda on: on.client("s3").delete_object(Bucket=ORIGINALS, Key="uploads/a/b")),
    ("upload", "delete a result", lambda on: on.client("s3").delete_object(Bucket=RESULTS, Key="a")),
    ("upload", "list all buckets", lambda on: on.client("s3").list_buckets()),
    ("upload", "change a job", _update),
    ("upload", "delete a job", lambda on: on.client("dynamodb").delete_item(TableName=_JOBS, Key=_JOB)),
    ("upload", "scan jobs", lambda on: on.client("dynamodb").scan(TableName=_JOBS)),
    ("upload", "delete an account", lambda on: on.client("dynamodb").delete_item(TableName=_ACCOUNTS, Key=_ACCOUNT)),
    ("upload", "read its queue", lambda on: on.client("sqs").receive_message(**queue("uploads"))),
    ("upload", "read imports", lambda on: on.client("sqs").receive_message(**queue("imports"))),
    ("processor", "request an import", lambda on: on.client("sqs").send_message(**queue("imports"), MessageBody="{}")),
    ("upload", "send a task", lambda on: on.client("sqs").send_message(**queue("tasks"), MessageBody="{}")),
    ("upload", "purge a queue", lambda on: on.client("sqs").purge_queue(**queue("uploads"))),
    ("upload", "take another role", lambda on: _assume(on, "-orchestrator")),
    ("orchestrator", "put a result", lambda on: on.client("s3").put_object(Bucket=RESULTS, Key="a", Body=b"")),
    (
        "orchestrator",
        "put a drop",
        lambda on: on.client("s3").put_object(Bucket=ORIGINALS, Key="incoming/web/a", Body=b""),
    ),
    ("orchestrator", "delete a bucket", lambda on: on.client("s3").delete_bucket(Bucket=RESULTS)),
    ("orchestrator", "take a task", lambda on: on.client("sqs").receive_message(**queue("tasks"))),
    ("orchestrator", "scan jobs", lambda on: on.client("dynamodb").scan(TableName=_JOBS)),
    ("orchestrator", "scan accounts", lambda on: on.client("dynamodb").scan(TableName=_ACCOUNTS)),
    ("orchestrator", "delete a table", lambda on: on.client("dynamodb").delete_table(TableName=_JOBS)),
    ("orchestrator", "subscribe to alerts", _subscribe),
    ("processor", "read a job", lambda on: on.client("dynamodb").get_item(TableName=_JOBS, Key=_JOB)),
    ("processor", "read an account", lambda on: on.client("dynamodb").get_item(TableName=_ACCOUNTS, Key=_ACCOUNT)),
    ("processor", "put an original", lambda on: on.client("s3").put_object(Bucket=ORIGINALS, Key="a", Body=b"")),
    ("processor", "delete a result", lambda on: on.client("s3").delete_object(Bucket=RESULTS, Key="a")),
    ("processor", "send a task", lambda on: on.client("sqs").send_message(**queue("tasks"), MessageBody="{}")),
    ("processor", "read reports", lambda on: on.client("sqs").receive_message(**queue("reports"))),
    ("processor", "read dead tasks", lambda on: on.client("sqs").receive_message(**queue("tasks-dlq"))),
    ("processor", "publish", lambda on: on.client("sns").publish(TopicArn=_topic("job-events"), Message="{}")),
    ("diff", "take the role that deploys", lambda on: _assume(on, "-deploy-role-")),
    ("diff", "take the role that reads everything", lambda on: _assume(on, "-lookup-role-")),
    ("diff", "read a result", lambda on: on.client("s3").get_object(Bucket=RESULTS, Key="a")),
    ("diff", "read an account", lambda on: on.client("dynamodb").get_item(TableName=_ACCOUNTS, Key=_ACCOUNT)),
    ("diff", "read the origin's secret", _read_secret),
    ("diff", "read the keys of secrets in tables", _read_data_keys),
    ("upload", "read the keys of secrets in tables", _read_data_keys),
    ("orchestrator", "read the keys of secrets in tables", _read_data_keys),
    ("diff", "take the role of a service", lambda on: _assume(on, "ProcessorRole")),
    ("diff", "put an image's digest", lambda on: _put_parameter(on, "/darkroom-dev/images")),
    ("diff", "put a page", lambda on: on.client("s3").put_object(Bucket=FRONTEND, Key="index.html", Body=b"")),
    ("deploy", "take the role of a service", lambda on: _assume(on, "ProcessorRole")),
    ("deploy", "put another parameter", lambda on: _put_parameter(on, "/darkroom-dev/other")),
    ("deploy", "put a page", lambda on: on.client("s3").put_object(Bucket=FRONTEND, Key="index.html", Body=b"")),
    ("deploy", "read a result", lambda on: on.client("s3").get_object(Bucket=RESULTS, Key="a")),
    ("deploy", "read the origin's secret", _read_secret),
    ("deploy", "delete a table", lambda on: on.client("dynamodb").delete_table(TableName=_JOBS)),
    ("deploy", "delete a repository", _delete_repository),
]
"""The service or pipeline, a description of the call, and the call."""
