"""A log of stopped ECS tasks."""

from typing import Final

from aws_cdk import ArnFormat, RemovalPolicy, Stack
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

_BY_THEMSELVES: Final = ("EssentialContainerExited", "TaskFailedToStart")
"""Stop codes of tasks that failed: not stopped by a deployment, by scaling or by Spot."""


class StoppedTasks(Construct):
    """Keeps the reasons why tasks stopped, which ECS deletes after an hour, and counts the tasks that failed."""

    def __init__(self, scope: Construct, construct_id: str, *, prefix: str, cluster: ecs.ICluster) -> None:
        super().__init__(scope, construct_id)
        group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/events/{prefix}/stopped-tasks",
            retention=logs.RetentionDays.TWO_WEEKS,
            removal_policy=RemovalPolicy.DESTROY,
        )
        logs.ResourcePolicy(
            self,
            "Policy",
            resource_policy_name=f"{prefix}-stopped-tasks",
            policy_statements=[
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal(f"{name}.amazonaws.com") for name in ("events", "delivery.logs")],
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[group.log_group_arn],
                )
            ],
        )
        arn = Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name=group.log_group_name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        # The L1 resource: the target of the L2 rule would make the policy above by a Lambda function of its own.
        events.CfnRule(
            self,
            "Rule",
            description="Tasks that stopped",
            event_pattern={
                "source": ["aws.ecs"],
                "detail-type": ["ECS Task State Change"],
                "detail": {"clusterArn": [cluster.cluster_arn], "lastStatus": ["STOPPED"]},
            },
            targets=[events.CfnRule.TargetProperty(id="logs", arn=arn)],
        )
        self.failed = logs.MetricFilter(
            self,
            "Failed",
            log_group=group,
            filter_pattern=logs.FilterPattern.any(
                *(logs.FilterPattern.string_value("$.detail.stopCode", "=", code) for code in _BY_THEMSELVES)
            ),
            metric_namespace=prefix,
            metric_name="TasksFailed",
            metric_value="1",
        ).metric()
