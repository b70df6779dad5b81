"""Resources that the bootstrap creates, read back from the emulator and compared with the topology."""

import hashlib
import json
from typing import Any

from darkroom import clock
from darkroom.accounts.passwords import is_password
from darkroom.runtime.aws import Aws
from darkroom.tables.user_table import UserTable
from darkroom.topology import CALLBACK_ATTRIBUTE, Topology
from darkroom_local.bootstrap import DEVELOPMENT_KEY, DEVELOPMENT_PASSWORD, bootstrap
from darkroom_local.clients import open_clients
from darkroom_local.installation import Installation
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud


async def attributes(cloud: Cloud, url: str) -> dict[str, str]:
    """Return all attributes of a queue."""
    answer = await cloud.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {str(name): value for name, value in answer["Attributes"].items()}


async def snapshot(cloud: Cloud, installation: Installation) -> dict[str, Any]:
    """Return everything that a second bootstrap could change."""
    topology = installation.topology
    return {
        "queues": [await attributes(cloud, queue.url) for queue in installation.queues],
        "dlqs": [await attributes(cloud, queue.dlq_url) for queue in installation.queues],
        "subscriptions": [
            {"arn": subscription["SubscriptionArn"]}
            for subscription in (
                await cloud.sns.list_subscriptions_by_topic(TopicArn=installation.job_events_topic_arn)
            )["Subscriptions"]
        ],
        "tables": [(await cloud.dynamodb.describe_table(TableName=table.name))["Table"] for table in topology.tables],
        "rules": [
            (await cloud.s3.get_bucket_lifecycle_configuration(Bucket=bucket.name))["Rules"]
            for bucket in topology.buckets
        ],
    }


def settled(state: dict[str, Any]) -> dict[str, Any]:
    """Return the state without times and counters, which change by themselves."""
    passing = {
        "LastModifiedTimestamp",
        "ApproximateNumberOfMessages",  # S3 announces the notification once more.
        "ItemCount",
        "TableSizeBytes",
    }
    return {
        kind: [{name: v for name, v in entry.items() if name not in passing} for entry in entries]
        for kind, entries in state.items()
        if kind != "rules"
    } | {"rules": state["rules"]}


async def test_bootstrapping_twice_changes_nothing(cloud: Cloud, installation: Installation) -> None:
    before = await snapshot(cloud, installation)
    async with open_clients(cloud.endpoint_url) as clients:
        again = await bootstrap(clients, installation.topology, endpoint_url=cloud.endpoint_url)
    assert again == installation
    assert settled(await snapshot(cloud, installation)) == settled(before)


async def test_queues_are_set_up_as_the_topology_says(cloud: Cloud, installation: Installation) -> None:
    for spec, queue in zip(installation.topology.queues, installation.queues, strict=True):
        found = await attributes(cloud, queue.url)
        assert queue.url.endswith(f"/{spec.name}")
        assert found["VisibilityTimeout"] == str(spec.visibility_seconds)
        assert found["MessageRetentionPeriod"] == str(spec.retention_seconds)
        assert found["SqsManagedSseEnabled"] == "true"
        assert json.loads(found["RedrivePolicy"]) == {
            "deadLetterTargetArn": queue.dlq_arn,
            "maxReceiveCount": spec.max_receives,
        }


async def test_dead_letter_queues_keep_messages_as_long_as_the_queues(cloud: Cloud, installation: Installation) -> None:
    for spec, queue in zip(installation.topology.queues, installation.queues, strict=True):
        found = await attributes(cloud, queue.dlq_url)
        assert queue.dlq_url.endswith(f"/{spec.dlq_name}")
        assert found["MessageRetentionPeriod"] == str(spec.retention_seconds)
        assert "RedrivePolicy" not in found


async def test_queues_accept_messages_of_their_senders_only(cloud: Cloud, installation: Installation) -> None:
    allowed = {}
    for queue in installation.queues:
        statements = json.loads((await attributes(cloud, queue.url))["Policy"])["Statement"]
        allowed[queue.url] = [
            statement["Condition"]["ArnLike"]["aws:SourceArn"]
            for statement in statements
            if statement["Effect"] == "Allow"
        ]
        assert [s["Condition"] for s in statements if s["Effect"] == "Deny"] == [
            {"Bool": {"aws:SecureTransport": "false"}}
        ]
    assert allowed == {
        installation.uploads.url: [f"arn:aws:s3:::{installation.topology.originals.name}"],
        installation.imports.url: [],
        installation.tasks.url: [],
        installation.reports.url: [],
        installation.notifications.url: [installation.job_events_topic_arn],
    }


async def test_buckets_are_private_encrypted_and_versioned(cloud: Cloud, installation: Installation) -> None:
    for spec in installation.topology.buckets:
        block = (await cloud.s3.get_public_access_block(Bucket=spec.name))["PublicAccessBlockConfiguration"]
        encryption = await cloud.s3.get_bucket_encryption(Bucket=spec.name)
        rules = encryption["ServerSideEncryptionConfiguration"]["Rules"]
        policy = json.loads((await cloud.s3.get_bucket_policy(Bucket=spec.name))["Policy"])
        assert all(block.values())
        assert len(block) == 4
        assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
        assert (await cloud.s3.get_bucket_versioning(Bucket=spec.name))["Status"] == "Enabled"
        assert policy["Statement"][0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


async def test_originals_expire_and_results_are_kept(cloud: Cloud, installation: Installation) -> None:
    for spec in installation.topology.buckets:
        rules = (await cloud.s3.get_bucket_lifecycle_configuration(Bucket=spec.name))["Rules"]
        of_all, *of_some = rules
        assert of_all["Expiration"] == {"ExpiredObjectDeleteMarker": True}
        assert of_all.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays") == spec.noncurrent_days
        assert of_all["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == spec.abort_multipart_days
        assert [(rule["ID"], rule["Expiration"]["Days"]) for rule in of_some] == [
            (lifetime.name, lifetime.days) for lifetime in spec.lifetimes
        ]


async def test_new_objects_are_announced_under_the_notified_prefixes_only(
    cloud: Cloud, installation: Installation
) -> None:
    bucket = installation.topology.originals.name
    for key in ("uploads/a/cat.jpg", "direct/b/cat.jpg", "incoming/web/cat.jpg"):
        await cloud.s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    announced: set[str] = set()
    while len(announced) < 2:
        answer = await cloud.sqs.receive_message(QueueUrl=installation.uploads.url, WaitTimeSeconds=5)
        events = [json.loads(message["Body"]) for message in answer["Messages"]]
        announced |= {record["s3"]["object"]["key"] for event in events for record in event["Records"]}
    assert announced == {"direct/b/cat.jpg", "incoming/web/cat.jpg"}


async def test_events_of_jobs_with_a_callback_reach_the_notifications_queue_unchanged(
    cloud: Cloud, installation: Installation
) -> None:
    topic = installation.job_events_topic_arn
    await cloud.sns.publish(TopicArn=topic, Message="without a callback")
    await cloud.sns.publish(
        TopicArn=topic,
        Message="with a callback",
        MessageAttributes={CALLBACK_ATTRIBUTE: {"DataType": "String", "StringValue": "true"}},
    )
    answer = await cloud.sqs.receive_message(
        QueueUrl=installation.notifications.url, WaitTimeSeconds=5, MaxNumberOfMessages=10
    )
    assert [message["Body"] for message in answer["Messages"]] == ["with a callback"]


async def test_tables_have_their_keys_indexes_and_expiry(cloud: Cloud, installation: Installation) -> None:
    for spec in installation.topology.tables:
        table = (await cloud.dynamodb.describe_table(TableName=spec.name))["Table"]
        expiry = await cloud.dynamodb.describe_time_to_live(TableName=spec.name)
        backups = await cloud.dynamodb.describe_continuous_backups(TableName=spec.name)
        recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        assert [key["AttributeName"] for key in table["KeySchema"]] == [spec.partition.name]
        assert {index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])} == {
            index.name for index in spec.indexes
        }
        assert expiry["TimeToLiveDescription"]["AttributeName"] == spec.ttl_attribute
        assert expiry["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"
        assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"


async def test_the_development_key_is_stored_as_its_hash(cloud: Cloud, installation: Installation) -> None:
    digest = hashlib.sha256(DEVELOPMENT_KEY.encode()).hexdigest()
    answer = await cloud.dynamodb.get_item(
        TableName=installation.topology.accounts.name, Key={"id": {"S": f"key#{digest}"}}
    )
    assert answer["Item"]["key_owner"] == {"S": "demo"}
    assert answer["Item"]["prefix"] == {"S": "local-dev-k"}
    assert DEVELOPMENT_KEY not in json.dumps(answer["Item"])


async def test_a_changed_development_user_stays_changed(cloud: Cloud, installation: Installation) -> None:
    users = UserTable(cloud.dynamodb, installation.topology.accounts.name, CIPHER)
    demo = await users.find("demo")
    assert demo
    assert demo.owner == "demo"
    assert is_password(DEVELOPMENT_PASSWORD, demo.password_hash)
    disabled = demo.disabled(clock.parse("2026-11-25T05:15:26.310Z"))
    await users.change(disabled, instead_of=demo)
    async with open_clients(cloud.endpoint_url) as clients:
        await bootstrap(clients, installation.topology, endpoint_url=cloud.endpoint_url)
    assert await users.find("demo") == disabled


async def test_the_services_own_clients_reach_the_installation(installation: Installation) -> None:
    async with Aws().sqs() as sqs:
        answer = await sqs.get_queue_url(QueueName=installation.topology.tasks.name)
    assert answer["QueueUrl"] == installation.environment()["DARKROOM_TASKS_QUEUE_URL"]


async def test_installations_share_no_resource(cloud: Cloud, installation: Installation) -> None:
    def places(of: Installation) -> set[str]:
        kinds = ("_BUCKET", "_TABLE", "_QUEUE_URL", "_DLQ_URL", "_ARN")
        return {value for name, value in of.environment().items() if name.endswith(kinds)}

    async with cloud.installation() as other:
        assert len(places(other)) == len(places(installation)) == 15
        assert not places(other) & places(installation)


async def test_a_removed_installation_leaves_no_resource_behind(cloud: Cloud) -> None:
    async with cloud.installation() as installation:
        topology: Topology = installation.topology
        await cloud.s3.put_object(Bucket=topology.originals.name, Key="uploads/a/b.jpg", Body=b"x")
    buckets = {bucket["Name"] for bucket in (await cloud.s3.list_buckets())["Buckets"]}
    tables = set((await cloud.dynamodb.list_tables())["TableNames"])
    assert not buckets & {bucket.name for bucket in topology.buckets}
    assert not tables & {table.name for table in topology.tables}
