"""Alarms, a dashboard and a budget for operators."""

from collections.abc import Mapping
from typing import Final, get_args

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_logs as logs
from constructs import Construct

from darkroom_cdk.config import ServiceName, StageConfig
from darkroom_cdk.constructs.alarms import Alarms
from darkroom_cdk.constructs.budget import MonthlyBudget
from darkroom_cdk.constructs.metrics import bucket_bytes, table_metric, tasks, throttles
from darkroom_cdk.constructs.queue import QueueWithDlq
from darkroom_cdk.constructs.stopped_tasks import StoppedTasks
from darkroom_cdk.stacks.balancer import BalancerStack
from darkroom_cdk.stacks.messaging import MessagingStack
from darkroom_cdk.stacks.services import ServicesStack
from darkroom_cdk.stacks.stage_stack import StageStack
from darkroom_cdk.stacks.storage import StorageStack

_SERVICES: Final[tuple[ServiceName, ...]] = get_args(ServiceName)
_FIVE_MINUTES: Final = Duration.minutes(5)
_GIB: Final = 1024**3
_RESULTS_GIB_EXPECTED: Final = 1024
_OLDEST_SECONDS: Final = {
    "uploads": 300,
    "imports": 30 * 60,
    "tasks": 300,
    "reports": 300,
    "notifications": 27 * 60 * 60,
    "bus": 300,
}
"""Age of the oldest message, in seconds, above which a queue's alarm starts.

An import is tried for 15 minutes. A webhook that its receiver refuses is tried for 26 hours. An older message means a
fault in Darkroom."""
_UPLOAD_P95_MS: Final = 3000


class ObservabilityStack(StageStack):
    """Alarms for what users or the bill would notice first. Everything else is on the dashboard."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        storage: StorageStack,
        messaging: MessagingStack,
        balancer: BalancerStack,
        services: ServicesStack,
    ) -> None:
        super().__init__(scope, construct_id, config=config, description="Darkroom: alarms, dashboard, budget")
        self._config = config
        self._origin = balancer.origin
        self._services = services
        self._queues: Mapping[str, QueueWithDlq] = {
            "uploads": messaging.uploads,
            "imports": messaging.imports,
            "tasks": messaging.tasks,
            "reports": messaging.reports,
            "notifications": messaging.notifications,
            "bus": messaging.bus.queues,
        }
        self._tables = {"jobs": config.topology.jobs, "accounts": config.topology.accounts}
        self._results_bucket = storage.results.bucket_name
        self._upload_ms = self._from_logs(
            "upload",
            "UploadMilliseconds",
            '{ $.event = "request_handled" && $.method = "POST" && $.path = "/uploads" }',
            value="$.ms",
        )
        self._jobs = {
            status: self._from_logs(
                "orchestrator",
                f"Jobs{status.title().replace('_', '')}",
                f'{{ $.event = "job_ended" && $.status = "{status}" }}',
            )
            for status in ("completed", "partially_completed", "failed")
        }
        self._alarms = Alarms(self, "Alarms", prefix=config.prefix, topic=messaging.alerts)
        self._watch_requests()
        self._watch_queues()
        self._watch_tasks()
        self._watch_data()
        self._alarms.sum_up("anything")
        MonthlyBudget(self, "Budget", name=config.prefix, usd=config.budget_usd, topic=messaging.alerts)
        self._draw()

    def _watch_requests(self) -> None:
        balancer = self._origin.balancer.metrics
        target = self._origin.target_group.metrics
        self._alarms.add(
            "server-errors",
            target.http_code_target(elb.HttpCodeTarget.TARGET_5XX_COUNT, period=_FIVE_MINUTES, statistic="Sum"),
            above=5,
            meaning="The upload service answered 5xx more than five times in five minutes.",
        )
        self._alarms.add(
            "balancer-errors",
            balancer.http_code_elb(elb.HttpCodeElb.ELB_5XX_COUNT, period=_FIVE_MINUTES, statistic="Sum"),
            above=5,
            meaning="The load balancer found no healthy task.",
        )
        # The load balancer's latency would not do: long polls and event streams would hide the uploads.
        self._alarms.add(
            "slow-uploads",
            self._upload_ms.with_(statistic="p95", period=_FIVE_MINUTES),
            above=_UPLOAD_P95_MS,
            periods=3,
            meaning="One in twenty uploads took over 3 s for a quarter of an hour.",
        )
        self._alarms.add(
            "unhealthy-targets",
            target.unhealthy_host_count(period=Duration.minutes(1), statistic="Maximum"),
            above=0,
            periods=5,
            meaning="Upload tasks did not answer for five minutes.",
        )

    def _watch_queues(self) -> None:
        for name, pair in self._queues.items():
            self._alarms.add(
                f"{name}-old",
                pair.queue.metric_approximate_age_of_oldest_message(period=Duration.minutes(1), statistic="Maximum"),
                above=_OLDEST_SECONDS[name],
                periods=5,
                meaning=f"A message has waited over {_OLDEST_SECONDS[name] // 60} minutes in {name}.",
            )
            self._alarms.add(
                f"{name}-dead",
                pair.dlq.metric_approximate_number_of_messages_visible(period=Duration.minutes(1), statistic="Maximum"),
                above=0,
                # The orchestrator consumes dead tasks itself. What stays are messages that it could not read.
                periods=5 if name == "tasks" else 1,
                meaning=f"Messages in {name} could not be processed.",
            )

    def _watch_tasks(self) -> None:
        cluster = self._services.cluster.cluster_name
        for name in _SERVICES:
            missing = cloudwatch.MathExpression(
                expression="desired - running",
                using_metrics={
                    "desired": tasks("DesiredTaskCount", cluster, name),
                    "running": tasks("RunningTaskCount", cluster, name),
                },
                period=Duration.minutes(1),
                label="Tasks missing",
            )
            self._alarms.add(
                f"{name}-tasks-missing",
                missing,
                above=0,
                periods=10,
                meaning=f"Fewer {name} tasks than desired have run for ten minutes.",
            )
        self._alarms.add(
            "tasks-failed",
            StoppedTasks(self, "StoppedTasks", prefix=self._config.prefix, cluster=self._services.cluster).failed.with_(
                statistic="Sum", period=Duration.minutes(15)
            ),
            above=2,
            meaning="Three tasks in a quarter of an hour exited or could not start.",
        )
        self._alarms.add(
            "sandbox-unsealed",
            self._from_logs("processor", "SandboxUnsealed", '{ $.event = "sandbox_unsealed" }').with_(
                statistic="Sum", period=_FIVE_MINUTES
            ),
            above=0,
            meaning="A processor cannot restrict the processes that decode images, and has stopped.",
        )
        self._alarms.add(
            "failed-jobs",
            self._jobs["failed"].with_(statistic="Sum", period=_FIVE_MINUTES),
            above=50,
            periods=3,
            meaning="More than 50 jobs failed in each of three periods of five minutes.",
        )

    def _watch_data(self) -> None:
        for name, table in self._tables.items():
            self._alarms.add(
                f"{name}-throttled", throttles(table), above=10, meaning=f"DynamoDB throttled requests for {name}."
            )
        self._alarms.add(
            "results-size",
            bucket_bytes(self._results_bucket),
            above=_RESULTS_GIB_EXPECTED * _GIB,
            meaning="The results take more than 1 TiB, about $23 a month.",
        )

    def _draw(self) -> None:
        dashboard = cloudwatch.Dashboard(
            self, "Dashboard", dashboard_name=self._config.prefix, default_interval=Duration.hours(3)
        )
        balancer = self._origin.balancer.metrics
        dashboard.add_widgets(
            _graph("Requests a minute", [balancer.request_count(period=Duration.minutes(1))]),
            _graph(
                "POST /uploads, ms",
                [self._upload_ms.with_(statistic=each, period=_FIVE_MINUTES) for each in ("p50", "p95", "p99")],
            ),
            _graph("Jobs ended", [each.with_(statistic="Sum") for each in self._jobs.values()]),
        )
        queues = [pair.queue for pair in self._queues.values()]
        dashboard.add_widgets(
            _graph("Messages waiting", [each.metric_approximate_number_of_messages_visible() for each in queues]),
            _graph("Oldest message, s", [each.metric_approximate_age_of_oldest_message() for each in queues]),
            _graph(
                "Dead letters",
                [pair.dlq.metric_approximate_number_of_messages_visible() for pair in self._queues.values()],
            ),
        )
        cluster = self._services.cluster.cluster_name
        running = [tasks("RunningTaskCount", cluster, name) for name in _SERVICES]
        fargate = (self._services.upload.service, self._services.orchestrator.service, self._services.processor.service)
        dashboard.add_widgets(
            _graph("Tasks running", running),
            _graph("CPU, %", [each.metric_cpu_utilization() for each in fargate]),
            _graph("Memory, %", [each.metric_memory_utilization() for each in fargate]),
        )
        dashboard.add_widgets(
            _graph("Messages sent (each costs)", [each.metric_number_of_messages_sent() for each in queues]),
            _graph(
                "DynamoDB units consumed",
                [
                    table_metric(table.name, f"Consumed{kind}CapacityUnits")
                    for table in self._tables.values()
                    for kind in ("Read", "Write")
                ],
            ),
            _graph("Results, bytes", [bucket_bytes(self._results_bucket)]),
        )
        dashboard.add_widgets(cloudwatch.AlarmStatusWidget(title="Alarms", width=24, alarms=self._alarms.made))

    def _from_logs(self, service: ServiceName, name: str, pattern: str, *, value: str = "1") -> cloudwatch.Metric:
        """Return a metric that counts a service's log lines, or sums a field. Log lines have a static event name."""
        groups = {
            "upload": self._services.upload.task.logs,
            "orchestrator": self._services.orchestrator.task.logs,
            "processor": self._services.processor.task.logs,
        }
        return logs.MetricFilter(
            self,
            name,
            log_group=groups[service],
            filter_pattern=logs.FilterPattern.literal(pattern),
            metric_namespace=self._config.prefix,
            metric_name=name,
            metric_value=value,
        ).metric()


def _graph(title: str, metrics: list[cloudwatch.Metric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=metrics, width=8)
