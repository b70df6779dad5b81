"""Tests of the complete rights of each role. A role that gains an action fails here."""

from typing import Final

import pytest

from tests.cdk.assembly import Assembly, Json, Template, text

Permissions = dict[str, tuple[set[str], set[str]]]

_ORIGINALS: Final = "arn:<AWS::Partition>:s3:::darkroom-originals-<AWS::AccountId>"
_RESULTS: Final = "arn:<AWS::Partition>:s3:::darkroom-results-<AWS::AccountId>"
_CONSUME: Final = {
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueAttributes",
}
_EXEC: Final[Permissions] = {
    "EcsExec": (
        {
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        },
        {"*"},
    )
}

_TRACES: Final[Permissions] = {"SendTraces": ({"xray:PutTraceSegments", "xray:PutTelemetryRecords"}, {"*"})}

EXPECTED: Final[dict[str, Permissions]] = {
    "Upload": {
        "WriteOriginals": (
            {"s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"},
            {f"{_ORIGINALS}/uploads/*", f"{_ORIGINALS}/direct/*"},
        ),
        "ReadOriginals": ({"s3:GetObject", "s3:GetObjectVersion"}, {f"{_ORIGINALS}/*"}),
        "ReadResults": ({"s3:GetObject"}, {f"{_RESULTS}/*"}),
        "AskBuckets": ({"s3:ListBucket"}, {_ORIGINALS, _RESULTS}),
        "CreateAndReadJobs": ({"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:PutItem"}, {"<JobsTable.Arn>"}),
        "ListJobs": ({"dynamodb:Query"}, {"<JobsTable.Arn>/index/by-owner"}),
        "ReadChanges": ({"dynamodb:Query"}, {"<JobsTable.Arn>/index/changes"}),
        "ReadAccounts": ({"dynamodb:GetItem", "dynamodb:BatchGetItem"}, {"<AccountsTable.Arn>"}),
        "ClaimAndRotate": ({"dynamodb:PutItem"}, {"<AccountsTable.Arn>"}),
        "CountUse": ({"dynamodb:UpdateItem"}, {"<AccountsTable.Arn>"}),
        "KeepSessions": ({"dynamodb:PutItem"}, {"<AccountsTable.Arn>"}),
        "KeepPresets": ({"dynamodb:PutItem"}, {"<AccountsTable.Arn>"}),
        "ListPresets": ({"dynamodb:UpdateItem"}, {"<AccountsTable.Arn>"}),
        "CountAttempts": ({"dynamodb:UpdateItem"}, {"<AccountsTable.Arn>"}),
        "AnnounceUploads": (
            {"sqs:SendMessage", "sqs:GetQueueAttributes"},
            {"<UploadsQueue.Arn>", "<ImportsQueue.Arn>"},
        ),
    },
    "Orchestrator": {
        "FindOriginals": ({"s3:GetObject", "s3:GetObjectVersion"}, {f"{_ORIGINALS}/*"}),
        "WriteOriginals": (
            {"s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"},
            {f"{_ORIGINALS}/uploads/*"},
        ),
        "KeepOriginals": (
            {"s3:PutObjectVersionTagging", "s3:DeleteObjectVersionTagging"},
            {f"{_ORIGINALS}/uploads/*", f"{_ORIGINALS}/direct/*"},
        ),
        "ReadResults": ({"s3:GetObject"}, {f"{_RESULTS}/*"}),
        "PublishResults": ({"s3:PutObject"}, {f"{_RESULTS}/public/*"}),
        "WriteManifests": ({"s3:PutObject"}, {f"{_RESULTS}/manifests/*"}),
        "DeleteOriginals": ({"s3:DeleteObject", "s3:DeleteObjectVersion"}, {f"{_ORIGINALS}/*"}),
        "DeleteResults": ({"s3:DeleteObject", "s3:DeleteObjectVersion"}, {f"{_RESULTS}/*"}),
        "AskBuckets": ({"s3:ListBucket", "s3:ListBucketVersions"}, {_ORIGINALS, _RESULTS}),
        "ChangeJobs": (
            {f"dynamodb:{action}" for action in ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem")},
            {"<JobsTable.Arn>"},
        ),
        "SignWebhooks": ({"dynamodb:GetItem", "dynamodb:PutItem"}, {"<AccountsTable.Arn>"}),
        "Settle": ({"dynamodb:UpdateItem"}, {"<AccountsTable.Arn>"}),
        "ReadPresets": ({"dynamodb:GetItem"}, {"<AccountsTable.Arn>"}),
        "FindOverdueJobs": ({"dynamodb:Query"}, {"<JobsTable.Arn>/index/open-by-deadline"}),
        "FindJobsOfActions": ({"dynamodb:Query"}, {"<JobsTable.Arn>/index/by-owner"}),
        "FindFreeSlots": ({"dynamodb:Query"}, {"<JobsTable.Arn>/index/by-slot"}),
        "Consume": (
            _CONSUME,
            {
                "<UploadsQueue.Arn>",
                "<ImportsQueue.Arn>",
                "<ReportsQueue.Arn>",
                "<NotificationsQueue.Arn>",
                "<UploadsDlq.Arn>",
                "<ImportsDlq.Arn>",
                "<TasksDlq.Arn>",
                "<ReportsDlq.Arn>",
                "<NotificationsDlq.Arn>",
            },
        ),
        "SendTasks": ({"sqs:SendMessage", "sqs:GetQueueAttributes"}, {"<TasksQueue.Arn>"}),
        "Redrive": (
            {"sqs:SendMessage"},
            {"<UploadsQueue.Arn>", "<ImportsQueue.Arn>", "<ReportsQueue.Arn>", "<NotificationsQueue.Arn>"},
        ),
        "TellOfJobs": ({"sns:Publish"}, {"<JobEventsTopic>"}),
    },
    "Processor": {
        "ReadOriginals": ({"s3:GetObject", "s3:GetObjectVersion"}, {f"{_ORIGINALS}/*"}),
        "ReadAndWriteResults": ({"s3:GetObject", "s3:PutObject"}, {f"{_RESULTS}/*"}),
        "AskBuckets": ({"s3:ListBucket"}, {_ORIGINALS, _RESULTS}),
        "ConsumeTasks": (_CONSUME, {"<TasksQueue.Arn>"}),
        "Report": ({"sqs:SendMessage", "sqs:GetQueueAttributes"}, {"<ReportsQueue.Arn>"}),
        "ProtectWhileBusy": (
            {"ecs:UpdateTaskProtection"},
            {"arn:<AWS::Partition>:ecs:us-east-1:<AWS::AccountId>:task/darkroom/*"},
        ),
    },
}


@pytest.fixture
def template(prod: Assembly) -> Template:
    return prod["Permissions"]


@pytest.mark.parametrize("service", list(EXPECTED))
def test_a_service_has_exactly_these_permissions(service: str, template: Template) -> None:
    assert permissions_of(template, service) == EXPECTED[service] | _EXEC | _TRACES


@pytest.mark.parametrize("service", list(EXPECTED))
def test_a_service_that_makes_no_traces_may_not_write_any(service: str, dev: Assembly) -> None:
    found = permissions_of(dev["Permissions"], service)
    assert set(found) == set(EXPECTED[service]) | set(_EXEC)


def permissions_of(template: Template, service: str) -> Permissions:
    (policy,) = [
        properties
        for properties in template.properties("AWS::IAM::Policy")
        if [text(role) for role in properties["Roles"]] == [f"<{service}Role>"]
    ]
    found = policy["PolicyDocument"]["Statement"]
    assert {each["Effect"] for each in found} == {"Allow"}
    return {each["Sid"]: (_all(each["Action"]), _all(each["Resource"])) for each in found}


def _all(value: object) -> set[str]:
    return {text(each) for each in (value if isinstance(value, list) else [value])}


@pytest.mark.parametrize(
    ("service", "sid", "items"),
    [
        ("Upload", "ClaimAndRotate", ["idempotency#*", "webhook#*"]),
        ("Upload", "CountUse", ["rate#*", "usage#*"]),
        ("Upload", "KeepPresets", ["preset#*"]),
        ("Upload", "ListPresets", ["presets#*"]),
        ("Orchestrator", "ReadPresets", ["preset#*", "presets#*"]),
        ("Upload", "KeepSessions", ["session#*", "logout#*", "known-address#*"]),
        ("Upload", "CountAttempts", ["attempts#*"]),
        ("Orchestrator", "SignWebhooks", ["webhook#*"]),
        ("Orchestrator", "Settle", ["usage#*", "stored#*", "history#*"]),
    ],
)
def test_no_service_writes_api_keys_or_users(service: str, sid: str, items: list[str], template: Template) -> None:
    (statement,) = [
        each
        for policy in template.properties("AWS::IAM::Policy")
        if [text(role) for role in policy["Roles"]] == [f"<{service}Role>"]
        for each in policy["PolicyDocument"]["Statement"]
        if each["Sid"] == sid
    ]
    assert statement["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": items}}


def test_only_ecs_tasks_of_this_account_can_assume_a_task_role(template: Template) -> None:
    roles: list[Json] = template.properties("AWS::IAM::Role")
    assert len(roles) == len(EXPECTED)
    for role in roles:
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert text(trust["Condition"]["StringEquals"]["aws:SourceAccount"]) == "<AWS::AccountId>"
        assert set(role) - {"RoleName"} == {"AssumeRolePolicyDocument", "Description"}, "no managed or inline policy"


def test_only_the_permissions_stack_adds_to_a_task_role(prod: Assembly) -> None:
    """The delivery stack adds one right, on the distribution that it makes: see the tests of the edge."""
    for name, other in prod.stacks.items():
        policies = other.properties("AWS::IAM::Policy") if name != "Permissions" else []
        roles = {text(role) for policy in policies for role in policy["Roles"]}
        assert not roles & {f"<{service}Role>" for service in EXPECTED}, name
