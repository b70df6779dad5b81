"""Tests that cdk-nag and the CDK find no fault in any stack."""

import json
from pathlib import Path
from typing import Final

from tests.cdk.assembly import Assembly

_DEPLOYMENT: Final = Path(__file__).parents[2] / "docs" / "deployment.md"


def test_no_stack_has_a_finding_or_a_warning(stage: Assembly) -> None:
    assert stage.findings == []


def test_the_checks_find_a_fault(assemblies: Path) -> None:
    rules = {finding["ruleName"] for finding in Assembly(assemblies / "faulty").findings}
    assert "AwsSolutions-S10" in rules, "a bucket that takes plain HTTP"


def test_a_stage_has_all_its_stacks(dev: Assembly, prod: Assembly) -> None:
    always = {
        "Network",
        "Registry",
        "Messaging",
        "Storage",
        "Data",
        "Permissions",
        "Balancer",
        "Services",
        "Delivery",
        "Edge",
        "Observability",
    }
    assert set(dev.stacks) == always
    assert set(prod.stacks) == always | {"Deployment", "Replica"}


def test_the_stacks_contain_no_lambda_functions_of_the_cdk(stage: Assembly) -> None:
    """The CDK adds Lambda functions for some features, such as bucket notifications or emptying buckets."""
    functions = {name for name, template in stage.stacks.items() if "AWS::Lambda::Function" in template.types}
    assert functions == set()


def test_the_removal_guide_names_all_protected_resources(prod: Assembly) -> None:
    (balancer,) = prod["Balancer"].properties("AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert {"Key": "deletion_protection.enabled", "Value": "true"} in balancer["LoadBalancerAttributes"]
    manifest = json.loads((prod.directory / "manifest.json").read_text())["artifacts"]
    assert all(manifest[name]["properties"]["terminationProtection"] for name in prod.stacks)
    teardown = _DEPLOYMENT.read_text().partition("## Teardown")[2].partition("\n## ")[0]
    for lifted in (
        "Key=deletion_protection.enabled,Value=false",
        "--no-enable-termination-protection",
        "--no-deletion-protection-enabled",
    ):
        assert lifted in teardown


def test_every_resource_with_data_has_a_removal_policy(dev: Assembly, prod: Assembly) -> None:
    kinds = ("AWS::S3::Bucket", "AWS::DynamoDB::GlobalTable")
    for assembly, policies in ((dev, {"Delete"}), (prod, {"Retain"})):
        for name in ("Storage", "Data"):
            held = [each for kind in kinds for each in assembly[name].all(kind).values()]
            names = [each for each in held if "frontend" not in str(each["Properties"].get("BucketName"))]
            assert {each["DeletionPolicy"] for each in names} == policies
            assert {each["UpdateReplacePolicy"] for each in names} == policies
