"""Tests of the load balancer: its secret, its timeouts, and its place among the stacks."""

import pytest

from darkroom.runtime import server
from darkroom.runtime.aws import ANSWER_SECONDS, CONNECT_SECONDS, TRIES
from darkroom_cdk.constructs.balancer import IDLE_SECONDS
from darkroom_upload.api import events
from tests.cdk.assembly import Assembly, Template, text


@pytest.fixture
def balancer(prod: Assembly) -> Template:
    return prod["Balancer"]


def test_balancer_and_delivery_precede_the_services(prod: Assembly) -> None:
    assert {"Balancer", "Delivery"} <= prod.waits_for("Services")
    assert not prod.waits_for("Balancer") & {"Delivery", "Edge", "Services"}


def test_upload_tasks_join_the_target_group(balancer: Template, prod: Assembly) -> None:
    assert len(balancer.all("AWS::ElasticLoadBalancingV2::TargetGroup")) == 1
    joined = [
        text(each["TargetGroupArn"])
        for service in prod["Services"].properties("AWS::ECS::Service")
        for each in service.get("LoadBalancers", [])
    ]
    assert joined == ["<OriginUpload>"]


def test_the_load_balancer_requires_the_origin_secret(balancer: Template, dev: Assembly) -> None:
    for template, port in ((balancer, 443), (dev["Balancer"], 80)):
        listener = template.named("AWS::ElasticLoadBalancingV2::Listener", "Port", port)
        (default,) = listener["DefaultActions"]
        assert default["FixedResponseConfig"]["StatusCode"] == "403"
        (rule,) = template.properties("AWS::ElasticLoadBalancingV2::ListenerRule")
        (condition,) = rule["Conditions"]
        assert condition["HttpHeaderConfig"]["HttpHeaderName"] == "x-origin-verify"
        assert all("resolve:secretsmanager" in text(each) for each in condition["HttpHeaderConfig"]["Values"])


def test_the_load_balancer_accepts_two_secrets_during_a_rotation(prod: Assembly) -> None:
    (rule,) = prod["Balancer"].properties("AWS::ElasticLoadBalancingV2::ListenerRule")
    taken = [text(each) for each in rule["Conditions"][0]["HttpHeaderConfig"]["Values"]]
    assert [each.rpartition(":")[2] for each in taken] == [
        "11111111-2222-3333-4444-555555555555}}",
        "66666666-7777-8888-9999-000000000000}}",
    ]
    (site,) = prod["Edge"].properties("AWS::CloudFront::Distribution")
    shown = [
        header["HeaderValue"]
        for each in site["DistributionConfig"]["Origins"]
        for header in each.get("OriginCustomHeaders", [])
    ]
    assert [text(each).rpartition(":")[2] for each in shown] == ["11111111-2222-3333-4444-555555555555}}"]


def test_http_is_sent_to_https(balancer: Template) -> None:
    listener = balancer.named("AWS::ElasticLoadBalancingV2::Listener", "Port", 80)
    (action,) = listener["DefaultActions"]
    assert (action["RedirectConfig"]["Protocol"], action["RedirectConfig"]["StatusCode"]) == ("HTTPS", "HTTP_301")


def test_the_load_balancer_closes_idle_connections_before_the_service_does() -> None:
    assert IDLE_SECONDS < server._KEEP_ALIVE_SECONDS


def test_event_streams_send_comments_before_any_proxy_times_out() -> None:
    assert events.KEEP_ALIVE_SECONDS * 3 < IDLE_SECONDS


def test_a_service_answers_503_before_any_proxy_times_out() -> None:
    # Between the tries botocore's mode `standard` pauses for at most 1, 2 and 4 seconds.
    longest_pauses = sum(2**number for number in range(TRIES - 1))
    assert TRIES * (CONNECT_SECONDS + ANSWER_SECONDS) + longest_pauses < IDLE_SECONDS


def test_connections_may_be_quiet_for_a_minute_and_are_logged(balancer: Template) -> None:
    (made,) = balancer.properties("AWS::ElasticLoadBalancingV2::LoadBalancer")
    attributes = {each["Key"]: each["Value"] for each in made["LoadBalancerAttributes"]}
    assert attributes["idle_timeout.timeout_seconds"] == str(IDLE_SECONDS)
    assert attributes["access_logs.s3.enabled"] == "true"
    assert attributes["routing.http.drop_invalid_header_fields.enabled"] == "true"
