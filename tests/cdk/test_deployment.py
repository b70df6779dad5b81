"""Tests of the pipelines' roles."""

import json
from typing import Any

import pytest

from tests.cdk.assembly import Assembly, Json, Template, statements, text


@pytest.fixture
def deployment(prod: Assembly) -> Template:
    return prod["Deployment"]


def role(template: Template, subject: str) -> Json:
    """Return the role that a subject of GitHub can assume."""
    (found,) = [
        each
        for each in template.properties("AWS::IAM::Role")
        if each["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["StringEquals"][
            "token.actions.githubusercontent.com:sub"
        ]
        == subject
    ]
    return found


@pytest.mark.parametrize("subject", ["pull_request", "environment:prod"])
def test_only_the_configured_repository_can_assume_a_role(subject: str, deployment: Template) -> None:
    (trust,) = role(deployment, f"repo:example/darkroom:{subject}")["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust["Condition"]["StringEquals"]["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
    assert "StringLike" not in trust["Condition"], "no wildcard in the subject"


def test_an_account_has_one_provider_which_a_stage_can_share(deployment: Template, abroad: Assembly) -> None:
    assert len(deployment.all("AWS::IAM::OIDCProvider")) == 1
    assert "AWS::IAM::OIDCProvider" not in abroad["Deployment"].types
    for each in abroad["Deployment"].properties("AWS::IAM::Role"):
        (trust,) = each["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"]["Federated"].endswith(":oidc-provider/token.actions.githubusercontent.com")


def policy(template: Template, role_id: str) -> list[Json]:
    """Return the statements of a role's policies."""
    (found,) = [
        each
        for each in template.properties("AWS::IAM::Policy")
        if [text(name) for name in each["Roles"]] == [f"<{role_id}>"]
    ]
    stated: list[Json] = found["PolicyDocument"]["Statement"]
    return stated


def test_a_pull_request_reads_templates_and_nothing_else(deployment: Template) -> None:
    stated = policy(deployment, "Diff")
    assert all(each["Effect"] == "Allow" for each in stated)
    allowed = {tuple(listed(each["Action"])): [text(one) for one in listed(each["Resource"])] for each in stated}
    assert allowed == {
        ("cloudformation:DescribeStacks", "cloudformation:GetTemplate"): [
            "arn:<AWS::Partition>:cloudformation:*:<AWS::AccountId>:stack/darkroom-*/*"
        ],
        ("ssm:GetParameter",): ["arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/darkroom/images"],
    }
    (role,) = [each for each in deployment.properties("AWS::IAM::Role") if "pull_request" in each["Description"]]
    assert "ManagedPolicyArns" not in role


def listed(value: Any) -> list[Any]:
    """Return a list of one or several values."""
    return value if isinstance(value, list) else [value]


def test_the_deployment_role_has_exactly_the_rights_of_its_steps(deployment: Template) -> None:
    stated = policy(deployment, "Deploy")
    allowed = {
        action
        for each in stated
        for action in (each["Action"] if isinstance(each["Action"], list) else [each["Action"]])
    }
    push = {
        "ecr:BatchCheckLayerAvailability",
        "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
    }
    sign_and_verify = {"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
    look = {"ecr:DescribeImages", "ecr:DescribeImageScanFindings"}
    remember = {"ssm:GetParameter", "ssm:PutParameter"}
    assert allowed == {"ecr:GetAuthorizationToken", "sts:AssumeRole"} | push | sign_and_verify | look | remember
    (assumed,) = [each["Resource"] for each in stated if each["Action"] == "sts:AssumeRole"]
    roles = [text(each).rpartition("cdk-hnb659fds-")[2].partition("-role-")[0] for each in assumed]
    assert sorted(roles) == ["deploy", "file-publishing", "lookup"]


def test_the_stacks_publish_no_images_of_their_own(stage: Assembly) -> None:
    """No role that publishes images is needed."""
    assets = [json.loads(path.read_text()) for path in stage.directory.glob("*.assets.json")]
    assert assets
    assert [each["dockerImages"] for each in assets if each["dockerImages"]] == []


def test_no_role_has_all_rights(deployment: Template) -> None:
    for each in statements(deployment, "AWS::IAM::Policy"):
        actions = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
        assert all("*" not in action for action in actions)
        if each["Resource"] == "*":
            assert actions == ["ecr:GetAuthorizationToken"]
