"""The collector of traces that runs beside a service."""

import json
from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs
from constructs import Construct

COLLECTOR_URL: Final = "http://127.0.0.1:4318"
"""Containers of a task share their loopback, and nobody else reaches it."""
_MEMORY_MIB: Final = 192
_CONFIGURATION: Final = {
    "receivers": {"otlp": {"protocols": {"http": {"endpoint": COLLECTOR_URL.removeprefix("http://")}}}},
    "processors": {
        "memory_limiter": {"check_interval": "1s", "limit_mib": _MEMORY_MIB - 64},
        # As many as X-Ray takes at a time.
        "batch": {"timeout": "1s", "send_batch_size": 50},
    },
    # X-Ray finds traces by annotations alone, and those are the attributes that are named here.
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
    """Which collector runs."""

    repository: ecr.IRepository
    image: str
    """Tag or digest."""


def add_collector(
    scope: Construct, definition: ecs.FargateTaskDefinition, *, props: CollectorProps, log_group: logs.ILogGroup
) -> ecs.ContainerDefinition:
    """Add AWS's distribution of the OpenTelemetry collector to a task, in whose role it writes to X-Ray.

    It is not essential: a task outlives its collector, which ECS starts again.
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
