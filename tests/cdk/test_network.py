"""Tests of the VPC: allowed connections, and how tasks reach AWS."""

import pytest

from tests.cdk.assembly import Assembly, Json, Template, text

ENDPOINTS = {"sqs", "sns", "ecr.api", "ecr.dkr", "logs", "secretsmanager"}


def endpoints(template: Template, kind: str) -> set[str]:
    """Return the services that have a VPC endpoint of a kind."""
    found = [each for each in template.properties("AWS::EC2::VPCEndpoint") if each["VpcEndpointType"] == kind]
    return {text(each["ServiceName"]).removeprefix("com.amazonaws.").partition(".")[2] for each in found}


def test_tasks_reach_aws_without_the_internet(dev: Assembly, prod: Assembly) -> None:
    for assembly in (dev, prod):
        assert endpoints(assembly["Network"], "Gateway") == {"s3", "dynamodb"}
    assert endpoints(prod["Network"], "Interface") == ENDPOINTS
    assert endpoints(dev["Network"], "Interface") == ENDPOINTS | {"ssmmessages"}


def test_prod_has_three_zones_with_a_nat_each_and_dev_two_with_none(dev: Assembly, prod: Assembly) -> None:
    for assembly, subnets, gateways in ((dev, 4, 0), (prod, 6, 3)):
        network = assembly["Network"]
        assert len(network.all("AWS::EC2::Subnet")) == subnets
        assert len(network.all("AWS::EC2::NatGateway")) == gateways


def test_only_cloudfront_reaches_the_load_balancer_when_its_list_is_known(dev: Assembly, prod: Assembly) -> None:
    rules = balancer_rules(prod["Network"])
    assert [(each["SourcePrefixListId"], each["FromPort"]) for each in rules] == [("pl-0123456789abcdef0", 443)]
    assert [(each["CidrIp"], each["FromPort"]) for each in balancer_rules(dev["Network"])] == [("0.0.0.0/0", 80)]


def balancer_rules(template: Template) -> list[Json]:
    """Return the ingress rules of the load balancer, inline or as resources."""
    group = template.named("AWS::EC2::SecurityGroup", "GroupDescription", "Security group of the load balancer")
    apart = template.properties("AWS::EC2::SecurityGroupIngress")
    mine = [each for each in apart if text(each["GroupId"]) == "<BalancerGroup.GroupId>"]
    return [*group.get("SecurityGroupIngress", []), *mine]


def test_security_groups_name_each_other_and_no_address(stage: Assembly) -> None:
    network = stage["Network"]
    rules = network.properties("AWS::EC2::SecurityGroupIngress")
    reached = {(text(each["GroupId"]), each["FromPort"]) for each in rules if "SourceSecurityGroupId" in each}
    assert ("<UploadGroup.GroupId>", 8000) in reached
    assert ("<OrchestratorGroup.GroupId>", 8001) in reached
    assert not {group for group, _ in reached} & {"<ProcessorGroup.GroupId>"}, "nobody calls a processor"
    assert all("CidrIp" not in each for each in rules)


def test_http_redirects_to_https_where_the_group_has_room_for_a_rule(abroad: Assembly, prod: Assembly) -> None:
    """CloudFront's prefix list takes 55 of a group's 60 rules, so only one port can be open with it."""
    assert [(each["CidrIp"], each["FromPort"]) for each in balancer_rules(abroad["Network"])] == [
        ("0.0.0.0/0", 443),
        ("0.0.0.0/0", 80),
    ]
    assert len(balancer_rules(prod["Network"])) == 1


@pytest.mark.parametrize("whose", ["upload tasks", "processor tasks"])
def test_tasks_that_read_untrusted_files_can_connect_only_to_aws(whose: str, prod: Assembly) -> None:
    network = prod["Network"]
    group = network.named("AWS::EC2::SecurityGroup", "GroupDescription", f"Security group of {whose}")
    assert [(each["IpProtocol"], each["FromPort"], each["ToPort"]) for each in group["SecurityGroupEgress"]] == [
        ("tcp", 443, 443)
    ]


def test_a_nat_may_be_one_instance_with_an_encrypted_disk(abroad: Assembly) -> None:
    (instance,) = abroad["Network"].properties("AWS::EC2::Instance")
    (disk,) = instance["BlockDeviceMappings"]
    assert disk["Ebs"]["Encrypted"] is True
    group = abroad["Network"].named("AWS::EC2::SecurityGroup", "GroupDescription", "Security Group for NAT instances")
    assert [each["CidrIp"] for each in group["SecurityGroupIngress"]] == ["10.20.0.0/16"]


def test_flows_are_logged(stage: Assembly) -> None:
    assert len(stage["Network"].all("AWS::EC2::FlowLog")) == 1
