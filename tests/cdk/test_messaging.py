"""Tests that compare queues, topics and the bus with the topology."""

import pytest

from darkroom.topology import CALLBACK_FILTER, QueueSpec, Topology
from tests.cdk.assembly import Assembly, Json, Template, statements, text

QUEUE = "AWS::SQS::Queue"


@pytest.fixture
def messaging(prod: Assembly) -> Template:
    return prod["Messaging"]


TOPOLOGY = Topology.named("darkroom")


@pytest.mark.parametrize("spec", list(TOPOLOGY.queues), ids=lambda spec: spec.name)
def test_a_queue_is_what_the_topology_says(spec: QueueSpec, messaging: Template) -> None:
    queue = messaging.named(QUEUE, "QueueName", spec.name)
    assert {key: value for key, value in queue.items() if key != "RedrivePolicy"} == {
        "QueueName": spec.name,
        "VisibilityTimeout": spec.visibility_seconds,
        "MessageRetentionPeriod": spec.retention_seconds,
        "SqsManagedSseEnabled": True,
    }
    (dlq_id,) = [key for key, each in messaging.all(QUEUE).items() if each["Properties"]["QueueName"] == spec.dlq_name]
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [dlq_id, "Arn"]},
        "maxReceiveCount": spec.max_receives,
    }


@pytest.mark.parametrize("spec", list(TOPOLOGY.queues), ids=lambda spec: spec.name)
def test_a_dead_letter_queue_accepts_only_its_own_queue(spec: QueueSpec, messaging: Template) -> None:
    dlq = messaging.named(QUEUE, "QueueName", spec.dlq_name)
    allowed = dlq.pop("RedriveAllowPolicy")
    assert dlq == {
        "QueueName": spec.dlq_name,
        "MessageRetentionPeriod": spec.retention_seconds,
        "SqsManagedSseEnabled": True,
    }
    assert allowed["redrivePermission"] == "byQueue"
    assert [text(arn) for arn in allowed["sourceQueueArns"]] == [f"arn:aws:sqs:us-east-1:<AWS::AccountId>:{spec.name}"]


def test_only_the_bus_has_a_queue_beside_the_topology(messaging: Template) -> None:
    names = {each["QueueName"] for each in messaging.properties(QUEUE)}
    known = {name for spec in TOPOLOGY.queues for name in (spec.name, spec.dlq_name)}
    assert names - known == {"darkroom-job-events-bus", "darkroom-job-events-bus-dlq"}


def test_every_queue_and_topic_refuses_plain_http(messaging: Template) -> None:
    for policy, resource in (("AWS::SQS::QueuePolicy", QUEUE), ("AWS::SNS::TopicPolicy", "AWS::SNS::Topic")):
        refusals = [each for each in statements(messaging, policy) if each["Effect"] == "Deny"]
        assert len(refusals) == len(messaging.all(resource))
        for refusal in refusals:
            assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            assert refusal["Principal"] in ("*", {"AWS": "*"})


def test_only_the_originals_bucket_can_send_to_the_uploads_queue(messaging: Template) -> None:
    (allowed,) = [each for each in statements(messaging, "AWS::SQS::QueuePolicy") if _is_from(each, "s3")]
    assert text(allowed["Resource"]) == "<UploadsQueue.Arn>"
    source = text(allowed["Condition"]["ArnEquals"]["aws:SourceArn"])
    assert source == "arn:<AWS::Partition>:s3:::darkroom-originals-<AWS::AccountId>"
    assert text(allowed["Condition"]["StringEquals"]["aws:SourceAccount"]) == "<AWS::AccountId>"


def _is_from(statement: Json, service: str) -> bool:
    principal = statement["Principal"]
    return isinstance(principal, dict) and principal.get("Service") == f"{service}.amazonaws.com"


def test_webhooks_get_the_events_of_jobs_that_have_a_callback(messaging: Template) -> None:
    webhooks = messaging.named("AWS::SNS::Subscription", "FilterPolicy", CALLBACK_FILTER)
    assert webhooks["RawMessageDelivery"] is True
    assert text(webhooks["Endpoint"]) == "<NotificationsQueue.Arn>"


def test_the_event_owner_gets_mail_about_own_jobs_only(messaging: Template) -> None:
    mail = messaging.named("AWS::SNS::Subscription", "Endpoint", "owner@example.org")
    assert mail["FilterPolicy"] == {"owner": ["demo"]}
    assert mail["FilterPolicyScope"] == "MessageBody"


def test_operators_get_mail_about_alerts(messaging: Template) -> None:
    mail = messaging.named("AWS::SNS::Subscription", "Endpoint", "operators@example.org")
    assert text(mail["TopicArn"]) == "<AlertsTopic>"


def test_topics_are_encrypted(messaging: Template) -> None:
    topics = {each["TopicName"]: each for each in messaging.properties("AWS::SNS::Topic")}
    assert set(topics) == {TOPOLOGY.job_events_topic, "darkroom-alerts"}
    assert "alias/aws/sns" in text(topics[TOPOLOGY.job_events_topic]["KmsMasterKeyId"])
    (key,) = messaging.properties("AWS::KMS::Key")
    assert key["EnableKeyRotation"] is True
    (users,) = [each["Principal"] for each in key["KeyPolicy"]["Statement"] if "Service" in each["Principal"]]
    assert set(users["Service"]) == {"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}


def test_only_this_account_can_publish_alerts(messaging: Template) -> None:
    (allowed,) = [each for each in statements(messaging, "AWS::SNS::TopicPolicy") if each["Effect"] == "Allow"]
    assert set(allowed["Principal"]["Service"]) == {"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}
    assert text(allowed["Condition"]["StringEquals"]["aws:SourceAccount"]) == "<AWS::AccountId>"


def test_job_events_reach_the_bus_unchanged(messaging: Template) -> None:
    (pipe,) = messaging.properties("AWS::Pipes::Pipe")
    assert text(pipe["Source"]) == "<BusWaitingQueue.Arn>"
    assert text(pipe["Target"]) == "<Bus.Arn>"
    assert pipe["TargetParameters"] == {
        "EventBridgeEventBusParameters": {"DetailType": "Job status changed", "Source": "darkroom"},
        "InputTemplate": "<$.body>",
    }
