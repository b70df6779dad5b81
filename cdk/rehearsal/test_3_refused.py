"""Tests that every forbidden call is refused."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from rehearsal.conftest import Rehearsal
from rehearsal.forbidden import FORBIDDEN, REFUSED, Call, queue
from rehearsal.tasks import take_role


@pytest.mark.parametrize(("who", "deed", "call"), FORBIDDEN, ids=[f"{who}: {what}" for who, what, _ in FORBIDDEN])
def test_a_forbidden_call_is_refused(who: str, deed: str, call: Call, roles: dict[str, str]) -> None:
    session = take_role(roles[who], who).session()
    with pytest.raises(ClientError) as refused:
        call(session)
    assert refused.value.response["Error"]["Code"] in REFUSED, f"{who} could {deed}"


def test_a_pull_request_can_read_the_difference(rehearsal: Rehearsal, roles: dict[str, str]) -> None:
    credentials = take_role(roles["diff"], "diff").environment()
    said = rehearsal.toolkit.pipeline(
        "dev",
        "diff",
        "--all",
        INSTALLATION=json.dumps({"max_upload_bytes": 1_000_000}),
        IMAGE_DIGESTS="{}",
        **credentials,
    )
    assert "1000000" in said
    assert "Lookup role" not in said


def test_no_other_bucket_can_send_to_the_uploads_queue(rehearsal: Rehearsal) -> None:
    client = boto3.client("s3")
    client.create_bucket(Bucket="somebody-elses")
    url = queue("uploads")["QueueUrl"]
    arn = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    announced = {"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]}
    with pytest.raises(ClientError, match="Unable to validate the following destination configurations"):
        client.put_bucket_notification_configuration(Bucket="somebody-elses", NotificationConfiguration=announced)
    client.delete_bucket(Bucket="somebody-elses")


def test_only_the_job_events_topic_can_send_to_the_notifications_queue(rehearsal: Rehearsal) -> None:
    policy = boto3.client("sqs").get_queue_attributes(**queue("notifications"), AttributeNames=["Policy"])
    allowed = [each for each in json.loads(policy["Attributes"]["Policy"])["Statement"] if each["Effect"] == "Allow"]
    assert [each["Condition"]["ArnEquals"]["aws:SourceArn"].rpartition(":")[2] for each in allowed] == [
        "darkroom-dev-job-events"
    ]
