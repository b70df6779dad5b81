"""An EventBridge bus that carries the messages of an SNS topic."""

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_pipes as pipes
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from darkroom.topology import QueueSpec
from darkroom_cdk.constructs.queue import QueueWithDlq


class BusOfTopic(Construct):
    """Topic → queue → pipe → bus.

    SNS does not deliver to EventBridge, and with this chain the services publish to one address only.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, topic: sns.ITopic, detail_type: str) -> None:
        super().__init__(scope, construct_id)
        self.bus = events.EventBus(self, "Bus", event_bus_name=name)
        waiting = QueueWithDlq(self, "Waiting", spec=QueueSpec(name=f"{name}-bus"))
        topic.add_subscription(subscriptions.SqsSubscription(waiting.queue, raw_message_delivery=True))
        take = iam.PolicyStatement(
            actions=["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            resources=[waiting.queue.queue_arn],
        )
        put = iam.PolicyStatement(actions=["events:PutEvents"], resources=[self.bus.event_bus_arn])
        role = iam.Role(
            self,
            "PipeRole",
            assumed_by=iam.ServicePrincipal("pipes.amazonaws.com"),
            # An inline policy: AWS tests a pipe when it creates it, so the role must have its rights by then.
            inline_policies={"pipe": iam.PolicyDocument(statements=[take, put])},
        )
        pipes.CfnPipe(
            self,
            "Pipe",
            name=name,
            role_arn=role.role_arn,
            source=waiting.queue.queue_arn,
            target=self.bus.event_bus_arn,
            target_parameters=pipes.CfnPipe.PipeTargetParametersProperty(
                event_bridge_event_bus_parameters=pipes.CfnPipe.PipeTargetEventBridgeEventBusParametersProperty(
                    source="darkroom", detail_type=detail_type
                ),
                input_template="<$.body>",
            ),
        )
        self.queues = waiting
