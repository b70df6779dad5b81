"""NAT on one small EC2 instance."""

from typing import cast

from aws_cdk import aws_ec2 as ec2

from darkroom_cdk.constructs.accepted_findings import accept


def nat_instance() -> ec2.NatInstanceProviderV2:
    """Return the NAT provider for a `Vpc`. Call `settle` when the VPC exists, to let its traffic in."""
    return ec2.NatProvider.instance_v2(
        instance_type=ec2.InstanceType.of(ec2.InstanceClass.BURSTABLE4_GRAVITON, ec2.InstanceSize.NANO),
        default_allowed_traffic=ec2.NatTrafficDirection.OUTBOUND_ONLY,
        machine_image=ec2.MachineImage.latest_amazon_linux2023(cpu_type=ec2.AmazonLinuxCpuType.ARM_64),
    )


def settle(nat: ec2.NatInstanceProviderV2, addresses: str) -> None:
    """Let the instance take traffic from these addresses, and encrypt its disk."""
    nat.connections.allow_from(ec2.Peer.ipv4(addresses), ec2.Port.all_traffic(), "From the VPC")
    for instance in nat.gateway_instances:
        resource = cast("ec2.CfnInstance", instance.node.default_child)
        resource.block_device_mappings = [
            ec2.CfnInstance.BlockDeviceMappingProperty(
                device_name="/dev/xvda", ebs=ec2.CfnInstance.EbsProperty(encrypted=True, volume_type="gp3")
            )
        ]
        accept(
            instance,
            "The instance holds no data and a deployment replaces it. Metrics every five minutes are enough, since "
            "nothing scales on them.",
            "AwsSolutions-EC28",
            "AwsSolutions-EC29",
        )
