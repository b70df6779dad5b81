"""The S3 buckets."""

from typing import cast

from aws_cdk import Aws, CfnOutput
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from darkroom.topology import BucketSpec
from darkroom_cdk.config import StageConfig, copy_of
from darkroom_cdk.constructs.accepted_findings import accept
from darkroom_cdk.constructs.bucket import PrivateBucket, bucket_name
from darkroom_cdk.stacks.stage_stack import StageStack


def frontend_bucket(config: StageConfig) -> BucketSpec:
    """Return the specification of the bucket with the dashboard's files. No service uses it."""
    return BucketSpec(name=f"{config.prefix}-frontend")


class StorageStack(StageStack):
    """Buckets for originals, results, the dashboard's files and access logs."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig, uploads: sqs.IQueue) -> None:
        super().__init__(scope, construct_id, config=config, description="Darkroom: buckets")
        topology = config.topology
        self.logs = self._log_bucket(config)
        self.originals = PrivateBucket(
            self,
            "Originals",
            spec=topology.originals,
            keep=config.keep_data,
            log_bucket=self.logs,
            cors=[_cors(s3.HttpMethods.POST, _pages(config))],
        ).bucket
        _announce(self.originals, topology.originals, uploads)
        self.results = self._results(config)
        self.frontend = PrivateBucket(
            self,
            "Frontend",
            spec=frontend_bucket(config),
            keep=False,
            log_bucket=self.logs,
        ).bucket
        _let_cloudfront_read(self.frontend)
        CfnOutput(self, "FrontendBucketName", value=self.frontend.bucket_name)

    def _results(self, config: StageConfig) -> s3.IBucket:
        """Return the results bucket, or the existing copy if this installation recovers another."""
        spec = config.topology.results
        if config.recovers:
            return s3.Bucket.from_bucket_name(self, "Results", bucket_name(spec))
        results = PrivateBucket(
            self,
            "Results",
            spec=spec,
            keep=config.keep_data,
            log_bucket=self.logs,
            cors=[_cors(s3.HttpMethods.GET, _pages(config))],
            replication_rules=self._replication(config),
        ).bucket
        _let_cloudfront_read(results)
        if config.replica_region:
            accept(
                results,
                "S3 copies objects of every key.",
                f"AwsSolutions-IAM5[Resource::<{self.get_logical_id(_resource(results))}.Arn>/*]",
                f"AwsSolutions-IAM5[Resource::arn:aws:s3:::{copy_of(spec).name}-<AWS::AccountId>/*]",
            )
        return results

    def _log_bucket(self, config: StageConfig) -> s3.Bucket:
        logs = PrivateBucket(
            self,
            "AccessLogs",
            spec=BucketSpec(name=f"{config.prefix}-access-logs", expire_days=90, noncurrent_days=1),
            keep=config.keep_data,
        ).bucket
        accept(logs, "A log of reading the logs would log itself.", "AwsSolutions-S1")
        return logs

    def _replication(self, config: StageConfig) -> list[s3.ReplicationRule]:
        if config.replica_region is None:
            return []
        destination = s3.Bucket.from_bucket_name(self, "ResultsReplica", bucket_name(copy_of(config.topology.results)))
        return [s3.ReplicationRule(id="disaster-recovery", destination=destination, delete_marker_replication=True)]


class ReplicaStack(StageStack):
    """The copy of the results bucket in another region. It can be served in the same way as the original."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig, region: str) -> None:
        super().__init__(scope, construct_id, config=config, region=region, description="Darkroom: copy of the results")
        bucket = PrivateBucket(
            self,
            "Results",
            spec=copy_of(config.topology.results),
            keep=config.keep_data,
            # The pages of the installation that takes over have another name.
            cors=[_cors(s3.HttpMethods.GET, "*")],
        ).bucket
        _let_cloudfront_read(bucket)
        accept(bucket, "Only S3 writes here, and reads are logged in the region that serves.", "AwsSolutions-S1")


def _pages(config: StageConfig) -> str:
    """Return the origin of pages whose requests S3 allows: the domain, or any if CloudFront chooses the name."""
    return f"https://{config.domain.name}" if config.domain else "*"


def _cors(method: s3.HttpMethods, origin: str) -> s3.CorsRule:
    """Return a rule that lets browsers send signed requests. The signature gives the right, not the origin."""
    return s3.CorsRule(
        allowed_methods=[method],
        allowed_origins=[origin],
        allowed_headers=["*"],
        exposed_headers=["ETag"],
        max_age=3600,
    )


def _announce(bucket: s3.Bucket, spec: BucketSpec, queue: sqs.IQueue) -> None:
    """Send ObjectCreated events of the announced prefixes to a queue.

    Set on the L1 resource, because the L2 method adds a Lambda function that does the same after the deployment.
    """
    _resource(bucket).notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        queue_configurations=[
            s3.CfnBucket.QueueConfigurationProperty(
                event="s3:ObjectCreated:*",
                queue=queue.queue_arn,
                filter=s3.CfnBucket.NotificationFilterProperty(
                    s3_key=s3.CfnBucket.S3KeyFilterProperty(
                        rules=[s3.CfnBucket.FilterRuleProperty(name="prefix", value=prefix)]
                    )
                ),
            )
            for prefix in spec.notify_prefixes
        ]
    )


def _resource(bucket: s3.Bucket) -> s3.CfnBucket:
    """Return the bucket's L1 resource."""
    return cast("s3.CfnBucket", bucket.node.default_child)


def _let_cloudfront_read(bucket: s3.Bucket) -> None:
    """Let all distributions of this account read. The one that does is in a later stack, which refers to this."""
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="DistributionsOfThisAccountRead",
            principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
            actions=["s3:GetObject"],
            resources=[bucket.arn_for_objects("*")],
            conditions={
                "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}:distribution/*"}
            },
        )
    )
