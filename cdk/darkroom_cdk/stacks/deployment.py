"""Roles that the GitHub pipelines assume to deploy, without a stored key."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, CfnOutput, Duration, RemovalPolicy
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

from darkroom_cdk.config import ServiceName, StageConfig
from darkroom_cdk.constructs.accepted_findings import accept
from darkroom_cdk.stacks.stage_stack import StageStack

_GITHUB = "token.actions.githubusercontent.com"
_BOOTSTRAP = "cdk-hnb659fds"
"""Prefix of the names of the CDK bootstrap's roles."""


class DeploymentStack(StageStack):
    """Two roles: one reads templates (for any pull request), one deploys (for the stage's protected environment).

    A pull request runs its own code with the first role. So this role may read the templates of stacks with the stage's
    prefix, and the parameter that records the last images. It may read no image, no table and no secret, and it may
    assume no other role.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        repository: str,
        images: Mapping[ServiceName, ecr.Repository],
    ) -> None:
        super().__init__(scope, construct_id, config=config, description="Darkroom: roles of the pipelines")
        self._repository = repository
        self._provider_arn = config.github_provider_arn or self._provider(keep=config.keep_data)
        look = self._role("Diff", subject=f"repo:{repository}:pull_request")
        look.add_to_policy(_templates(config))
        look.add_to_policy(_images(config, "ssm:GetParameter"))
        change = self._role("Deploy", subject=f"repo:{repository}:environment:{config.stage}")
        change.add_to_policy(_assume("lookup", "deploy", "file-publishing"))
        self._let_publish(change, config, images)
        accept(look, "A stack's ARN ends with an id that is new each time it is made.", *_any_stack(config))
        accept(
            change,
            "The names of the bootstrap's roles contain account and region, and the bootstrap defines their "
            "rights. Logging in to ECR does not support resources.",
            *_wildcards(),
        )

    def _provider(self, *, keep: bool) -> str:
        provider = iam.OidcProviderNative(
            self,
            "GitHub",
            url=f"https://{_GITHUB}",
            client_ids=["sts.amazonaws.com"],
            # Keep it: other stages and other projects in the account may use the provider.
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        )
        return provider.oidc_provider_arn

    def _role(self, name: str, *, subject: str) -> iam.Role:
        role = iam.Role(
            self,
            name,
            description=f"GitHub Actions, {subject}",
            max_session_duration=Duration.hours(1),
            assumed_by=iam.WebIdentityPrincipal(
                self._provider_arn,
                {"StringEquals": {f"{_GITHUB}:aud": "sts.amazonaws.com", f"{_GITHUB}:sub": subject}},
            ),
        )
        CfnOutput(self, f"{name}RoleArn", value=role.role_arn)
        return role

    def _let_publish(self, role: iam.Role, config: StageConfig, images: Mapping[ServiceName, ecr.Repository]) -> None:
        """Allow to push images, to read their scans, and to record which images were deployed successfully."""
        role.add_to_policy(iam.PolicyStatement(actions=["ecr:GetAuthorizationToken"], resources=["*"]))
        role.add_to_policy(
            iam.PolicyStatement(
                actions=[
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:CompleteLayerUpload",
                    "ecr:DescribeImages",
                    "ecr:DescribeImageScanFindings",
                    "ecr:GetDownloadUrlForLayer",
                    "ecr:InitiateLayerUpload",
                    "ecr:PutImage",
                    "ecr:UploadLayerPart",
                ],
                resources=[repository.repository_arn for repository in images.values()],
            )
        )
        role.add_to_policy(_images(config, "ssm:GetParameter", "ssm:PutParameter"))


def _images(config: StageConfig, *actions: str) -> iam.PolicyStatement:
    """Return a statement for the parameter that records the last images that were deployed successfully."""
    parameter = f"arn:{Aws.PARTITION}:ssm:{Aws.REGION}:{Aws.ACCOUNT_ID}:parameter/{config.prefix}/images"
    return iam.PolicyStatement(actions=list(actions), resources=[parameter])


def _templates(config: StageConfig) -> iam.PolicyStatement:
    """Return a statement for the templates of the stage's stacks, including the edge stack's in its own region."""
    return iam.PolicyStatement(
        actions=["cloudformation:DescribeStacks", "cloudformation:GetTemplate"],
        resources=[f"arn:{Aws.PARTITION}:cloudformation:*:{Aws.ACCOUNT_ID}:stack/{config.prefix}-*/*"],
    )


def _any_stack(config: StageConfig) -> Sequence[str]:
    stacks = f"arn:<AWS::Partition>:cloudformation:*:<AWS::AccountId>:stack/{config.prefix}-*/*"
    return [f"AwsSolutions-IAM5[Resource::{stacks}]"]


def _assume(*roles: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=["sts:AssumeRole"],
        resources=[
            f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/{_BOOTSTRAP}-{role}-role-{Aws.ACCOUNT_ID}-*"
            for role in roles
        ],
    )


def _wildcards() -> Sequence[str]:
    account, partition = "<AWS::AccountId>", "<AWS::Partition>"
    resources = [
        "*",
        *(
            f"arn:{partition}:iam::{account}:role/{_BOOTSTRAP}-{role}-role-{account}-*"
            for role in ("lookup", "deploy", "file-publishing")
        ),
    ]
    return [f"AwsSolutions-IAM5[Resource::{resource}]" for resource in resources]
