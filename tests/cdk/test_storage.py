"""Tests that compare the buckets with the topology."""

import pytest

from darkroom.limits import DEFAULT_ORIGINAL_DAYS
from darkroom.topology import BucketSpec, Lifetime, Topology
from tests.cdk.assembly import Assembly, Json, Template, statements, text

TOPOLOGY = Topology.named("darkroom")


@pytest.fixture
def storage(prod: Assembly) -> Template:
    return prod["Storage"]


def bucket(template: Template, name: str) -> Json:
    (found,) = [
        each
        for each in template.properties("AWS::S3::Bucket")
        if text(each["BucketName"]) == f"{name}-<AWS::AccountId>"
    ]
    return found


def test_every_bucket_is_private_encrypted_versioned_and_logged(storage: Template) -> None:
    buckets = storage.properties("AWS::S3::Bucket")
    assert len(buckets) == 4
    for each in buckets:
        assert set(each["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(each["PublicAccessBlockConfiguration"]) == 4
        (rule,) = each["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
        assert each["VersioningConfiguration"] == {"Status": "Enabled"}
        assert ("LoggingConfiguration" in each) == ("access-logs" not in text(each["BucketName"]))


def test_every_bucket_refuses_plain_http_and_old_tls(storage: Template) -> None:
    for properties in storage.properties("AWS::S3::BucketPolicy"):
        refused = [each["Condition"] for each in properties["PolicyDocument"]["Statement"] if each["Effect"] == "Deny"]
        assert {"Bool": {"aws:SecureTransport": "false"}} in refused
        assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in refused
    assert len(storage.all("AWS::S3::BucketPolicy")) == len(storage.all("AWS::S3::Bucket"))


@pytest.mark.parametrize("spec", list(TOPOLOGY.buckets), ids=lambda spec: spec.name)
def test_a_bucket_expires_what_the_topology_says(spec: BucketSpec, storage: Template) -> None:
    rule, *others = bucket(storage, spec.name)["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule.get("ExpirationInDays") == spec.expire_days
    assert rule.get("ExpiredObjectDeleteMarker", False) is (spec.expire_days is None)
    noncurrent = {"NoncurrentDays": spec.noncurrent_days} if spec.noncurrent_days else None
    assert rule.get("NoncurrentVersionExpiration") == noncurrent
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": spec.abort_multipart_days}
    assert others == [
        {
            "Id": lifetime.name,
            "Status": "Enabled",
            "ExpirationInDays": lifetime.days,
            "NoncurrentVersionExpiration": {"NoncurrentDays": lifetime.noncurrent_days},
        }
        | ({"Prefix": lifetime.prefix} if lifetime.prefix else _tagged(lifetime))
        for lifetime in spec.lifetimes
    ]


def _tagged(lifetime: Lifetime) -> Json:
    return {"TagFilters": [{"Key": "expire", "Value": str(lifetime.days)}]}


def test_drops_expire_after_the_days_that_the_installation_chooses(storage: Template) -> None:
    (rule,) = [
        each
        for each in bucket(storage, "darkroom-originals")["LifecycleConfiguration"]["Rules"]
        if each.get("Prefix") == "incoming/"
    ]
    assert rule["ExpirationInDays"] == DEFAULT_ORIGINAL_DAYS


@pytest.mark.parametrize("spec", list(TOPOLOGY.buckets), ids=lambda spec: spec.name)
def test_a_bucket_sends_the_notifications_of_the_topology(spec: BucketSpec, storage: Template) -> None:
    announced = bucket(storage, spec.name).get("NotificationConfiguration", {}).get("QueueConfigurations", [])
    prefixes = []
    for each in announced:
        assert each["Event"] == "s3:ObjectCreated:*"
        assert text(each["Queue"]) == "<UploadsQueue.Arn>"
        (rule,) = each["Filter"]["S3Key"]["Rules"]
        prefixes.append(rule["Value"])
        assert rule["Name"] == "prefix"
    assert tuple(prefixes) == spec.notify_prefixes


def test_only_pages_of_the_dashboards_origin_may_use_the_buckets(storage: Template) -> None:
    for spec, method in ((TOPOLOGY.originals, "POST"), (TOPOLOGY.results, "GET")):
        (rule,) = bucket(storage, spec.name)["CorsConfiguration"]["CorsRules"]
        assert rule["AllowedMethods"] == [method]
        assert rule["AllowedOrigins"] == ["https://pictures.example.org"]


def test_only_this_accounts_distributions_read_results_and_dashboard(storage: Template) -> None:
    readers = [each for each in statements(storage, "AWS::S3::BucketPolicy") if "cloudfront" in str(each["Principal"])]
    assert {text(each["Resource"]) for each in readers} == {"<ResultsBucket.Arn>/*", "<FrontendBucket.Arn>/*"}
    for each in readers:
        assert each["Action"] == "s3:GetObject"
        source = text(each["Condition"]["ArnLike"]["aws:SourceArn"])
        assert source == "arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/*"


def test_results_are_copied_to_another_region(prod: Assembly, dev: Assembly) -> None:
    (rule,) = bucket(prod["Storage"], "darkroom-results")["ReplicationConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert text(rule["Destination"]["Bucket"]).endswith(":darkroom-results-replica-<AWS::AccountId>")
    assert bucket(prod["Replica"], "darkroom-results-replica")["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "ReplicationConfiguration" not in bucket(dev["Storage"], "darkroom-dev-results")


def test_the_copy_removes_deleted_versions_within_two_days(prod: Assembly) -> None:
    rule, previews = bucket(prod["Replica"], "darkroom-results-replica")["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert rule["ExpiredObjectDeleteMarker"] is True
    # Previews are deleted without a marker, which the copy would follow.
    assert (previews["Prefix"], previews["ExpirationInDays"]) == ("previews/", 1)
