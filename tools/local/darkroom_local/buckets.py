"""Buckets on the emulator: private, encrypted, versioned."""

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from darkroom.topology import EXPIRE_TAG, BucketSpec, Lifetime

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import LifecycleRuleTypeDef


async def create(s3: "S3Client", spec: BucketSpec) -> None:
    """Create the bucket with all its settings except the notifications: their queue has to exist first."""
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        await s3.create_bucket(Bucket=spec.name)
    await s3.put_bucket_versioning(Bucket=spec.name, VersioningConfiguration={"Status": "Enabled"})
    await s3.put_bucket_encryption(
        Bucket=spec.name,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    await s3.put_public_access_block(
        Bucket=spec.name,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    await s3.put_bucket_policy(Bucket=spec.name, Policy=_tls_only(spec.name))
    await s3.put_bucket_cors(
        Bucket=spec.name,
        CORSConfiguration={
            # Any origin may use a signed URL: the dashboard's port is the developer's choice.
            "CORSRules": [
                {
                    "AllowedOrigins": ["*"],
                    "AllowedMethods": ["GET", "HEAD", "POST"],
                    "AllowedHeaders": ["*"],
                    "ExposeHeaders": ["ETag"],
                }
            ]
        },
    )
    await s3.put_bucket_lifecycle_configuration(Bucket=spec.name, LifecycleConfiguration={"Rules": _rules(spec)})


async def notify(s3: "S3Client", spec: BucketSpec, queue_arn: str) -> None:
    """Send the creation of objects under the bucket's notified prefixes to the queue."""
    if not spec.notify_prefixes:
        return
    await s3.put_bucket_notification_configuration(
        Bucket=spec.name,
        NotificationConfiguration={
            "QueueConfigurations": [
                {
                    "Id": prefix.rstrip("/"),
                    "QueueArn": queue_arn,
                    "Events": ["s3:ObjectCreated:*"],
                    "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}},
                }
                for prefix in spec.notify_prefixes
            ]
        },
    )


def _tls_only(bucket: str) -> str:
    arn = f"arn:aws:s3:::{bucket}"
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _rules(spec: BucketSpec) -> "list[LifecycleRuleTypeDef]":
    return [_rule_of_all(spec), *map(_rule_of_some, spec.lifetimes)]


def _rule_of_all(spec: BucketSpec) -> "LifecycleRuleTypeDef":
    rule: LifecycleRuleTypeDef = {
        "ID": "expire",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": spec.abort_multipart_days},
    }
    if spec.noncurrent_days:
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": spec.noncurrent_days}
    # S3 accepts only one of the two.
    rule["Expiration"] = {"Days": spec.expire_days} if spec.expire_days else {"ExpiredObjectDeleteMarker": True}
    return rule


def _rule_of_some(lifetime: Lifetime) -> "LifecycleRuleTypeDef":
    return {
        "ID": lifetime.name,
        "Status": "Enabled",
        "Filter": {"Tag": {"Key": EXPIRE_TAG, "Value": str(lifetime.days)}}
        if lifetime.prefix is None
        else {"Prefix": lifetime.prefix},
        "Expiration": {"Days": lifetime.days},
        "NoncurrentVersionExpiration": {"NoncurrentDays": lifetime.noncurrent_days},
    }
