"""Who may deploy."""

import pytest

from tests.cdk.assembly import Assembly, Json, Template, statements, text


@pytest.fixture
def deployment(prod: Assembly) -> Template:
    return prod["Deployment"]


def role(template: Template, subject: str) -> Json:
    """The role of a subject at GitHub."""
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
def test_a_role_is_taken_with_githubs_word_for_one_repository(subject: str, deployment: Template) -> None:
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


def test_a_pull_request_may_only_look(deployment: Template) -> None:
    (policy,) = [
        each
        for each in deployment.properties("AWS::IAM::Policy")
        if [text(name) for name in each["Roles"]] == ["<Diff>"]
    ]
    allowed = {each["Action"]: text(each["Resource"]) for each in policy["PolicyDocument"]["Statement"]}
    assert set(allowed) == {"sts:AssumeRole", "ssm:GetParameter"}
    assert "-lookup-role-" in allowed["sts:AssumeRole"]
    assert allowed["ssm:GetParameter"].endswith(":parameter/darkroom/images")


def test_nobody_may_do_everything(deployment: Template) -> None:
    for each in statements(deployment, "AWS::IAM::Policy"):
        actions = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
        assert all("*" not in action for action in actions)
        if each["Resource"] == "*":
            assert actions == ["ecr:GetAuthorizationToken"]
