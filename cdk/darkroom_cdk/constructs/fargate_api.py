"""A Fargate service that answers HTTP requests."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_servicediscovery as discovery
from constructs import Construct

from darkroom_cdk.constructs.fargate_task import FargateTask, TaskProps


class FargateApi(Construct):
    """Tasks on demand, scaled on CPU. A deployment never leaves fewer tasks than the desired number."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: ecs.ICluster,
        props: TaskProps,
        log_group_prefix: str,
        subnets: ec2.SubnetSelection,
        security_groups: Sequence[ec2.ISecurityGroup],
        found_as: discovery.INamespace | None = None,
    ) -> None:
        """Create the service. `found_as` is the namespace in which other tasks find this service by its name."""
        super().__init__(scope, construct_id)
        self.task = FargateTask(self, "Task", props=props, log_group_prefix=log_group_prefix)
        self.service = ecs.FargateService(
            self,
            "Service",
            cluster=cluster,
            service_name=props.name,
            task_definition=self.task.definition,
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            vpc_subnets=subnets,
            security_groups=list(security_groups),
            enable_execute_command=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            enable_ecs_managed_tags=True,
            cloud_map_options=_cloud_map(found_as, props.name),
        )
        self.task.settle(self.service)
        self.scaling = self.service.auto_scale_task_count(
            min_capacity=props.size.min_tasks, max_capacity=props.size.max_tasks
        )
        self.scaling.scale_on_cpu_utilization(
            "Cpu", target_utilization_percent=60, scale_out_cooldown=Duration.seconds(60)
        )

    def scale_on_requests(self, target_group: elb.ApplicationTargetGroup, *, per_minute: int) -> None:
        """Also scale on the number of requests that each task gets in a minute."""
        self.scaling.scale_on_request_count("Requests", requests_per_target=per_minute, target_group=target_group)


def _cloud_map(namespace: discovery.INamespace | None, name: str) -> ecs.CloudMapOptions | None:
    if namespace is None:
        return None
    return ecs.CloudMapOptions(
        name=name,
        cloud_map_namespace=namespace,
        dns_record_type=discovery.DnsRecordType.A,
        dns_ttl=Duration.seconds(10),
    )
