"""A Fargate task with one service container."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from darkroom_cdk.config import Architecture, TaskSize
from darkroom_cdk.constructs.accepted_findings import accept
from darkroom_cdk.constructs.collector import CollectorProps, add_collector

_CPU: Final = {
    Architecture.ARM64: ecs.CpuArchitecture.ARM64,
    Architecture.X86_64: ecs.CpuArchitecture.X86_64,
}
_EXEC_AGENT_DIRECTORIES: Final = {"exec-lib": "/var/lib/amazon", "exec-log": "/var/log/amazon"}
"""Directories in which the agent of ECS Exec writes. Without them it does not start on a read-only root."""


@dataclass(frozen=True, kw_only=True)
class TaskProps:
    """Settings of a service's task."""

    name: str
    repository: ecr.IRepository
    image: str
    """Tag or digest."""
    size: TaskSize
    architecture: Architecture
    port: int
    environment: Mapping[str, str]
    secrets: Mapping[str, ecs.Secret] = field(default_factory=dict)
    """Environment variables whose values ECS reads from Secrets Manager when a task starts."""
    role: iam.Role
    stop_seconds: int
    """Seconds between SIGTERM and SIGKILL. Fargate allows at most 120."""
    collector: CollectorProps | None = None
    """The collector of the service's traces; None if the service makes no traces."""


class FargateTask(Construct):
    """A task definition: read-only root, no Linux capabilities, an init process, logs kept for two weeks."""

    def __init__(self, scope: Construct, construct_id: str, *, props: TaskProps, log_group_prefix: str) -> None:
        super().__init__(scope, construct_id)
        self.logs = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/{log_group_prefix}/{props.name}",
            retention=logs.RetentionDays.TWO_WEEKS,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.definition = ecs.FargateTaskDefinition(
            self,
            "Definition",
            family=f"{log_group_prefix}-{props.name}",
            cpu=props.size.cpu,
            memory_limit_mib=props.size.memory_mib,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=_CPU[props.architecture], operating_system_family=ecs.OperatingSystemFamily.LINUX
            ),
            # `PermissionsStack` lists all permissions of the role. No construct may add to them.
            task_role=props.role.without_policy_updates(),
        )
        accept(
            self.definition,
            "ECR login supports no resources; the rest of the execution role names its repository and logs.",
            "AwsSolutions-IAM5[Resource::*]",
        )
        accept(self.definition, "They say where things are; no value is secret.", "AwsSolutions-ECS2")
        self._add_container(props)

    def settle(self, service: ecs.FargateService) -> None:
        """Start the service's first tasks only after the execution role has the right to pull their image.

        The template does not set the number of tasks, because CloudFormation would reset it at each deployment. ECS
        starts with one task, and scaling keeps the number within its bounds.
        """
        service.node.add_dependency(self.definition.obtain_execution_role())

    def _add_container(self, props: TaskProps) -> None:
        linux = ecs.LinuxParameters(self, "Linux", init_process_enabled=True)
        linux.drop_capabilities(ecs.Capability.ALL)
        container = self.definition.add_container(
            props.name,
            image=ecs.ContainerImage.from_ecr_repository(props.repository, props.image),
            environment={
                "DARKROOM_ENVIRONMENT": "production",
                "DARKROOM_HOST": "0.0.0.0",  # noqa: S104 - inside a task, whose security group decides
                "DARKROOM_PORT": str(props.port),
                **props.environment,
            },
            secrets=dict(props.secrets) or None,
            logging=ecs.LogDrivers.aws_logs(stream_prefix=props.name, log_group=self.logs),
            port_mappings=[ecs.PortMapping(container_port=props.port, name="http")],
            readonly_root_filesystem=True,
            linux_parameters=linux,
            stop_timeout=Duration.seconds(props.stop_seconds),
            health_check=_health_check(props.port),
            version_consistency=ecs.VersionConsistency.ENABLED,
        )
        if props.collector:
            collector = add_collector(self, self.definition, props=props.collector, log_group=self.logs)
            # The collector starts before the service and stops after it, so that the last spans are sent.
            container.add_container_dependencies(
                ecs.ContainerDependency(container=collector, condition=ecs.ContainerDependencyCondition.START)
            )
        for volume, path in _EXEC_AGENT_DIRECTORIES.items():
            self.definition.add_volume(name=volume)
            container.add_mount_points(ecs.MountPoint(source_volume=volume, container_path=path, read_only=False))


def _health_check(port: int) -> ecs.HealthCheck:
    """Return a liveness check. Replacing a task does not help while another AWS service is unavailable."""
    probe = f"import urllib.request as r; r.urlopen('http://127.0.0.1:{port}/healthz', timeout=2)"
    return ecs.HealthCheck(
        command=["CMD", "python", "-c", probe],
        interval=Duration.seconds(15),
        timeout=Duration.seconds(5),
        retries=3,
        start_period=Duration.seconds(30),
    )
