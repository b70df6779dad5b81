"""Removes the resources that the emulator does not support from the stacks."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

UNKNOWN: Final = (
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::Budgets::Budget",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::EC2::FlowLog",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
)
"""Resource types that make the emulator refuse a whole template. docs/deployment.md lists all of them."""
METRIC_MATH: Final = "AWS::CloudWatch::Alarm of several metrics"
"""Alarms of several metrics, which the emulator does not support."""


def leave_out(assembly: Path) -> Counter[str]:
    """Remove unsupported resources from an assembly's templates. Return their number by type.

    Call it before the first deployment: templates are published under the hash that they had at synthesis.
    """
    counted: Counter[str] = Counter()
    for path in assembly.glob("*.template.json"):
        template = json.loads(path.read_text())
        resources: dict[str, dict[str, Any]] = template.get("Resources", {})
        gone = {key: kind for key, each in resources.items() if (kind := _unknown(each))}
        counted.update(gone.values())
        template["Resources"] = {
            key: _without(each, frozenset(gone)) for key, each in resources.items() if key not in gone
        }
        path.write_text(json.dumps(template))
    return counted


def _unknown(resource: dict[str, Any]) -> str | None:
    kind = str(resource["Type"])
    if kind == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]:
        return METRIC_MATH
    return kind if kind in UNKNOWN else None


def _without(resource: dict[str, Any], gone: frozenset[str]) -> dict[str, Any]:
    """Return the resource without dependencies on removed resources."""
    kept = [each for each in resource.get("DependsOn", []) if each not in gone]
    rest = {key: value for key, value in resource.items() if key != "DependsOn"}
    return rest | ({"DependsOn": kept} if kept else {})
