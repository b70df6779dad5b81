"""The IAM role of a service's tasks."""

from collections.abc import Sequence

from aws_cdk import ArnFormat, Aws, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from darkroom.topology import BucketSpec
from darkroom_cdk.constructs.accepted_findings import accept
from darkroom_cdk.constructs.bucket import bucket_arn


class TaskRole(Construct):
    """A role that only this account's ECS tasks can assume. It begins with the rights of ECS Exec only.

    Each action is listed, because CDK's grants give more rights than a service uses.
    """

    def __init__(self, scope: Construct, construct_id: str, *, description: str, name: str | None = None) -> None:
        """Create the role. `name` is needed only where a stack of another region adds a right."""
        super().__init__(scope, construct_id)
        tasks = Stack.of(self).format_arn(service="ecs", resource="*", arn_format=ArnFormat.NO_RESOURCE_NAME)
        self.role = iam.Role(
            self,
            "Role",
            role_name=name,
            description=description,
            assumed_by=iam.ServicePrincipal(
                "ecs-tasks.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"aws:SourceArn": tasks},
                },
            ),
        )
        self._policy = iam.Policy(self, "Policy", roles=[self.role])
        self._let_operators_in()

    def allow(self, sid: str, *, actions: Sequence[str], on: Sequence[str], items: Sequence[str] = ()) -> None:
        """Add a statement. `on` are ARNs; `items` are patterns that limit it to partition keys of a table."""
        only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(items)}}
        self._policy.add_statements(
            iam.PolicyStatement(sid=sid, actions=list(actions), resources=list(on), conditions=only if items else None)
        )

    def allow_objects(
        self, sid: str, *, actions: Sequence[str], of: BucketSpec, prefixes: Sequence[str] = ("",)
    ) -> None:
        """Add a statement for the objects of a bucket whose keys begin with one of the prefixes."""
        self.allow(sid, actions=actions, on=[f"{bucket_arn(of)}/{prefix}*" for prefix in prefixes])
        accept(
            self._policy,
            "Object keys are made for each job, so objects are named by prefix.",
            *(
                f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::{of.name}-<AWS::AccountId>/{prefix}*]"
                for prefix in prefixes
            ),
        )

    def allow_tasks(self, sid: str, *, actions: Sequence[str], cluster: str) -> None:
        """Add a statement for all tasks of a cluster, whose ids are not known in advance."""
        region = Stack.of(self).region
        self.allow(sid, actions=actions, on=[f"arn:{Aws.PARTITION}:ecs:{region}:{Aws.ACCOUNT_ID}:task/{cluster}/*"])
        accept(
            self._policy,
            "A task does not know its id before it runs.",
            f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:{region}:<AWS::AccountId>:task/{cluster}/*]",
        )

    def allow_traces(self) -> None:
        """Let the task's collector write to X-Ray, whose actions do not support resources."""
        self.allow("SendTraces", actions=["xray:PutTraceSegments", "xray:PutTelemetryRecords"], on=["*"])

    def _let_operators_in(self) -> None:
        """Allow ECS Exec, which replaces a bastion host: the agent in the task opens the channel."""
        self.allow(
            "EcsExec",
            actions=[
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            on=["*"],
        )
        accept(
            self._policy,
            "Neither the channel's actions nor X-Ray's support resources. ecs:ExecuteCommand decides who may open a "
            "session.",
            "AwsSolutions-IAM5[Resource::*]",
        )
