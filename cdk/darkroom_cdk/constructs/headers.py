"""Security headers that CloudFront adds."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct


class SecurityHeaders(Construct):
    """Headers for pages and API answers; a content policy for pages only, since the API's docs page loads scripts."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, sources: Sequence[str]) -> None:
        """`sources`: further origins that pages load pictures from and send uploads to."""
        super().__init__(scope, construct_id)
        allowed = " ".join(["'self'", *sources])
        policy = "; ".join(
            [
                "default-src 'self'",
                f"img-src {allowed} data: blob:",
                f"connect-src {allowed}",
                "object-src 'none'",
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            ]
        )
        self.pages = self._policy("Pages", f"{name}-pages", policy)
        self.api = self._policy("Api", f"{name}-api", None)

    def _policy(self, construct_id: str, name: str, content: str | None) -> cloudfront.ResponseHeadersPolicy:
        return cloudfront.ResponseHeadersPolicy(
            self,
            construct_id,
            response_headers_policy_name=name,
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                frame_options=cloudfront.ResponseHeadersFrameOptions(
                    frame_option=cloudfront.HeadersFrameOption.DENY, override=True
                ),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override=True
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(365), include_subdomains=True, override=True
                ),
                content_security_policy=(
                    cloudfront.ResponseHeadersContentSecurityPolicy(content_security_policy=content, override=True)
                    if content
                    else None
                ),
            ),
        )
