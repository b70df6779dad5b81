"""Queues, topics and the event bus."""

from aws_cdk import Aws, CfnOutput
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from darkroom.topology import CALLBACK_FILTER, BucketSpec, QueueSpec
from darkroom_cdk.config import StageConfig
from darkroom_cdk.constructs.bucket import bucket_arn
from darkroom_cdk.constructs.event_bus import BusOfTopic
from darkroom_cdk.constructs.queue import QueueWithDlq
from darkroom_cdk.constructs.topic import AlertTopic, EncryptedTopic
from darkroom_cdk.stacks.stage_stack import StageStack


class MessagingStack(StageStack):
    """The queues of the topology, the topic of job events, and the topic of alerts for operators."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(scope, construct_id, config=config, description="Darkroom: queues, topics, event bus")
        topology = config.topology
        self.queues = [QueueWithDlq(self, _part(config, spec), spec=spec) for spec in topology.queues]
        by_name = {spec.name: made for spec, made in zip(topology.queues, self.queues, strict=True)}
        self.uploads = by_name[topology.uploads.name]
        self.imports = by_name[topology.imports.name]
        self.tasks = by_name[topology.tasks.name]
        self.reports = by_name[topology.reports.name]
        self.notifications = by_name[topology.notifications.name]
        self._let_s3_announce(topology.originals)

        self.job_events = EncryptedTopic(self, "JobEvents", name=topology.job_events_topic).topic
        self.alerts = AlertTopic(self, "Alerts", name=f"{config.prefix}-alerts").topic
        self.bus = BusOfTopic(
            self, "Bus", name=topology.job_events_topic, topic=self.job_events, detail_type="Job status changed"
        )
        self._subscribe(config)
        CfnOutput(self, "AlertsTopicArn", value=self.alerts.topic_arn)
        CfnOutput(self, "EventBusName", value=self.bus.bus.event_bus_name)

    def _let_s3_announce(self, originals: BucketSpec) -> None:
        """Let the originals bucket send to the queue. The bucket is named here, since its stack refers to this one."""
        self.uploads.queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OriginalsAnnounceObjects",
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self.uploads.queue.queue_arn],
                conditions={
                    "ArnEquals": {"aws:SourceArn": bucket_arn(originals)},
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                },
            )
        )

    def _subscribe(self, config: StageConfig) -> None:
        wanted = {
            name: sns.SubscriptionFilter.string_filter(allowlist=values) for name, values in CALLBACK_FILTER.items()
        }
        self.job_events.add_subscription(
            subscriptions.SqsSubscription(self.notifications.queue, raw_message_delivery=True, filter_policy=wanted)
        )
        if config.alarm_email:
            self.alerts.add_subscription(subscriptions.EmailSubscription(config.alarm_email))
        if config.event_email and config.event_owner:
            of_owner = sns.Filter.filter(sns.SubscriptionFilter.string_filter(allowlist=[config.event_owner]))
            self.job_events.add_subscription(
                subscriptions.EmailSubscription(config.event_email, filter_policy_with_message_body={"owner": of_owner})
            )


def _part(config: StageConfig, spec: QueueSpec) -> str:
    """Return the construct id of a queue: its name without the stage's prefix."""
    return spec.name.removeprefix(f"{config.prefix}-").title().replace("-", "")
