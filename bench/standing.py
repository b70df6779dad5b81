"""Prints the monthly cost of an idle stage, counted in the synthesized templates.

make synth && python -m bench.standing cdk/cdk.out/prod
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bench import prices
from bench.prices import HOURS_A_MONTH
from darkroom_cdk.config import Architecture

Json = dict[str, Any]

_VCPU: Final = 1024
_GIB: Final = 1024


def monthly(assembly: Path) -> dict[str, float]:
    """Return US dollars a month by purpose. Not counted: data, requests, data transfer and Container Insights."""
    found = [each for path in sorted(assembly.glob("*.template.json")) for each in _resources(path)]
    return {
        "NAT gateways": HOURS_A_MONTH * prices.NAT_HOUR * len(_of(found, "EC2::NatGateway")),
        "interface endpoints": HOURS_A_MONTH * prices.ENDPOINT_HOUR * sum(map(_zones, _of(found, "EC2::VPCEndpoint"))),
        "load balancer": HOURS_A_MONTH * prices.BALANCER_HOUR * len(_of(found, "ElasticLoadBalancingV2::LoadBalancer")),
        "tasks": HOURS_A_MONTH * sum(_task_hour(found, each) for each in _of(found, "ECS::Service")),
        "WAF": sum(
            prices.WAF_ACL_MONTH + prices.WAF_RULE_MONTH * len(each["Rules"]) for each in _of(found, "WAFv2::WebACL")
        ),
        "alarms": prices.ALARM_MONTH * sum(map(_metrics, _of(found, "CloudWatch::Alarm"))),
        "dashboard": prices.DASHBOARD_MONTH * len(_of(found, "CloudWatch::Dashboard")),
        "keys and secrets": prices.KEY_MONTH * len(_of(found, "KMS::Key"))
        + prices.SECRET_MONTH * len(_of(found, "SecretsManager::Secret")),
    }


def _resources(path: Path) -> Iterator[Json]:
    for key, each in json.loads(path.read_text()).get("Resources", {}).items():
        yield {"Id": key, "Properties": {}, **each}


def _of(found: list[Json], kind: str) -> list[Json]:
    """Return the properties of all resources of a type."""
    return [each["Properties"] for each in found if each["Type"] == f"AWS::{kind}"]


def _zones(endpoint: Json) -> int:
    """Return the number of zones of an interface endpoint, and 0 for gateway endpoints, which are free."""
    return len(endpoint.get("SubnetIds", [])) if endpoint["VpcEndpointType"] == "Interface" else 0


def _metrics(alarm: Json) -> int:
    """Return the number of metrics of an alarm. AWS charges for each."""
    return sum("MetricStat" in each for each in alarm.get("Metrics", [])) or 1


def _task_hour(found: list[Json], service: Json) -> float:
    """Return the hourly cost of a service's minimum number of tasks."""
    resources = {each["Id"]: each["Properties"] for each in found}
    task = resources[service["TaskDefinition"]["Ref"]]
    (least,) = [
        each["MinCapacity"]
        for each in _of(found, "ApplicationAutoScaling::ScalableTarget")
        if _scales(each, service, resources)
    ]
    on_demand, spot = _split(service, least)
    price = prices.FARGATE[Architecture(task["RuntimePlatform"]["CpuArchitecture"].lower())]
    hour = int(task["Cpu"]) / _VCPU * price.vcpu + int(task["Memory"]) / _GIB * price.gb
    return hour * (on_demand + spot * prices.SPOT)


def _scales(target: Json, service: Json, resources: dict[str, Json]) -> bool:
    named = [part["Fn::GetAtt"][0] for part in target["ResourceId"]["Fn::Join"][1] if "Fn::GetAtt" in part]
    return bool(resources[named[0]]["ServiceName"] == service["ServiceName"])


def _split(service: Json, tasks: int) -> tuple[float, float]:
    """Return how many of `tasks` run on demand and how many on Spot."""
    strategy = {each["CapacityProvider"]: each for each in service.get("CapacityProviderStrategy", [])}
    if "FARGATE_SPOT" not in strategy:
        return tasks, 0
    base = min(strategy["FARGATE"].get("Base", 0), tasks)
    weights = {name: each["Weight"] for name, each in strategy.items()}
    spot = (tasks - base) * weights["FARGATE_SPOT"] / sum(weights.values())
    return tasks - spot, spot


def main(assembly: Path) -> None:
    """Print the costs and their sum."""
    found = monthly(assembly)
    for what, usd in [*found.items(), ("together", sum(found.values()))]:
        sys.stdout.write(f"| {what} | {usd:,.0f} |\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
