"""What each service may do, action by action."""

from typing import Final

from aws_cdk import CfnOutput
from constructs import Construct

from darkroom.object_keys import DIRECT, MANIFESTS, UPLOADS
from darkroom.topology import BY_OWNER, BY_TURN, OPEN_BY_DEADLINE
from darkroom_cdk.config import StageConfig
from darkroom_cdk.constructs.bucket import bucket_arn
from darkroom_cdk.constructs.task_role import TaskRole
from darkroom_cdk.stacks.data import Tables
from darkroom_cdk.stacks.messaging import MessagingStack
from darkroom_cdk.stacks.stage_stack import StageStack

_ASK: Final = "s3:ListBucket"
"""Readiness asks for the bucket; and without it a missing object is 403 instead of 404."""
_SEND: Final = "sqs:SendMessage"
_DEPTH: Final = "sqs:GetQueueAttributes"
"""Readiness asks for it too."""
_CLAIMS: Final = "idempotency#*"
_WEBHOOK_SECRETS: Final = "webhook#*"
"""Items of the accounts table that services write. API keys are not among them: operators make those."""
_RATES: Final = "rate#*"
_USAGE: Final = "usage#*"
"""Of callers' rates and quotas, in the same table."""
_STORED: Final = "stored#*"
"""Counters of what owners store, in the same table."""
_SESSIONS: Final = "session#*"
_FAREWELLS: Final = "farewell#*"
_ACQUAINTED: Final = "acquainted#*"
_ATTEMPTS: Final = "attempts#*"
"""Of users who log in, in the same table. The users themselves are operators' as well."""
_CONSUME: Final = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", _DEPTH)


class PermissionsStack(StageStack):
    """One role a service, apart from the services: who may do what is deployed on its own and reviewed on its own."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        messaging: MessagingStack,
        data: Tables,
    ) -> None:
        super().__init__(scope, construct_id, config=config, description="Darkroom: what each service may do")
        self._topology = config.topology
        self._cluster_name = config.prefix
        self._messaging = messaging
        self._data = data
        self.upload = self._upload()
        self.orchestrator = self._orchestrator()
        self.processor = self._processor()
        for name, role in {
            "Upload": self.upload,
            "Orchestrator": self.orchestrator,
            "Processor": self.processor,
        }.items():
            if config.traced:
                role.allow_traces()
            CfnOutput(self, f"{name}RoleArn", value=role.role.role_arn)

    def _upload(self) -> TaskRole:
        """Takes bytes in, creates jobs and reads them; changes and deletes nothing."""
        may = TaskRole(self, "Upload", description="Tasks of the upload service")
        originals, results = self._topology.originals, self._topology.results_bucket
        may.allow_objects(
            "WriteOriginals",
            actions=["s3:PutObject", "s3:AbortMultipartUpload"],
            of=originals,
            prefixes=[f"{UPLOADS}/", f"{DIRECT}/"],
        )
        may.allow_objects("ReadResults", actions=["s3:GetObject"], of=results)
        may.allow("AskBuckets", actions=[_ASK], on=[bucket_arn(originals), bucket_arn(results)])
        jobs, accounts = self._data.jobs.table_arn, self._data.accounts.table_arn
        may.allow(
            "CreateAndReadJobs", actions=["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:PutItem"], on=[jobs]
        )
        may.allow("ListJobs", actions=["dynamodb:Query"], on=[f"{jobs}/index/{BY_OWNER.name}"])
        may.allow("ReadAccounts", actions=["dynamodb:GetItem", "dynamodb:BatchGetItem"], on=[accounts])
        may.allow("ClaimAndRotate", actions=["dynamodb:PutItem"], on=[accounts], items=[_CLAIMS, _WEBHOOK_SECRETS])
        may.allow("CountUse", actions=["dynamodb:UpdateItem"], on=[accounts], items=[_RATES, _USAGE])
        # A session that ends is written as one that has expired: to delete would need one more action.
        may.allow(
            "KeepSessions", actions=["dynamodb:PutItem"], on=[accounts], items=[_SESSIONS, _FAREWELLS, _ACQUAINTED]
        )
        may.allow("CountAttempts", actions=["dynamodb:UpdateItem"], on=[accounts], items=[_ATTEMPTS])
        may.allow("AnnounceUploads", actions=[_SEND, _DEPTH], on=[self._messaging.uploads.queue.queue_arn])
        return may

    def _orchestrator(self) -> TaskRole:
        """Moves jobs on; the only one that changes and deletes."""
        may = TaskRole(self, "Orchestrator", description="Tasks of the orchestrator")
        originals, results = self._topology.originals, self._topology.results_bucket
        may.allow_objects("FindOriginals", actions=["s3:GetObject", "s3:GetObjectVersion"], of=originals)
        may.allow_objects("WriteManifests", actions=["s3:PutObject"], of=results, prefixes=[f"{MANIFESTS}/"])
        for name, bucket in {"Originals": originals, "Results": results}.items():
            may.allow_objects(f"Delete{name}", actions=["s3:DeleteObject", "s3:DeleteObjectVersion"], of=bucket)
        may.allow(
            "AskBuckets", actions=[_ASK, "s3:ListBucketVersions"], on=[bucket_arn(originals), bucket_arn(results)]
        )
        jobs = self._data.jobs.table_arn
        may.allow(
            "ChangeJobs",
            actions=[
                "dynamodb:GetItem",
                "dynamodb:BatchGetItem",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
                "dynamodb:DeleteItem",
            ],
            on=[jobs],
        )
        may.allow(
            "SignWebhooks",
            actions=["dynamodb:GetItem", "dynamodb:PutItem"],
            on=[self._data.accounts.table_arn],
            items=[_WEBHOOK_SECRETS],
        )
        may.allow(
            "Settle", actions=["dynamodb:UpdateItem"], on=[self._data.accounts.table_arn], items=[_USAGE, _STORED]
        )
        may.allow("FindOverdueJobs", actions=["dynamodb:Query"], on=[f"{jobs}/index/{OPEN_BY_DEADLINE.name}"])
        may.allow("TakeTurns", actions=["dynamodb:Query"], on=[f"{jobs}/index/{BY_TURN.name}"])
        uploads, tasks, reports = self._messaging.uploads, self._messaging.tasks, self._messaging.reports
        webhooks = self._messaging.notifications
        may.allow(
            "Consume",
            actions=_CONSUME,
            on=[
                uploads.queue.queue_arn,
                reports.queue.queue_arn,
                webhooks.queue.queue_arn,
                *(each.dlq.queue_arn for each in (uploads, tasks, reports, webhooks)),
            ],
        )
        may.allow("SendTasks", actions=[_SEND, _DEPTH], on=[tasks.queue.queue_arn])
        may.allow("Redrive", actions=[_SEND], on=[each.queue.queue_arn for each in (uploads, reports, webhooks)])
        may.allow("TellOfJobs", actions=["sns:Publish"], on=[self._messaging.job_events.topic_arn])
        return may

    def _processor(self) -> TaskRole:
        """Reads originals, reads and writes results, and knows nothing of jobs or accounts."""
        may = TaskRole(self, "Processor", description="Tasks of the processor")
        originals, results = self._topology.originals, self._topology.results_bucket
        may.allow_objects("ReadOriginals", actions=["s3:GetObject", "s3:GetObjectVersion"], of=originals)
        # Watermarks are made of results; the others are none of its business, but keys do not tell them apart.
        may.allow_objects("ReadAndWriteResults", actions=["s3:GetObject", "s3:PutObject"], of=results)
        may.allow("AskBuckets", actions=[_ASK], on=[bucket_arn(originals), bucket_arn(results)])
        may.allow("ConsumeTasks", actions=_CONSUME, on=[self._messaging.tasks.queue.queue_arn])
        may.allow("Report", actions=[_SEND, _DEPTH], on=[self._messaging.reports.queue.queue_arn])
        may.allow_tasks("ProtectWhileBusy", actions=["ecs:UpdateTaskProtection"], cluster=self._cluster_name)
        return may
