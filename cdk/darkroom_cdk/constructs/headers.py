"""Response headers that CloudFront adds."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct


def headers_policy(
    scope: Construct, construct_id: str, *, name: str, content: str | None = None, readers: Sequence[str] = ()
) -> cloudfront.ResponseHeadersPolicy:
    """Return a policy of security headers.

    `content` is the Content-Security-Policy. `readers` are the origins whose pages may read the responses (CORS).
    """
    return cloudfront.ResponseHeadersPolicy(
        scope,
        construct_id,
        response_headers_policy_name=name,
        cors_behavior=_cors(readers) if readers else None,
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


def page_policy(sources: Sequence[str]) -> str:
    """Return the dashboard's Content-Security-Policy. `sources` are the origins of its images and uploads."""
    allowed = " ".join(["'self'", *sources])
    return "; ".join(
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


def _cors(readers: Sequence[str]) -> cloudfront.ResponseHeadersCorsBehavior:
    """Return CORS headers that CloudFront adds. S3's own differ by origin, so a cached response would be wrong."""
    return cloudfront.ResponseHeadersCorsBehavior(
        access_control_allow_credentials=False,
        access_control_allow_headers=["*"],
        access_control_allow_methods=["GET", "HEAD"],
        access_control_allow_origins=list(readers),
        access_control_expose_headers=["ETag"],
        access_control_max_age=Duration.hours(1),
        origin_override=True,
    )
