"""What the checkers say of all stacks."""

from pathlib import Path

from tests.cdk.assembly import Assembly


def test_no_stack_has_a_finding_or_a_warning(stage: Assembly) -> None:
    assert stage.findings == []


def test_the_checks_would_find_a_fault(assemblies: Path) -> None:
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
        "Services",
        "Delivery",
        "Edge",
        "Observability",
    }
    assert set(dev.stacks) == always
    assert set(prod.stacks) == always | {"Deployment", "Replica"}


def test_nothing_runs_that_darkroom_did_not_write(stage: Assembly) -> None:
    """No Lambda function that CDK would add on the quiet: for notifications, for emptying buckets."""
    functions = {name for name, template in stage.stacks.items() if "AWS::Lambda::Function" in template.types}
    assert functions == set()


def test_what_holds_data_says_what_becomes_of_it(dev: Assembly, prod: Assembly) -> None:
    kinds = ("AWS::S3::Bucket", "AWS::DynamoDB::GlobalTable")
    for assembly, policies in ((dev, {"Delete"}), (prod, {"Retain"})):
        for name in ("Storage", "Data"):
            held = [each for kind in kinds for each in assembly[name].all(kind).values()]
            names = [each for each in held if "frontend" not in str(each["Properties"].get("BucketName"))]
            assert {each["DeletionPolicy"] for each in names} == policies
            assert {each["UpdateReplacePolicy"] for each in names} == policies
