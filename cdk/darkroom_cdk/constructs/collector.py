"""The trace collector that runs in a service's task."""

import json
from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs
from constructs import Construct

COLLECTOR_URL: Final = "http://127.0.0.1:4318"
"""The collector's address. The containers of a task share a loopback interface that nothing else can reach."""
_MEMORY_MIB: Final = 192
_CONFIGURATION: Final = {
    "receivers": {"otlp": {"protocols": {"http": {"endpoint": COLLECTOR_URL.removeprefix("http://")}}}},
    "processors": {
        "memory_limiter": {"check_interval": "1s", "limit_mib": _MEMORY_MIB - 64},
        # The most that X-Ray accepts in one request.
        "batch": {"timeout": "1s", "send_batch_size": 50},
    },
    # X-Ray searches traces by annotations only. The attributes listed here become annotations.
    "exporters": {"awsxray": {"indexed_attributes": ["job_id"]}},
    "service": {
        "pipelines": {
            "traces": {"receivers": ["otlp"], "processors": ["memory_limiter", "batch"], "exporters": ["awsxray"]}
        },
        "telemetry": {"logs": {"level": "warn"}},
    },
}


@dataclass(frozen=True, kw_only=True)
class CollectorProps:
    """Image and configuration of the collector."""

    repository: ecr.IRepository
    image: str
    """Tag or digest of the image."""


def add_collector(
    scope: Construct, definition: ecs.FargateTaskDefinition, *, props: CollectorProps, log_group: logs.ILogGroup
) -> ecs.ContainerDefinition:
    """Add AWS's distribution of the OpenTelemetry collector to a task. It writes to X-Ray with the task's role.

    The container is not essential: if the collector stops, the task goes on and ECS starts the collector again.
    """
    linux = ecs.LinuxParameters(scope, "CollectorLinux", init_process_enabled=True)
    linux.drop_capabilities(ecs.Capability.ALL)
    return definition.add_container(
        "collector",
        image=ecs.ContainerImage.from_ecr_repository(props.repository, props.image),
        command=["--config=env:COLLECTOR_CONFIGURATION"],
        environment={"COLLECTOR_CONFIGURATION": json.dumps(_CONFIGURATION)},
        essential=False,
        enable_restart_policy=True,
        restart_attempt_period=Duration.seconds(60),
        memory_limit_mib=_MEMORY_MIB,
        logging=ecs.LogDrivers.aws_logs(stream_prefix="collector", log_group=log_group),
        readonly_root_filesystem=True,
        linux_parameters=linux,
        version_consistency=ecs.VersionConsistency.ENABLED,
    )
