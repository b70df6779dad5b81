"""Tests of CloudFront, the firewall and headers."""

import json
import re
from dataclasses import fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast
from unittest.mock import MagicMock

import pytest

from darkroom.limits import HIGHEST_UPLOAD_BYTES
from darkroom_cdk.constructs.balancer import IDLE_SECONDS
from darkroom_cdk.constructs.firewall import longer_than
from darkroom_upload.app import Services, create_api
from tests.cdk.assembly import Assembly, Json, Template, text


def distribution(template: Template, log_prefix: str) -> Json:
    """Return the one distribution that logs under a prefix."""
    configs: list[Json] = [each["DistributionConfig"] for each in template.properties("AWS::CloudFront::Distribution")]
    (found,) = [each for each in configs if each["Logging"]["Prefix"] == log_prefix]
    return found


@pytest.fixture
def edge(prod: Assembly) -> Template:
    return prod["Edge"]


@pytest.fixture
def delivery(prod: Assembly) -> Template:
    return prod["Delivery"]


def distributions(assembly: Assembly) -> list[Json]:
    """Return the distributions of both stacks that have some."""
    return [
        each["DistributionConfig"]
        for stack in ("Edge", "Delivery")
        for each in assembly[stack].properties("AWS::CloudFront::Distribution")
    ]


def test_every_distribution_is_behind_the_firewall_and_logged(stage: Assembly) -> None:
    for each in distributions(stage):
        assert text(each["WebACLId"]) == "<FirewallAcl.Arn>"
        assert each["Logging"]["Bucket"]


def test_cloudfront_writes_its_logs_with_an_acl(stage: Assembly) -> None:
    (logs,) = stage["Delivery"].properties("AWS::S3::Bucket")
    assert logs["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerPreferred"}]


def test_the_api_is_never_cached_and_gets_everything_but_the_host(edge: Template) -> None:
    site = distribution(edge, "site/")
    paths = {each["PathPattern"]: each for each in site["CacheBehaviors"]}
    assert {"/uploads*", "/status/*", "/jobs*", "/recipes*", "/v1/*", "/auth/*", "/openapi.json"} <= set(paths)
    for each in paths.values():
        assert each["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "AWS's CachingDisabled"
        assert each["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac", "AllViewerExceptHostHeader"
        assert each["Compress"] is False
        assert {"OPTIONS", "POST", "DELETE"} <= set(each["AllowedMethods"])


def test_the_api_trusts_exactly_the_proxies_in_front_of_it(prod: Assembly) -> None:
    """Trusting one less, it would see CloudFront as its only client; one more, it would believe forged addresses."""
    told = [
        each["Value"]
        for definition in prod["Services"].properties("AWS::ECS::TaskDefinition")
        for container in definition["ContainerDefinitions"]
        for each in container.get("Environment", [])
        if each["Name"] == "DARKROOM_TRUSTED_PROXIES"
    ]
    assert told == ["2"]
    (balancer,) = prod["Balancer"].properties("AWS::ElasticLoadBalancingV2::LoadBalancer")
    attributes = {each["Key"]: each["Value"] for each in balancer["LoadBalancerAttributes"]}
    assert attributes.get("routing.http.xff_header_processing.mode", "append") == "append"
    assert attributes.get("routing.http.xff_client_port.enabled", "false") == "false"


def test_every_route_of_the_api_passes_cloudfront(edge: Template) -> None:
    patterns = [each["PathPattern"] for each in distribution(edge, "site/")["CacheBehaviors"]]
    api = create_api(Services(**{each.name: cast("Any", MagicMock()) for each in fields(Services)}))
    routes = [*api.openapi()["paths"], "/docs", "/openapi.json"]
    assert [route for route in routes if not any(fnmatchcase(route, pattern) for pattern in patterns)] == []


def test_the_origin_gets_the_secret_over_tls(edge: Template, dev: Assembly) -> None:
    for template, protocol in ((edge, "https-only"), (dev["Edge"], "http-only")):
        (api,) = [each for each in distribution(template, "site/")["Origins"] if "CustomOriginConfig" in each]
        (header,) = api["OriginCustomHeaders"]
        assert header["HeaderName"] == "x-origin-verify"
        assert "resolve:secretsmanager" in text(header["HeaderValue"])
        assert api["CustomOriginConfig"]["OriginProtocolPolicy"] == protocol


def test_the_edge_waits_for_the_secret_that_it_looks_up(stage: Assembly) -> None:
    assert "AWS::SecretsManager::Secret" in stage["Balancer"].types
    assert "Balancer" in stage.waits_for("Edge")


def test_buckets_are_read_by_signed_requests(stage: Assembly) -> None:
    for each in distributions(stage):
        for origin in each["Origins"]:
            assert ("S3OriginConfig" in origin) == bool(origin.get("OriginAccessControlId"))


def test_results_require_a_signed_url(delivery: Template) -> None:
    results = distribution(delivery, "results/")
    (group,) = results["DefaultCacheBehavior"]["TrustedKeyGroups"]
    assert text(group) == "<ResultsKeys>"
    assert "FunctionAssociations" not in results["DefaultCacheBehavior"]


def test_only_public_addresses_need_no_signature(delivery: Template) -> None:
    (public,) = distribution(delivery, "results/")["CacheBehaviors"]
    assert public["PathPattern"] == "/public/*"
    assert "TrustedKeyGroups" not in public
    assert public["ViewerProtocolPolicy"] == "https-only"
    assert set(public["AllowedMethods"]) == {"GET", "HEAD", "OPTIONS"}


def test_public_addresses_are_read_from_s3_and_then_from_the_api(stage: Assembly) -> None:
    results = distribution(stage["Delivery"], "results/")
    (group,) = results["OriginGroups"]["Items"]
    assert group["FailoverCriteria"]["StatusCodes"]["Items"] == [403, 404]
    (public,) = results["CacheBehaviors"]
    assert public["TargetOriginId"] == group["Id"]
    members = [each["OriginId"] for each in group["Members"]["Items"]]
    origins = {each["Id"]: each for each in results["Origins"]}
    assert [("S3OriginConfig" in origins[each]) for each in members] == [True, False]
    (header,) = origins[members[1]]["OriginCustomHeaders"]
    assert header["HeaderName"] == "x-origin-verify"


def test_public_addresses_are_cached_without_their_query(delivery: Template) -> None:
    policies = {
        each["CachePolicyConfig"]["Name"]: each["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
        for each in delivery.properties("AWS::CloudFront::CachePolicy")
    }
    assert policies["darkroom-public"]["QueryStringsConfig"] == {"QueryStringBehavior": "none"}
    assert policies["darkroom-public"]["HeadersConfig"] == {"HeaderBehavior": "none"}


def test_no_error_is_cached_but_that_something_is_not_there(stage: Assembly) -> None:
    for each in distributions(stage):
        errors = {error["ErrorCode"]: error["ErrorCachingMinTTL"] for error in each["CustomErrorResponses"]}
        assert set(errors.values()) == {0}
        assert {400, 403, 405, 414, 416, 500, 501, 502, 503, 504} == set(errors)


def test_the_orchestrator_may_invalidate_exactly_the_distribution_of_results(stage: Assembly) -> None:
    rights = [
        statement
        for template in stage.stacks.values()
        for policy in template.properties("AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "cloudfront:" in json.dumps(statement["Action"])
    ]
    (right,) = rights
    assert right["Action"] == ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"]
    assert "distribution/" in text(right["Resource"])
    assert "*" not in text(right["Resource"])


def test_results_accept_either_key_during_a_rotation(delivery: Template) -> None:
    keys = {text({"Ref": key}) for key in delivery.all("AWS::CloudFront::PublicKey")}
    (group,) = delivery.properties("AWS::CloudFront::KeyGroup")
    assert {text(each) for each in group["KeyGroupConfig"]["Items"]} == keys
    assert len(keys) == 2


def test_a_key_is_the_same_with_a_newline_at_its_end_and_without(delivery: Template, assemblies: Path) -> None:
    """Otherwise a key from a file and the same key from `$(cat key.pem)` would replace each other."""
    trimmed = Assembly(assemblies / "trimmed")["Delivery"]
    assert trimmed.body["Resources"] == delivery.body["Resources"]


def test_only_the_download_name_is_part_of_the_cache_key(delivery: Template) -> None:
    policies = {
        each["CachePolicyConfig"]["Name"]: each["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
        for each in delivery.properties("AWS::CloudFront::CachePolicy")
    }
    assert policies["darkroom-results"]["QueryStringsConfig"] == {
        "QueryStringBehavior": "whitelist",
        "QueryStrings": ["response-content-disposition"],
    }
    (used,) = [text(each["DefaultCacheBehavior"]["CachePolicyId"]) for each in [distribution(delivery, "results/")]]
    assert used == "<ResultsCache>"


def test_results_run_no_scripts_and_only_pages_of_the_installation_may_read_signed_ones(delivery: Template) -> None:
    policies = {
        each["ResponseHeadersPolicyConfig"]["Name"]: each["ResponseHeadersPolicyConfig"]
        for each in delivery.properties("AWS::CloudFront::ResponseHeadersPolicy")
    }
    readers = {name: each["CorsConfig"]["AccessControlAllowOrigins"]["Items"] for name, each in policies.items()}
    assert readers == {"darkroom-results": ["https://pictures.example.org"], "darkroom-public": ["*"]}
    for config in policies.values():
        assert config["CorsConfig"]["AccessControlAllowCredentials"] is False
        content = config["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        assert content == "default-src 'none'; frame-ancestors 'none'; sandbox"


def test_without_a_key_the_distribution_of_results_serves_public_addresses_only(dev: Assembly) -> None:
    results = distribution(dev["Delivery"], "results/")
    (refusal,) = results["DefaultCacheBehavior"]["FunctionAssociations"]
    assert refusal["EventType"] == "viewer-request"
    (function,) = dev["Delivery"].properties("AWS::CloudFront::Function")
    assert "statusCode: 403" in function["FunctionCode"]
    (public,) = results["CacheBehaviors"]
    assert "FunctionAssociations" not in public


def test_the_firewall_has_managed_rules_a_rate_and_size_limits(delivery: Template) -> None:
    (acl,) = delivery.properties("AWS::WAFv2::WebACL")
    rules = {each["Name"]: each for each in acl["Rules"]}
    assert list(rules) == [
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesCommonRuleSet",
        "RequestsOfOneAddress",
        "LargestUpload",
        "LargestJson",
    ]
    for name, rule in rules.items():
        if name.startswith("AWS"):
            assert rule["OverrideAction"] == {"None": {}}
        else:
            assert rule["Action"] == {"Block": {}}
    assert rules["RequestsOfOneAddress"]["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "IP"
    assert acl["Scope"] == "CLOUDFRONT"


@pytest.mark.parametrize(
    ("rule", "largest", "too_long"),
    [("LargestUpload", 10_485_760 + 524_288, 1_000_000_000), ("LargestJson", 262_144, 10_000_000)],
)
def test_the_firewall_allows_everything_that_the_api_accepts(
    rule: str, largest: int, too_long: int, delivery: Template
) -> None:
    (acl,) = delivery.properties("AWS::WAFv2::WebACL")
    (found,) = [each["Statement"] for each in acl["Rules"] if each["Name"] == rule]
    (length,) = re.findall(r'"RegexString": "([^"]+)"', json.dumps(found))
    assert '"content-length"' in json.dumps(found)
    assert not re.search(length, str(largest))
    assert re.search(length, str(too_long))


def test_the_largest_upload_that_can_be_configured_passes_the_firewall() -> None:
    with_a_form = HIGHEST_UPLOAD_BYTES + 524_288
    assert not re.search(longer_than(HIGHEST_UPLOAD_BYTES + 1024 * 1024), str(with_a_form))


def test_long_recipes_are_counted_and_not_blocked(delivery: Template) -> None:
    (acl,) = delivery.properties("AWS::WAFv2::WebACL")
    (common,) = [each for each in acl["Rules"] if each["Name"] == "AWSManagedRulesCommonRuleSet"]
    assert common["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"] == [
        {"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}
    ]


def test_clients_close_idle_connections_before_servers_do(edge: Template) -> None:
    """Otherwise a request meets a closed connection: from CloudFront to the balancer, and from there to a task."""
    (api,) = [each for each in distribution(edge, "site/")["Origins"] if "CustomOriginConfig" in each]
    assert api["CustomOriginConfig"]["OriginKeepaliveTimeout"] < IDLE_SECONDS
    assert api["CustomOriginConfig"]["OriginReadTimeout"] == 60


def test_images_are_not_searched_for_scripts(delivery: Template) -> None:
    (acl,) = delivery.properties("AWS::WAFv2::WebACL")
    (common,) = [each for each in acl["Rules"] if each["Name"] == "AWSManagedRulesCommonRuleSet"]
    excluded = json.dumps(common["Statement"]["ManagedRuleGroupStatement"]["ScopeDownStatement"]["NotStatement"])
    assert '"/uploads"' in excluded
    assert '"/v1/images/upload"' in excluded


def test_pages_have_a_content_security_policy(edge: Template) -> None:
    policies = {
        each["ResponseHeadersPolicyConfig"]["Name"]: each["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        for each in edge.properties("AWS::CloudFront::ResponseHeadersPolicy")
    }
    assert set(policies) == {"darkroom-pages", "darkroom-api"}
    for each in policies.values():
        assert each["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 365 * 24 * 3600
        assert each["ContentTypeOptions"] == {"Override": True}
        assert each["FrameOptions"]["FrameOption"] == "DENY"
    content = text(policies["darkroom-pages"]["ContentSecurityPolicy"]["ContentSecurityPolicy"])
    assert "default-src 'self'" in content
    assert "https://darkroom-originals-<AWS::AccountId>.s3.us-east-1.amazonaws.com" in content
    assert "https://results.pictures.example.org" in content
    assert "unsafe" not in content


def test_names_lead_to_cloudfront_and_the_origin_to_the_load_balancer(prod: Assembly, edge: Template) -> None:
    records = [each for template in prod.stacks.values() for each in template.properties("AWS::Route53::RecordSet")]
    names = sorted((each["Type"], each["Name"]) for each in records)
    assert names == [
        ("A", "origin.pictures.example.org."),
        ("A", "pictures.example.org."),
        ("A", "results.pictures.example.org."),
        ("AAAA", "pictures.example.org."),
        ("AAAA", "results.pictures.example.org."),
    ]
    assert distribution(edge, "site/")["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
