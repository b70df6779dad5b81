"""Reads the scaling policy of the processors from the synthesized CloudFormation template."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_BACKLOG_PER_TASK: Final = "visible / IF(FILL(running, 0) > 0, running, 1)"
_CPU: Final = "ECSServiceAverageCPUUtilization"
"""The metrics that the simulation supports."""
_POLICY: Final = "AWS::ApplicationAutoScaling::ScalingPolicy"


class UnknownPolicy(Exception):
    """The template scales the processors on a metric that the simulation does not support."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Target tracking on waiting messages for each task, and on CPU."""

    backlog_target: float
    """Target of visible messages for each running task."""
    cpu_target: float
    """Target of CPU use, in percent."""
    out_cooldown_seconds: int
    in_cooldown_seconds: int
    min_tasks: int
    max_tasks: int
    children: int
    """Number of messages that a task processes at once."""


def deployed(template: Path) -> Policy:
    """Read the policy from the template of the services stack. Raises UnknownPolicy."""
    resources: dict[str, Any] = json.loads(template.read_text())["Resources"]
    policies = [each["Properties"] for each in resources.values() if each["Type"] == _POLICY]
    backlog = _one(policies, _BACKLOG_PER_TASK)
    target = backlog["ScalingTargetId"]["Ref"]
    cpu = _one([each for each in policies if each["ScalingTargetId"]["Ref"] == target], _CPU)
    tracked, tracked_cpu = (each["TargetTrackingScalingPolicyConfiguration"] for each in (backlog, cpu))
    if any(tracked[name] != tracked_cpu[name] for name in ("ScaleOutCooldown", "ScaleInCooldown")):
        raise UnknownPolicy(f"{template} has cooldowns that differ")
    tasks = resources[target]["Properties"]
    return Policy(
        backlog_target=tracked["TargetValue"],
        cpu_target=tracked_cpu["TargetValue"],
        out_cooldown_seconds=tracked["ScaleOutCooldown"],
        in_cooldown_seconds=tracked["ScaleInCooldown"],
        min_tasks=tasks["MinCapacity"],
        max_tasks=tasks["MaxCapacity"],
        children=int(_told(resources, "DARKROOM_CHILDREN")),
    )


def _one(policies: list[dict[str, Any]], metric: str) -> dict[str, Any]:
    """Return the one policy that tracks a metric. Raises UnknownPolicy unless there is exactly one."""
    found = [each for each in policies if f'"{metric}"' in json.dumps(each)]
    if len(found) != 1:
        raise UnknownPolicy(f"{len(found)} policies follow {metric!r}")
    return found[0]


def _told(resources: dict[str, Any], variable: str) -> str:
    """Return the one value of an environment variable in the task definitions."""
    (value,) = [
        str(told["Value"])
        for each in resources.values()
        if each["Type"] == "AWS::ECS::TaskDefinition"
        for container in each["Properties"]["ContainerDefinitions"]
        for told in container.get("Environment", [])
        if told["Name"] == variable
    ]
    return value
