"""A private bucket."""

from collections.abc import Sequence

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from darkroom.topology import EXPIRE_TAG, BucketSpec, Lifetime


def bucket_name(spec: BucketSpec) -> str:
    """Return the bucket's full name. Bucket names are global, so the account's id is its last part."""
    return f"{spec.name}-{Aws.ACCOUNT_ID}"


def bucket_arn(spec: BucketSpec) -> str:
    """Return the ARN of a bucket, for policies that are in another stack than the bucket."""
    return f"arn:{Aws.PARTITION}:s3:::{bucket_name(spec)}"


class PrivateBucket(Construct):
    """The bucket that a `BucketSpec` describes: versioned, encrypted, TLS only, private, with access logs."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        spec: BucketSpec,
        keep: bool,
        log_bucket: s3.IBucket | None = None,
        cors: Sequence[s3.CorsRule] = (),
        replication_rules: Sequence[s3.ReplicationRule] = (),
        ownership: s3.ObjectOwnership = s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_name=bucket_name(spec),
            versioned=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=ownership,
            lifecycle_rules=[_rule_of_all(spec), *map(_rule_of_some, spec.lifetimes)],
            cors=list(cors) or None,
            replication_rules=list(replication_rules) or None,
            server_access_logs_bucket=log_bucket,
            server_access_logs_prefix=f"{spec.name}/" if log_bucket else None,
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        )


def _rule_of_all(spec: BucketSpec) -> s3.LifecycleRule:
    return s3.LifecycleRule(
        id="expire",
        expiration=Duration.days(spec.expire_days) if spec.expire_days else None,
        noncurrent_version_expiration=Duration.days(spec.noncurrent_days) if spec.noncurrent_days else None,
        abort_incomplete_multipart_upload_after=Duration.days(spec.abort_multipart_days),
        # Remove delete markers that hide no version. S3 refuses this rule beside one that expires objects.
        expired_object_delete_marker=None if spec.expire_days else True,
    )


def _rule_of_some(lifetime: Lifetime) -> s3.LifecycleRule:
    return s3.LifecycleRule(
        id=lifetime.name,
        prefix=lifetime.prefix,
        tag_filters={EXPIRE_TAG: str(lifetime.days)} if lifetime.prefix is None else None,
        expiration=Duration.days(lifetime.days),
        noncurrent_version_expiration=Duration.days(lifetime.noncurrent_days),
    )
