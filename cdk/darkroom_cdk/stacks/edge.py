"""The public entry: CloudFront in front of dashboard and API, and DNS names."""

from typing import Final

from aws_cdk import CfnOutput
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from darkroom_cdk.config import US_EAST_1, StageConfig
from darkroom_cdk.constructs.bucket import bucket_name
from darkroom_cdk.constructs.distribution import GuardedDistribution, api_origin, bucket_origin
from darkroom_cdk.constructs.headers import headers_policy, page_policy
from darkroom_cdk.stacks.delivery import DeliveryStack
from darkroom_cdk.stacks.stage_stack import StageStack
from darkroom_cdk.stacks.storage import frontend_bucket

_API_PATHS: Final = (
    "/uploads*",
    "/status/*",
    "/jobs*",
    "/events",
    "/public/*",
    "/config",
    "/recipes*",
    "/usage",
    "/v1/*",
    "/auth/*",
    "/webhooks*",
    "/healthz",
    "/readyz",
    "/docs*",
    "/openapi.json",
)


class EdgeStack(StageStack):
    """The distribution of dashboard and API."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        delivery: DeliveryStack,
        balancer: elb.IApplicationLoadBalancer,
    ) -> None:
        super().__init__(scope, construct_id, config=config, region=US_EAST_1, description="Darkroom: edge")
        self._config = config
        domain = config.domain
        site = GuardedDistribution(
            self,
            "Site",
            guard=delivery.guard,
            default=self._pages(delivery),
            additional=dict.fromkeys(_API_PATHS, self._api(balancer)),
            domain=domain,
            name=domain.name if domain else None,
            default_root_object="index.html",
        ).distribution
        CfnOutput(self, "SiteDomainName", value=site.distribution_domain_name)
        CfnOutput(self, "SiteDistributionId", value=site.distribution_id)

    def _pages(self, delivery: DeliveryStack) -> cloudfront.BehaviorOptions:
        config, topology = self._config, self._config.topology
        buckets = [bucket_name(spec) for spec in (topology.originals, topology.results)]
        sources = [f"https://{bucket}.s3.{config.region}.amazonaws.com" for bucket in buckets]
        sources.append(delivery.results_url)
        return cloudfront.BehaviorOptions(
            origin=bucket_origin(self, "FrontendBucket", spec=frontend_bucket(config), region=config.region),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            response_headers_policy=headers_policy(
                self, "PageHeaders", name=f"{config.prefix}-pages", content=page_policy(sources)
            ),
        )

    def _api(self, balancer: elb.IApplicationLoadBalancer) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=api_origin(self._config, balancer),
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            # No Content-Security-Policy here: the API sets its own, and its documentation page loads scripts.
            response_headers_policy=headers_policy(self, "ApiHeaders", name=f"{self._config.prefix}-api"),
            # No compression, because a compressor's buffer would delay event streams.
            compress=False,
        )
