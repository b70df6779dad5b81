"""Delivery of results, and the firewall of every distribution."""

import hashlib
from typing import Final

from aws_cdk import CfnOutput, Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_s3 as s3
from constructs import Construct

from darkroom.topology import BucketSpec
from darkroom_cdk.config import US_EAST_1, StageConfig
from darkroom_cdk.constructs.accepted_findings import accept
from darkroom_cdk.constructs.bucket import PrivateBucket
from darkroom_cdk.constructs.distribution import Guard, GuardedDistribution, bucket_origin
from darkroom_cdk.constructs.firewall import Firewall
from darkroom_cdk.constructs.headers import headers_policy
from darkroom_cdk.stacks.stage_stack import StageStack

_DISPOSITION: Final = "response-content-disposition"
"""Query parameter that sets the file name of a download from S3. It is part of the signed URL and of the cache key."""


class DeliveryStack(StageStack):
    """The firewall, CloudFront's logs, and the distribution of results with the key group that checks links.

    Results are made from untrusted files, so they have a host of their own, to which browsers send no session cookie.
    This stack precedes the services, which sign the links. The distribution of dashboard and API comes after them.
    """

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(scope, construct_id, config=config, region=US_EAST_1, description="Darkroom: delivery")
        self._config = config
        acl = Firewall(
            self,
            "Firewall",
            name=config.prefix,
            requests_per_address=config.requests_per_address,
            max_upload_bytes=config.max_upload_bytes,
        ).acl
        self.guard = Guard(acl_arn=acl.attr_arn, logs=self._log_bucket())
        self.results_url = self._results(config.results_public_key) if config.results_public_key else None
        """Root URL of the distribution of results; None if links lead to S3."""

    def _log_bucket(self) -> s3.Bucket:
        spec = BucketSpec(name=f"{self._config.prefix}-edge-logs", expire_days=90, noncurrent_days=1)
        bucket = PrivateBucket(
            self,
            "Logs",
            spec=spec,
            keep=self._config.keep_data,
            # CloudFront writes its logs with an ACL, so the bucket must allow ACLs.
            ownership=s3.ObjectOwnership.BUCKET_OWNER_PREFERRED,
        ).bucket
        accept(bucket, "A log of reading the logs would log itself.", "AwsSolutions-S1")
        return bucket

    def _results(self, public_key: str) -> str:
        config = self._config
        domain = config.domain
        keys = [self._key(each) for each in (public_key, config.results_other_public_key) if each]
        made = GuardedDistribution(
            self,
            "Results",
            guard=self.guard,
            default=cloudfront.BehaviorOptions(
                origin=bucket_origin(self, "ResultsBucket", spec=config.topology.results, region=config.region),
                cache_policy=self._cache_policy(),
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
                response_headers_policy=headers_policy(
                    self,
                    "ResultsHeaders",
                    name=f"{config.prefix}-results",
                    content="default-src 'none'; frame-ancestors 'none'; sandbox",
                    readers=[f"https://{domain.name}" if domain else "*"],
                ),
                trusted_key_groups=[cloudfront.KeyGroup(self, "ResultsKeys", items=keys)],
                # Images are compressed already.
                compress=False,
            ),
            domain=domain,
            name=f"results.{domain.name}" if domain else None,
        )
        host = f"results.{domain.name}" if domain else made.distribution.distribution_domain_name
        CfnOutput(self, "ResultsUrl", value=f"https://{host}")
        CfnOutput(self, "ResultsKeyPairId", value=keys[0].public_key_id)
        return f"https://{host}"

    def _key(self, pem: str) -> cloudfront.PublicKey:
        """Return a public key whose name comes from its content.

        CloudFront refuses another key under the same name, and the two configured keys may change places.
        """
        # A shell's `$(cat key.pem)` drops the final newline and a file keeps it. Both must give the same name.
        text = pem.strip() + "\n"
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        return cloudfront.PublicKey(self, f"ResultsKey{digest}", encoded_key=text)

    def _cache_policy(self) -> cloudfront.CachePolicy:
        return cloudfront.CachePolicy(
            self,
            "ResultsCache",
            cache_policy_name=f"{self._config.prefix}-results",
            query_string_behavior=cloudfront.CacheQueryStringBehavior.allow_list(_DISPOSITION),
            default_ttl=Duration.days(1),
            max_ttl=Duration.days(365),
        )
