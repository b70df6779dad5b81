"""The rights of each service, action by action."""

from typing import Final

from aws_cdk import CfnOutput
from constructs import Construct

from darkroom.object_keys import DIRECT, MANIFESTS, PUBLIC, UPLOADS
from darkroom.topology import BY_OWNER, BY_SLOT, CHANGES, OPEN_BY_DEADLINE
from darkroom_cdk.config import StageConfig
from darkroom_cdk.constructs.bucket import bucket_arn
from darkroom_cdk.constructs.task_role import TaskRole
from darkroom_cdk.stacks.data import Tables
from darkroom_cdk.stacks.messaging import MessagingStack
from darkroom_cdk.stacks.stage_stack import StageStack

_ASK: Final = "s3:ListBucket"
"""Right that the readiness check needs. Without it, S3 answers 403 instead of 404 for a missing object."""
_SEND: Final = "sqs:SendMessage"
_DEPTH: Final = "sqs:GetQueueAttributes"
"""Right that the readiness check and the sweeper need."""
_CLAIMS: Final = "idempotency#*"
_WEBHOOK_SECRETS: Final = "webhook#*"
"""Key patterns of the items of the accounts table that services write: here claims on Idempotency-Keys and webhook
secrets. API keys are not among them: only operators make these."""
_RATES: Final = "rate#*"
_USAGE: Final = "usage#*"
"""Items that count the use of rates and quotas, in the same table."""
_HISTORY: Final = "history#*"
"""Items that count what owners have used on each day, in the same table."""
_STORED: Final = "stored#*"
"""Items that count the stored bytes of owners, in the same table."""
_PRESETS: Final = "preset#*"
_PRESET_LISTS: Final = "presets#*"
"""Presets of owners, and the lists of their names, in the same table."""
_SESSIONS: Final = "session#*"
_LOGOUTS: Final = "logout#*"
_KNOWN_ADDRESSES: Final = "known-address#*"
_ATTEMPTS: Final = "attempts#*"
"""Items that count failed logins of users, in the same table. Only operators write the users themselves."""
_CONSUME: Final = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", _DEPTH)


class PermissionsStack(StageStack):
    """One role for each service. The stack is separate so that rights are deployed and reviewed on their own."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        messaging: MessagingStack,
        data: Tables,
    ) -> None:
        super().__init__(scope, construct_id, config=config, description="Darkroom: roles of the services")
        self._config = config
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
        """Return the upload service's role: it stores and reads originals, and creates and reads jobs."""
        may = TaskRole(self, "Upload", description="Tasks of the upload service")
        originals, results = self._topology.originals, self._topology.results
        may.allow_objects(
            "WriteOriginals",
            # The tag lets them expire.
            actions=["s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"],
            of=originals,
            prefixes=[f"{UPLOADS}/", f"{DIRECT}/"],
        )
        may.allow_objects("ReadOriginals", actions=["s3:GetObject", "s3:GetObjectVersion"], of=originals)
        may.allow_objects("ReadResults", actions=["s3:GetObject"], of=results)
        may.allow("AskBuckets", actions=[_ASK], on=[bucket_arn(originals), bucket_arn(results)])
        jobs, accounts = self._data.jobs.table_arn, self._data.accounts.table_arn
        may.allow(
            "CreateAndReadJobs", actions=["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:PutItem"], on=[jobs]
        )
        may.allow("ListJobs", actions=["dynamodb:Query"], on=[f"{jobs}/index/{BY_OWNER.name}"])
        may.allow("ReadChanges", actions=["dynamodb:Query"], on=[f"{jobs}/index/{CHANGES.name}"])
        may.allow("ReadAccounts", actions=["dynamodb:GetItem", "dynamodb:BatchGetItem"], on=[accounts])
        may.allow("ClaimAndRotate", actions=["dynamodb:PutItem"], on=[accounts], items=[_CLAIMS, _WEBHOOK_SECRETS])
        may.allow("CountUse", actions=["dynamodb:UpdateItem"], on=[accounts], items=[_RATES, _USAGE])
        # A session ends by a write that marks it as expired: deleting it would need one more action.
        may.allow(
            "KeepSessions", actions=["dynamodb:PutItem"], on=[accounts], items=[_SESSIONS, _LOGOUTS, _KNOWN_ADDRESSES]
        )
        # Likewise, deleting a preset empties its versions.
        may.allow("KeepPresets", actions=["dynamodb:PutItem"], on=[accounts], items=[_PRESETS])
        may.allow("ListPresets", actions=["dynamodb:UpdateItem"], on=[accounts], items=[_PRESET_LISTS])
        may.allow("CountAttempts", actions=["dynamodb:UpdateItem"], on=[accounts], items=[_ATTEMPTS])
        announced = [each.queue.queue_arn for each in (self._messaging.uploads, self._messaging.imports)]
        may.allow("AnnounceUploads", actions=[_SEND, _DEPTH], on=announced)
        return may

    def _orchestrator(self) -> TaskRole:
        """Return the orchestrator's role: the only one that changes and deletes jobs and objects."""
        may = TaskRole(
            self,
            "Orchestrator",
            description="Tasks of the orchestrator",
            name=self._config.orchestrator_role_name,
        )
        originals, results = self._topology.originals, self._topology.results
        may.allow_objects("FindOriginals", actions=["s3:GetObject", "s3:GetObjectVersion"], of=originals)
        may.allow_objects(
            "WriteOriginals",
            actions=["s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"],
            of=originals,
            prefixes=[f"{UPLOADS}/"],
        )
        may.allow_objects(
            "KeepOriginals",
            actions=["s3:PutObjectVersionTagging", "s3:DeleteObjectVersionTagging"],
            of=originals,
            prefixes=[f"{UPLOADS}/", f"{DIRECT}/"],
        )
        may.allow_objects("ReadResults", actions=["s3:GetObject"], of=results)
        may.allow_objects("PublishResults", actions=["s3:PutObject"], of=results, prefixes=[f"{PUBLIC}/"])
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
            "Settle",
            actions=["dynamodb:UpdateItem"],
            on=[self._data.accounts.table_arn],
            items=[_USAGE, _STORED, _HISTORY],
        )
        may.allow(
            "ReadPresets",
            actions=["dynamodb:GetItem"],
            on=[self._data.accounts.table_arn],
            items=[_PRESETS, _PRESET_LISTS],
        )
        may.allow("FindOverdueJobs", actions=["dynamodb:Query"], on=[f"{jobs}/index/{OPEN_BY_DEADLINE.name}"])
        may.allow("FindJobsOfActions", actions=["dynamodb:Query"], on=[f"{jobs}/index/{BY_OWNER.name}"])
        may.allow("FindFreeSlots", actions=["dynamodb:Query"], on=[f"{jobs}/index/{BY_SLOT.name}"])
        uploads, tasks, reports = self._messaging.uploads, self._messaging.tasks, self._messaging.reports
        imports, webhooks = self._messaging.imports, self._messaging.notifications
        may.allow(
            "Consume",
            actions=_CONSUME,
            on=[
                uploads.queue.queue_arn,
                imports.queue.queue_arn,
                reports.queue.queue_arn,
                webhooks.queue.queue_arn,
                *(each.dlq.queue_arn for each in (uploads, imports, tasks, reports, webhooks)),
            ],
        )
        may.allow("SendTasks", actions=[_SEND, _DEPTH], on=[tasks.queue.queue_arn])
        may.allow(
            "Redrive", actions=[_SEND], on=[each.queue.queue_arn for each in (uploads, imports, reports, webhooks)]
        )
        may.allow("TellOfJobs", actions=["sns:Publish"], on=[self._messaging.job_events.topic_arn])
        return may

    def _processor(self) -> TaskRole:
        """Return the processor's role: it reads originals, reads and writes results, and may not use the tables."""
        may = TaskRole(self, "Processor", description="Tasks of the processor")
        originals, results = self._topology.originals, self._topology.results
        may.allow_objects("ReadOriginals", actions=["s3:GetObject", "s3:GetObjectVersion"], of=originals)
        # It reads results for watermarks. Keys do not tell these apart from other results.
        may.allow_objects("ReadAndWriteResults", actions=["s3:GetObject", "s3:PutObject"], of=results)
        may.allow("AskBuckets", actions=[_ASK], on=[bucket_arn(originals), bucket_arn(results)])
        may.allow("ConsumeTasks", actions=_CONSUME, on=[self._messaging.tasks.queue.queue_arn])
        may.allow("Report", actions=[_SEND, _DEPTH], on=[self._messaging.reports.queue.queue_arn])
        may.allow_tasks("ProtectWhileBusy", actions=["ecs:UpdateTaskProtection"], cluster=self._cluster_name)
        return may
