"""The dashboard's pages behind CloudFront: their files in S3, and the paths under which browsers find them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from darkroom.page_policy import page_policy
from darkroom.topology import BucketSpec
from darkroom_cdk.constructs.distribution import bucket_origin
from darkroom_cdk.constructs.headers import headers_policy

PAGES: Final = "app"
"""First part of the paths of pages, and of the keys of their files."""
PAGE_PATHS: Final = Path(__file__).parents[1] / "functions" / "page_paths.js"


class Pages(Construct):
    """Two behaviours of a distribution: that of pages, and the default, which leads to them from `/`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        bucket: BucketSpec,
        region: str,
        stored: Sequence[str],
    ) -> None:
        """Create the behaviours. `stored` are the origins of images and uploads."""
        super().__init__(scope, construct_id)
        self.behavior = cloudfront.BehaviorOptions(
            origin=bucket_origin(self, "Bucket", spec=bucket, region=region),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            cache_policy=self._cache_policy(prefix),
            response_headers_policy=headers_policy(
                self, "Headers", name=f"{prefix}-pages", content=page_policy(stored), isolated=True
            ),
            function_associations=[self._paths(prefix)],
        )
        self.behaviors: Mapping[str, cloudfront.BehaviorOptions] = {f"/{PAGES}/*": self.behavior}

    def _cache_policy(self, prefix: str) -> cloudfront.CachePolicy:
        """Return a policy by which the files themselves say how long they may be cached."""
        return cloudfront.CachePolicy(
            self,
            "Cache",
            cache_policy_name=f"{prefix}-pages",
            min_ttl=Duration.seconds(0),
            default_ttl=Duration.seconds(0),
            max_ttl=Duration.days(365),
            enable_accept_encoding_brotli=True,
            enable_accept_encoding_gzip=True,
        )

    def _paths(self, prefix: str) -> cloudfront.FunctionAssociation:
        function = cloudfront.Function(
            self,
            "Paths",
            function_name=f"{prefix}-page-paths",
            comment="Leads paths of pages to index.html, and / to the pages",
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            code=cloudfront.FunctionCode.from_file(file_path=str(PAGE_PATHS)),
        )
        return cloudfront.FunctionAssociation(event_type=cloudfront.FunctionEventType.VIEWER_REQUEST, function=function)
