"""A Fargate service that consumes a queue."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Aws
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from darkroom_cdk.config import ProcessorSize
from darkroom_cdk.constructs.fargate_task import FargateTask, TaskProps

_SCALING_ROLE: Final = (
    f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_ECSService"
)


class FargateWorker(Construct):
    """Tasks that consume a queue, some of them on Spot, scaled on the number of waiting messages for each task."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: ecs.Cluster,
        props: TaskProps,
        size: ProcessorSize,
        queue: sqs.IQueue,
        log_group_prefix: str,
        subnets: ec2.SubnetSelection,
        security_groups: Sequence[ec2.ISecurityGroup],
    ) -> None:
        super().__init__(scope, construct_id)
        self.task = FargateTask(self, "Task", props=props, log_group_prefix=log_group_prefix)
        self.service = ecs.FargateService(
            self,
            "Service",
            cluster=cluster,
            service_name=props.name,
            task_definition=self.task.definition,
            # A stopped task's messages go back to the queue, so a deployment may stop half of the tasks.
            min_healthy_percent=50,
            max_healthy_percent=200,
            capacity_provider_strategies=_capacity(size),
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            vpc_subnets=subnets,
            security_groups=list(security_groups),
            enable_execute_command=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            enable_ecs_managed_tags=True,
        )
        self.task.settle(self.service)
        self._scale(cluster, size, queue)

    def _scale(self, cluster: ecs.Cluster, size: ProcessorSize, queue: sqs.IQueue) -> None:
        """Scale on waiting messages for each task, and on CPU so that an empty queue does not stop busy tasks."""
        target = scaling.ScalableTarget(
            self,
            "Tasks",
            service_namespace=scaling.ServiceNamespace.ECS,
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=f"service/{cluster.cluster_name}/{self.service.service_name}",
            min_capacity=size.min_tasks,
            max_capacity=size.max_tasks,
            # The service-linked role of AWS. CDK would create a role that nothing uses.
            role=iam.Role.from_role_arn(self, "ScalingRole", _SCALING_ROLE),
        )
        self._follow(
            "backlog-per-task",
            tasks=target,
            size=size,
            value=size.backlog_target,
            customized=scaling.CfnScalingPolicy.CustomizedMetricSpecificationProperty(
                metrics=_backlog_per_task(cluster, self.service, queue)
            ),
        )
        self._follow(
            "cpu",
            tasks=target,
            size=size,
            value=size.cpu_percent,
            predefined=scaling.CfnScalingPolicy.PredefinedMetricSpecificationProperty(
                predefined_metric_type="ECSServiceAverageCPUUtilization"
            ),
        )

    def _follow(
        self,
        name: str,
        *,
        tasks: scaling.ScalableTarget,
        size: ProcessorSize,
        value: float,
        customized: scaling.CfnScalingPolicy.CustomizedMetricSpecificationProperty | None = None,
        predefined: scaling.CfnScalingPolicy.PredefinedMetricSpecificationProperty | None = None,
    ) -> None:
        """Add a target tracking policy that keeps a metric at a value."""
        scaling.CfnScalingPolicy(
            self,
            name.title().replace("-", ""),
            policy_name=name,
            policy_type="TargetTrackingScaling",
            scaling_target_id=tasks.scalable_target_id,
            target_tracking_scaling_policy_configuration=(
                scaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty(
                    target_value=value,
                    scale_out_cooldown=size.scale_out_cooldown_seconds,
                    scale_in_cooldown=size.scale_in_cooldown_seconds,
                    customized_metric_specification=customized,
                    predefined_metric_specification=predefined,
                )
            ),
        )


def _capacity(size: ProcessorSize) -> list[ecs.CapacityProviderStrategy]:
    return [
        ecs.CapacityProviderStrategy(
            capacity_provider="FARGATE", base=size.on_demand_tasks, weight=100 - size.spot_weight
        ),
        ecs.CapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=size.spot_weight),
    ]


def _backlog_per_task(
    cluster: ecs.ICluster, service: ecs.FargateService, queue: sqs.IQueue
) -> list[scaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty]:
    """Return the metric visible messages ÷ running tasks, or visible messages if no task runs."""
    return [
        _query("visible", _metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName=queue.queue_name)),
        _query(
            "running",
            _metric(
                "ECS/ContainerInsights",
                "RunningTaskCount",
                ClusterName=cluster.cluster_name,
                ServiceName=service.service_name,
            ),
        ),
        scaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty(
            id="backlog", expression="visible / IF(FILL(running, 0) > 0, running, 1)", return_data=True
        ),
    ]


def _query(
    query_id: str, metric: scaling.CfnScalingPolicy.TargetTrackingMetricProperty
) -> scaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty:
    return scaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty(
        id=query_id,
        metric_stat=scaling.CfnScalingPolicy.TargetTrackingMetricStatProperty(metric=metric, stat="Average"),
        return_data=False,
    )


def _metric(namespace: str, name: str, **dimensions: str) -> scaling.CfnScalingPolicy.TargetTrackingMetricProperty:
    return scaling.CfnScalingPolicy.TargetTrackingMetricProperty(
        namespace=namespace,
        metric_name=name,
        dimensions=[
            scaling.CfnScalingPolicy.TargetTrackingMetricDimensionProperty(name=key, value=value)
            for key, value in dimensions.items()
        ],
    )
