"""What the emulator does not take of the stacks, and why it has to be left out."""

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
"""One resource of a type that it does not know, and it refuses the template. docs/deployment.md names all of these."""
METRIC_MATH: Final = "AWS::CloudWatch::Alarm of several metrics"
"""It knows alarms of one metric only."""


def leave_out(assembly: Path) -> Counter[str]:
    """Take what the emulator does not know out of an assembly's templates, and return how many of each kind that was.

    Before the first deployment: templates are published under the hash that they had when they were synthesized.
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
    """The resource, not depending on any that is gone."""
    kept = [each for each in resource.get("DependsOn", []) if each not in gone]
    rest = {key: value for key, value in resource.items() if key != "DependsOn"}
    return rest | ({"DependsOn": kept} if kept else {})
