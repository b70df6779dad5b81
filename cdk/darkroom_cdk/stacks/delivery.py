"""Delivery of results, and the firewall of every distribution."""

import hashlib
from typing import Final

from aws_cdk import CfnOutput, Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from darkroom.object_keys import PUBLIC
from darkroom.topology import BucketSpec
from darkroom_cdk.config import US_EAST_1, StageConfig
from darkroom_cdk.constructs.accepted_findings import accept
from darkroom_cdk.constructs.bucket import PrivateBucket
from darkroom_cdk.constructs.distribution import Guard, GuardedDistribution, api_origin, bucket_origin
from darkroom_cdk.constructs.firewall import Firewall
from darkroom_cdk.constructs.headers import headers_policy
from darkroom_cdk.stacks.stage_stack import StageStack

_NO_SCRIPTS: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
_DISPOSITION: Final = "response-content-disposition"
"""Query parameter that sets the file name of a download from S3. It is part of the signed URL and of the cache key."""


class DeliveryStack(StageStack):
    """The firewall, CloudFront's logs, and the distribution of results: public addresses, and signed links.

    Results are made from untrusted files, so they have a host of their own, to which browsers send no session cookie.
    This stack precedes the services, which sign the links and invalidate what is published no more. The distribution of
    dashboard and API comes after them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        balancer: elb.IApplicationLoadBalancer,
    ) -> None:
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
        results = self._results(balancer)
        host = f"results.{config.domain.name}" if config.domain else results.distribution_domain_name
        self.results_url = f"https://{host}"
        """Root URL of the distribution of results. Public addresses begin with it, and signed links if there is a key.
        """
        CfnOutput(self, "ResultsUrl", value=self.results_url)
        CfnOutput(self, "ResultsDistributionId", value=results.distribution_id)
        self._let_the_orchestrator_invalidate(results)

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

    def _results(self, balancer: elb.IApplicationLoadBalancer) -> cloudfront.Distribution:
        config = self._config
        domain = config.domain
        bucket = bucket_origin(self, "ResultsBucket", spec=config.topology.results, region=config.region)
        return GuardedDistribution(
            self,
            "Results",
            guard=self.guard,
            default=self._signed(bucket),
            additional={f"/{PUBLIC}/*": self._public(bucket, balancer)},
            domain=domain,
            name=f"results.{domain.name}" if domain else None,
        ).distribution

    def _signed(self, bucket: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
        """Return the behaviour of all paths but public ones: only signed links pass; without a key nothing does."""
        domain = self._config.domain
        keys = [self._key(each) for each in self._public_keys()]
        if keys:
            CfnOutput(self, "ResultsKeyPairId", value=keys[0].public_key_id)
        return cloudfront.BehaviorOptions(
            origin=bucket,
            cache_policy=self._cache_policy(
                "ResultsCache", "results", cloudfront.CacheQueryStringBehavior.allow_list(_DISPOSITION)
            ),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            response_headers_policy=headers_policy(
                self,
                "ResultsHeaders",
                name=f"{self._config.prefix}-results",
                content=_NO_SCRIPTS,
                readers=[f"https://{domain.name}" if domain else "*"],
            ),
            trusted_key_groups=[cloudfront.KeyGroup(self, "ResultsKeys", items=keys)] if keys else None,
            function_associations=None if keys else [self._refusal()],
            # Images are compressed already.
            compress=False,
        )

    def _public(self, bucket: cloudfront.IOrigin, balancer: elb.IApplicationLoadBalancer) -> cloudfront.BehaviorOptions:
        """Return the behaviour of public addresses. Everyone who knows one may read it.

        S3 answers first. It says 403 for an object that does not exist, since CloudFront may not list the bucket. Then
        CloudFront asks the API, which makes a variant that is made on request, or answers 404.
        """
        return cloudfront.BehaviorOptions(
            origin=origins.OriginGroup(
                primary_origin=bucket,
                fallback_origin=api_origin(self._config, balancer),
                fallback_status_codes=[403, 404],
            ),
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
            cache_policy=self._cache_policy("PublicCache", "public", cloudfront.CacheQueryStringBehavior.none()),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            response_headers_policy=headers_policy(
                self, "PublicHeaders", name=f"{self._config.prefix}-public", content=_NO_SCRIPTS, readers=["*"]
            ),
            compress=False,
        )

    def _refusal(self) -> cloudfront.FunctionAssociation:
        function = cloudfront.Function(
            self,
            "NoSignedLinks",
            function_name=f"{self._config.prefix}-no-signed-links",
            comment="This installation signs no links for CloudFront, so only public addresses can be read here.",
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            code=cloudfront.FunctionCode.from_inline(
                'function handler() { return { statusCode: 403, statusDescription: "Forbidden" }; }'
            ),
        )
        return cloudfront.FunctionAssociation(event_type=cloudfront.FunctionEventType.VIEWER_REQUEST, function=function)

    def _public_keys(self) -> list[str]:
        config = self._config
        return [each for each in (config.results_public_key, config.results_other_public_key) if each]

    def _let_the_orchestrator_invalidate(self, results: cloudfront.Distribution) -> None:
        """Tell the orchestrator the distribution's id, and let it invalidate cached copies of exactly this one.

        The roles are made before the distribution, and the services may be in another region. So the right is added
        here to a role that is known by its name, and the id is a parameter that ECS reads when a task starts.
        """
        ssm.StringParameter(
            self,
            "ResultsDistribution",
            parameter_name=self._config.results_distribution_parameter,
            string_value=results.distribution_id,
            description="Distribution whose cached copies the orchestrator invalidates",
        )
        iam.Policy(
            self,
            "Invalidations",
            roles=[iam.Role.from_role_name(self, "Orchestrator", self._config.orchestrator_role_name)],
            statements=[
                iam.PolicyStatement(
                    sid="InvalidateResults",
                    actions=["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"],
                    resources=[results.distribution_arn],
                )
            ],
        )

    def _key(self, pem: str) -> cloudfront.PublicKey:
        """Return a public key whose name comes from its content.

        CloudFront refuses another key under the same name, and the two configured keys may change places.
        """
        # A shell's `$(cat key.pem)` drops the final newline and a file keeps it. Both must give the same name.
        text = pem.strip() + "\n"
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        return cloudfront.PublicKey(self, f"ResultsKey{digest}", encoded_key=text)

    def _cache_policy(
        self, construct_id: str, name: str, query: cloudfront.CacheQueryStringBehavior
    ) -> cloudfront.CachePolicy:
        return cloudfront.CachePolicy(
            self,
            construct_id,
            cache_policy_name=f"{self._config.prefix}-{name}",
            query_string_behavior=query,
            default_ttl=Duration.days(1),
            max_ttl=Duration.days(365),
        )
