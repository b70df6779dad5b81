"""Tests of alarms, budget and dashboard."""

import json
from pathlib import Path

import pytest

from darkroom.topology import Topology
from tests.cdk.assembly import Assembly, Template, text

RUNBOOKS = Path(__file__).parents[2] / "docs" / "operations.md"


@pytest.fixture
def observability(prod: Assembly) -> Template:
    return prod["Observability"]


def alarms(template: Template) -> set[str]:
    """Return the names of the alarms, without the stage's prefix."""
    return {each["AlarmName"].removeprefix("darkroom-") for each in template.properties("AWS::CloudWatch::Alarm")}


def test_every_queue_has_alarms_of_age_and_of_dead_letters(observability: Template) -> None:
    names = [spec.name.removeprefix("darkroom-") for spec in Topology.named("darkroom").queues]
    assert {f"{name}-{kind}" for name in [*names, "bus"] for kind in ("old", "dead")} <= alarms(observability)


def test_there_is_an_alarm_for_each_kind_of_trouble(observability: Template) -> None:
    assert {
        "server-errors",
        "balancer-errors",
        "slow-uploads",
        "unhealthy-targets",
        "upload-tasks-missing",
        "orchestrator-tasks-missing",
        "processor-tasks-missing",
        "tasks-failed",
        "sandbox-unsealed",
        "failed-jobs",
        "jobs-throttled",
        "accounts-throttled",
        "results-size",
    } <= alarms(observability)


def test_one_processor_that_cannot_seal_its_sandbox_is_an_alarm(observability: Template) -> None:
    counted = observability.named("AWS::Logs::MetricFilter", "FilterPattern", '{ $.event = "sandbox_unsealed" }')
    (transformation,) = counted["MetricTransformations"]
    alarm = observability.named("AWS::CloudWatch::Alarm", "AlarmName", "darkroom-sandbox-unsealed")
    assert (alarm["Namespace"], alarm["MetricName"]) == ("darkroom", transformation["MetricName"])
    assert "Processor" in text(counted["LogGroupName"])
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (0, 1)


def test_every_alarm_notifies_operators_at_its_start_and_end(observability: Template) -> None:
    for alarm in observability.properties("AWS::CloudWatch::Alarm"):
        assert [text(each) for each in alarm["AlarmActions"]] == ["<AlertsTopic>"]
        assert [text(each) for each in alarm["OKActions"]] == ["<AlertsTopic>"]


def test_every_alarm_has_a_runbook(observability: Template) -> None:
    headings = {
        line.removeprefix("### ").strip() for line in RUNBOOKS.read_text().splitlines() if line.startswith("### ")
    }
    assert alarms(observability) - headings == set()
    for alarm in observability.properties("AWS::CloudWatch::Alarm"):
        name = alarm["AlarmName"].removeprefix("darkroom-")
        assert alarm["AlarmDescription"].endswith(f"docs/operations.md#{name}")


def test_stop_reasons_are_kept_longer_than_ecs_keeps_them(observability: Template) -> None:
    (rule,) = observability.properties("AWS::Events::Rule")
    assert rule["EventPattern"]["detail-type"] == ["ECS Task State Change"]
    assert rule["EventPattern"]["detail"]["lastStatus"] == ["STOPPED"]
    (target,) = rule["Targets"]
    assert text(target["Arn"]) == "arn:aws:logs:us-east-1:<AWS::AccountId>:log-group:<StoppedTasksLogs>"
    (policy,) = observability.properties("AWS::Logs::ResourcePolicy")
    assert "events.amazonaws.com" in text(policy["PolicyDocument"])


def test_throttles_of_indexes_count_as_well(observability: Template) -> None:
    for spec in Topology.named("darkroom").tables:
        alarm = observability.named("AWS::CloudWatch::Alarm", "AlarmName", f"{spec.name}-throttled")
        counted = {
            (metric["MetricName"], dimension["Value"])
            for each in alarm["Metrics"]
            if "MetricStat" in each
            for metric in [each["MetricStat"]["Metric"]]
            for dimension in metric["Dimensions"]
            if dimension["Name"] == "GlobalSecondaryIndexName"
        }
        kinds = ("ReadThrottleEvents", "WriteThrottleEvents")
        assert counted == {(kind, index.name) for index in spec.indexes for kind in kinds}


def test_a_composite_alarm_covers_all_others(observability: Template) -> None:
    (any_of,) = observability.properties("AWS::CloudWatch::CompositeAlarm")
    assert text(any_of["AlarmRule"]).count("ALARM(") == len(alarms(observability))


def test_the_budget_notifies_at_50_80_and_100_percent_and_by_forecast(observability: Template) -> None:
    (budget,) = observability.properties("AWS::Budgets::Budget")
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 2000, "Unit": "USD"}
    told = [each["Notification"] for each in budget["NotificationsWithSubscribers"]]
    assert [(each["NotificationType"], each["Threshold"]) for each in told] == [
        ("ACTUAL", 50),
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]


def test_log_metrics_match_the_events_that_services_log(observability: Template) -> None:
    patterns = {
        each["MetricTransformations"][0]["MetricName"]: each["FilterPattern"]
        for each in observability.properties("AWS::Logs::MetricFilter")
    }
    assert '"request_handled"' in patterns["UploadMilliseconds"]
    assert '$.status = "failed"' in patterns["JobsFailed"]


def test_the_dashboard_shows_throughput_queues_tasks_and_cost(observability: Template) -> None:
    (dashboard,) = observability.properties("AWS::CloudWatch::Dashboard")
    body = json.dumps(dashboard["DashboardBody"])
    for title in (
        "Requests a minute",
        "Jobs ended",
        "Messages waiting",
        "Oldest message, s",
        "Dead letters",
        "CPU, %",
        "Memory, %",
        "DynamoDB units consumed",
    ):
        assert title in body
