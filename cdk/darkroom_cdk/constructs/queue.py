"""A queue with its dead-letter queue."""

from aws_cdk import Arn, ArnComponents, Duration, RemovalPolicy, Stack
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from darkroom.topology import QueueSpec


class QueueWithDlq(Construct):
    """The queue that a `QueueSpec` describes and its dead-letter queue: encrypted, TLS only.

    Messages are work in progress, not records, so both queues are deleted with their stack.
    """

    def __init__(self, scope: Construct, construct_id: str, *, spec: QueueSpec) -> None:
        super().__init__(scope, construct_id)
        self.dlq = sqs.Queue(
            self,
            "Dlq",
            queue_name=spec.dlq_name,
            retention_period=Duration.seconds(spec.retention_seconds),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            redrive_allow_policy=sqs.RedriveAllowPolicy(
                redrive_permission=sqs.RedrivePermission.BY_QUEUE,
                source_queues=[self._named(spec.name)],
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=spec.name,
            visibility_timeout=Duration.seconds(spec.visibility_seconds),
            retention_period=Duration.seconds(spec.retention_seconds),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dlq, max_receive_count=spec.max_receives),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _named(self, name: str) -> sqs.IQueue:
        """Return the main queue by name. A reference would be circular: each of the two queues names the other."""
        arn = Arn.format(ArnComponents(service="sqs", resource=name), Stack.of(self))
        return sqs.Queue.from_queue_arn(self, "Source", arn)
