"""Tests of an installation that recovers another whose region is lost: `abroad` recovers `dev`."""

import pytest
from pydantic import ValidationError

from darkroom.topology import Topology
from darkroom_cdk.stage_settings import load
from tests.cdk.assembly import Assembly, text

LOST = Topology.named("darkroom-dev")
_COPY = "darkroom-dev-results-replica-<AWS::AccountId>"


def told(assembly: Assembly, service: str) -> dict[str, str]:
    """Return the environment of a service."""
    (container,) = [
        each
        for definition in assembly["Services"].properties("AWS::ECS::TaskDefinition")
        for each in definition["ContainerDefinitions"]
        if each["Name"] == service
    ]
    return {each["Name"]: text(each["Value"]) for each in container["Environment"]}


def test_the_second_installation_uses_the_copies(abroad: Assembly) -> None:
    for service in ("upload", "orchestrator"):
        environment = told(abroad, service)
        assert environment["DARKROOM_JOBS_TABLE"] == LOST.jobs.name
        assert environment["DARKROOM_ACCOUNTS_TABLE"] == LOST.accounts.name
        assert environment["DARKROOM_RESULTS_BUCKET"] == _COPY
    assert told(abroad, "processor")["DARKROOM_RESULTS_BUCKET"] == _COPY


def test_everything_else_is_new_and_has_its_own_names(abroad: Assembly) -> None:
    assert "Data" not in abroad.stacks
    names = {text(each["BucketName"]) for each in abroad["Storage"].properties("AWS::S3::Bucket")}
    assert names == {f"darkroom-abroad-{name}-<AWS::AccountId>" for name in ("originals", "frontend", "access-logs")}
    for kind, key in (("AWS::SQS::Queue", "QueueName"), ("AWS::SNS::Topic", "TopicName")):
        assert all(each[key].startswith("darkroom-abroad-") for each in abroad["Messaging"].properties(kind))


def test_its_roles_reach_the_copies(abroad: Assembly) -> None:
    resources = {
        text(resource)
        for policy in abroad["Permissions"].properties("AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        for resource in (
            [statement["Resource"]] if not isinstance(statement["Resource"], list) else statement["Resource"]
        )
    }
    assert f"arn:<AWS::Partition>:s3:::{_COPY}/*" in resources
    table = f"arn:<AWS::Partition>:dynamodb:eu-central-1:<AWS::AccountId>:table/{LOST.jobs.name}"
    assert {table, f"{table}/index/by-owner"} <= {
        each.replace("arn:aws:", "arn:<AWS::Partition>:") for each in resources
    }


def test_cloudfront_can_serve_a_copy_unchanged(prod: Assembly) -> None:
    (bucket,) = prod["Replica"].properties("AWS::S3::Bucket")
    (rule,) = bucket["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedMethods"] == ["GET"]
    assert rule["AllowedOrigins"] == ["*"], "the name of what takes over is not known yet"
    (policy,) = prod["Replica"].properties("AWS::S3::BucketPolicy")
    readers = [each for each in policy["PolicyDocument"]["Statement"] if "cloudfront" in str(each["Principal"])]
    assert [each["Action"] for each in readers] == ["s3:GetObject"]


@pytest.mark.parametrize("overrides", [{"recovers": "darkroom"}, {"recovers": "other", "replica_region": "us-west-2"}])
def test_a_recovering_installation_needs_another_prefix_and_no_replica(overrides: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="prefix of its own"):
        load("prod", overrides)
