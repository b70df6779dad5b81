"""Tests of the account after the first deployment."""

import json
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
from botocore.exceptions import ClientError

from rehearsal.conftest import COPIES, REGION, STACKS, Rehearsal
from rehearsal.forbidden import ORIGINALS, RESULTS
from rehearsal.left_out import METRIC_MATH, UNKNOWN
from rehearsal.tasks import MODULES, definition, environment, take_role

_DEPLOYMENT: Final = Path(__file__).parents[2] / "docs" / "deployment.md"


def test_every_stack_is_deployed(rehearsal: Rehearsal) -> None:
    ours = [
        each
        for region in (REGION, COPIES)
        for each in boto3.client("cloudformation", region).describe_stacks()["Stacks"]
        if "darkroom" in each["StackName"]
    ]
    assert {each["StackStatus"] for each in ours} == {"CREATE_COMPLETE"}
    assert len(ours) == STACKS


def test_the_documentation_names_every_resource_that_was_left_out(rehearsal: Rehearsal) -> None:
    assert set(rehearsal.left_out) == {*UNKNOWN, METRIC_MATH}, "the list is as short as it can be"
    page = _DEPLOYMENT.read_text()
    assert [kind for kind in UNKNOWN if f"`{kind.removeprefix('AWS::')}`" not in page] == []


def test_buckets_and_queues_have_the_settings_of_the_topology(rehearsal: Rehearsal) -> None:
    client = boto3.client("s3")
    assert client.get_bucket_versioning(Bucket=ORIGINALS)["Status"] == "Enabled"
    announced = client.get_bucket_notification_configuration(Bucket=ORIGINALS)["QueueConfigurations"]
    prefixes = [each["Filter"]["Key"]["FilterRules"][0]["Value"] for each in announced]
    assert prefixes == ["direct/", "incoming/"]
    sqs = boto3.client("sqs")
    for service in ("orchestrator", "processor"):
        for name, value in environment(service).items():
            if name.endswith(("_QUEUE_URL", "_DLQ_URL")):
                attributes = sqs.get_queue_attributes(QueueUrl=value, AttributeNames=["All"])["Attributes"]
                assert ("RedrivePolicy" in attributes) == name.endswith("_QUEUE_URL")


def test_plain_http_is_refused_by_policy(rehearsal: Rehearsal) -> None:
    policy = boto3.client("s3").get_bucket_policy(Bucket=RESULTS)["Policy"]
    assert '"aws:SecureTransport": "false"' in policy.replace('":"', '": "')
    assert rehearsal.emulator.endpoint_url.startswith("https://")


def test_every_log_group_keeps_logs_for_two_weeks(rehearsal: Rehearsal) -> None:
    groups = boto3.client("logs").describe_log_groups()["logGroups"]
    assert {each["retentionInDays"] for each in groups} == {14}
    assert {each["logGroupName"] for each in groups} >= {f"/darkroom-dev/{service}" for service in MODULES}


def test_cloudfront_sends_the_secret_that_the_load_balancer_expects(rehearsal: Rehearsal) -> None:
    secret = boto3.client("secretsmanager").get_secret_value(SecretId="darkroom-dev/origin")["SecretString"]
    distributions = boto3.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    origins = [origin for each in distributions for origin in each["Origins"]["Items"]]
    shown = [header["HeaderValue"] for each in origins for header in _headers(each)]
    balancers = boto3.client("elbv2")
    (balancer,) = balancers.describe_load_balancers()["LoadBalancers"]
    (listener,) = balancers.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    rules = balancers.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    asked = [value for each in rules for condition in each["Conditions"] for value in _values(condition)]
    assert len(distributions) == 2, "pages and API, and results"
    assert (set(shown), len(shown), asked) == ({secret}, 2, [secret])
    assert [each["DomainName"] for each in origins].count(balancer["DNSName"]) == 2


def _headers(origin: Any) -> list[Any]:
    return list(origin.get("CustomHeaders", {}).get("Items", []))


def _values(condition: Any) -> list[str]:
    return list(condition["HttpHeaderConfig"]["Values"])


def test_an_alarm_reaches_a_subscriber(rehearsal: Rehearsal) -> None:
    sqs, sns = boto3.client("sqs"), boto3.client("sns")
    mailbox = sqs.create_queue(QueueName="mailbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=mailbox, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
    sqs.set_queue_attributes(QueueUrl=mailbox, Attributes={"Policy": document})
    (topic,) = [each["TopicArn"] for each in sns.list_topics()["Topics"] if each["TopicArn"].endswith("-alerts")]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    failed = {"MetricName": "TasksFailed", "Value": 3.0}
    boto3.client("cloudwatch").put_metric_data(Namespace="darkroom-dev", MetricData=[failed])
    (told,) = sqs.receive_message(QueueUrl=mailbox, WaitTimeSeconds=20)["Messages"]
    alert = json.loads(json.loads(told["Body"])["Message"])
    assert (alert["AlarmName"], alert["NewStateValue"]) == ("darkroom-dev-tasks-failed", "ALARM")
    assert alert["AlarmDescription"].endswith("docs/operations.md#tasks-failed")
    sqs.delete_queue(QueueUrl=mailbox)


@pytest.mark.parametrize("service", list(MODULES))
def test_a_person_cannot_assume_a_task_role(service: str, rehearsal: Rehearsal) -> None:
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        take_role(definition(service)["taskRoleArn"], service)
