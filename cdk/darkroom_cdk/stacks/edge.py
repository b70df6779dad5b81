"""What the world meets: CloudFront, its firewall, and names."""

from collections.abc import Sequence
from typing import Any, Final

from aws_cdk import Annotations, CfnOutput, Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secrets
from constructs import Construct

from darkroom.topology import BucketSpec
from darkroom_cdk.config import US_EAST_1, Domain, StageConfig
from darkroom_cdk.constructs.accepted import accept
from darkroom_cdk.constructs.balancer import ORIGIN_HEADER
from darkroom_cdk.constructs.bucket import PrivateBucket, bucket_name
from darkroom_cdk.constructs.firewall import Firewall
from darkroom_cdk.constructs.headers import SecurityHeaders
from darkroom_cdk.stacks.stage_stack import StageStack

_API_PATHS: Final = (
    "/uploads*",
    "/status/*",
    "/jobs*",
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
    """One distribution for dashboard and API, and one for results, in whose key group signed URLs are checked.

    Results come from strangers' files, so they have a host of their own, which no session cookie is sent to.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        frontend: s3.IBucket,
        results: s3.IBucket,
        balancer: elb.IApplicationLoadBalancer,
    ) -> None:
        super().__init__(scope, construct_id, config=config, region=US_EAST_1, description="Darkroom: edge")
        self._config = config
        self._acl_arn = Firewall(self, "Firewall", name=config.prefix).acl.attr_arn
        self._logs = self._log_bucket()
        topology = config.topology
        self._headers = SecurityHeaders(
            self,
            "Headers",
            name=config.prefix,
            sources=[
                f"https://{bucket_name(spec)}.s3.{config.region}.amazonaws.com"
                for spec in (topology.originals, topology.results_bucket)
            ],
        )
        secret = secrets.Secret.from_secret_name_v2(self, "OriginSecret", config.origin_secret_name)
        api = self._api_origin(balancer, secret)
        self.site = self._site(self._bucket_origin("Frontend", frontend), api)
        CfnOutput(self, "SiteDomainName", value=self.site.distribution_domain_name)
        CfnOutput(self, "SiteDistributionId", value=self.site.distribution_id)
        self.results_site = (
            self._results(self._bucket_origin("Results", results), config.results_public_key)
            if config.results_public_key
            else None
        )
        if config.domain:
            self._name(config.domain, balancer)

    def _log_bucket(self) -> s3.Bucket:
        spec = BucketSpec(name=f"{self._config.prefix}-edge-logs", expire_days=90, noncurrent_days=1)
        bucket = PrivateBucket(
            self,
            "Logs",
            spec=spec,
            keep=self._config.keep_data,
            # CloudFront delivers its logs with an ACL.
            ownership=s3.ObjectOwnership.BUCKET_OWNER_PREFERRED,
        ).bucket
        accept(bucket, "A log of reading the logs would log itself.", "AwsSolutions-S1")
        return bucket

    def _bucket_origin(self, name: str, bucket: s3.IBucket) -> cloudfront.IOrigin:
        """An origin that signs its requests. The bucket's policy stands beside the bucket."""
        known = s3.Bucket.from_bucket_attributes(
            self, f"{name}Bucket", bucket_arn=bucket.bucket_arn, region=self._config.region
        )
        return origins.S3BucketOrigin.with_origin_access_control(known)

    def _api_origin(self, balancer: elb.IApplicationLoadBalancer, secret: secrets.ISecret) -> cloudfront.IOrigin:
        domain = self._config.domain
        https = cloudfront.OriginProtocolPolicy.HTTPS_ONLY
        return origins.HttpOrigin(
            f"origin.{domain.name}" if domain else balancer.load_balancer_dns_name,
            protocol_policy=https if domain else cloudfront.OriginProtocolPolicy.HTTP_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            custom_headers={ORIGIN_HEADER: secret.secret_value.unsafe_unwrap()},
            # The longest that CloudFront gives without a quota increase; event streams say something every 15 s.
            read_timeout=Duration.seconds(60),
            keepalive_timeout=Duration.seconds(60),
        )

    def _site(self, pages: cloudfront.IOrigin, api: cloudfront.IOrigin) -> cloudfront.Distribution:
        behind_api = cloudfront.BehaviorOptions(
            origin=api,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            response_headers_policy=self._headers.api,
            # An event stream must not wait for a compressor's buffer.
            compress=False,
        )
        return self._distribution(
            "Site",
            default=cloudfront.BehaviorOptions(
                origin=pages,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                response_headers_policy=self._headers.pages,
            ),
            additional=dict.fromkeys(_API_PATHS, behind_api),
            names=[self._config.domain.name] if self._config.domain else [],
            default_root_object="index.html",
        )

    def _results(self, pictures: cloudfront.IOrigin, public_key: str) -> cloudfront.Distribution:
        key = cloudfront.PublicKey(self, "ResultsKey", encoded_key=public_key)
        group = cloudfront.KeyGroup(self, "ResultsKeys", items=[key])
        distribution = self._distribution(
            "ResultsSite",
            default=cloudfront.BehaviorOptions(
                origin=pictures,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
                response_headers_policy=self._headers.api,
                trusted_key_groups=[group],
            ),
            additional={},
            names=[f"results.{self._config.domain.name}"] if self._config.domain else [],
        )
        CfnOutput(self, "ResultsDomainName", value=distribution.distribution_domain_name)
        CfnOutput(self, "ResultsKeyPairId", value=key.public_key_id)
        return distribution

    def _distribution(
        self,
        name: str,
        *,
        default: cloudfront.BehaviorOptions,
        additional: dict[str, cloudfront.BehaviorOptions],
        names: Sequence[str],
        default_root_object: str | None = None,
    ) -> cloudfront.Distribution:
        distribution = cloudfront.Distribution(
            self,
            name,
            default_behavior=default,
            additional_behaviors=additional,
            default_root_object=default_root_object,
            web_acl_id=self._acl_arn,
            enable_logging=True,
            log_bucket=self._logs,
            log_file_prefix=f"{name.lower()}/",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass.PRICE_CLASS_100,
            **self._certified(name, names),
        )
        Annotations.of(distribution).acknowledge_warning(
            "@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac",
            "The storage stack's bucket policies allow this account's distributions.",
        )
        accept(distribution, "Pictures are made for the whole world.", "AwsSolutions-CFR1")
        if not names:
            reason = "Without a domain of one's own there is no certificate: CloudFront's and plain HTTP to the origin."
            accept(distribution, reason, "AwsSolutions-CFR4", "AwsSolutions-CFR5")
        return distribution

    def _certified(self, name: str, names: Sequence[str]) -> dict[str, Any]:
        if self._config.domain is None:
            return {}
        arn = self._config.domain.certificate_arn
        return {
            "domain_names": list(names),
            "minimum_protocol_version": cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            "certificate": acm.Certificate.from_certificate_arn(self, f"{name}Certificate", arn),
        }

    def _name(self, domain: Domain, balancer: elb.IApplicationLoadBalancer) -> None:
        """Names for the distributions, and the one that the origin's certificate is for."""
        zone = route53.HostedZone.from_hosted_zone_attributes(
            self, "Zone", hosted_zone_id=domain.hosted_zone_id, zone_name=domain.hosted_zone_name
        )
        sites = {"Site": (domain.name, self.site)}
        if self.results_site:
            sites["ResultsSite"] = (f"results.{domain.name}", self.results_site)
        for construct_id, (name, distribution) in sites.items():
            target = route53.RecordTarget.from_alias(targets.CloudFrontTarget(distribution))
            route53.ARecord(self, f"{construct_id}Record", zone=zone, record_name=f"{name}.", target=target)
            route53.AaaaRecord(self, f"{construct_id}RecordV6", zone=zone, record_name=f"{name}.", target=target)
        origin = route53.RecordTarget.from_alias(targets.LoadBalancerTarget(balancer))
        route53.ARecord(self, "OriginRecord", zone=zone, record_name=f"origin.{domain.name}.", target=origin)
