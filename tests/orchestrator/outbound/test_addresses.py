"""Tests which addresses a webhook may go to, with a table of those that lead inside."""

from ipaddress import ip_address

import pytest

from darkroom_orchestrator.outbound.addresses import AddressRefused, is_allowed, require_allowed

PUBLIC = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "192.169.0.1", "100.128.0.1", "223.255.255.254", "2606:4700::1111"]
LOCAL = ["127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "::1", "fd12::1"]
NEVER = {
    "0.0.0.0": "unspecified: this machine",  # noqa: S104 - refused, not bound to
    "0.1.2.3": "this network",
    "100.64.0.1": "carrier-grade NAT",
    "100.100.100.200": "carrier-grade NAT, with a cloud's metadata in it",
    "169.254.169.254": "instance metadata",
    "169.254.170.2": "ECS credentials",
    "169.254.170.23": "EKS credentials",
    "169.254.0.1": "link-local",
    "192.0.0.192": "protocol assignments, with a cloud's metadata in it",
    "192.0.2.1": "documentation",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "192.88.99.1": "6to4 relay",
    "198.18.0.1": "benchmarks",
    "198.19.255.255": "benchmarks",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "::": "unspecified: this machine",
    "::ffff:127.0.0.1": "mapped loopback",
    "::ffff:10.0.0.1": "mapped private",
    "::ffff:169.254.169.254": "mapped metadata",
    "::ffff:8.8.8.8": "mapped, whatever it maps",
    "::ffff:0:127.0.0.1": "translated",
    "::127.0.0.1": "compatible loopback",
    "::169.254.169.254": "compatible metadata",
    "64:ff9b::127.0.0.1": "NAT64 of loopback",
    "64:ff9b::a9fe:a9fe": "NAT64 of metadata",
    "64:ff9b:1::a9fe:a9fe": "local NAT64 of metadata",
    "2002:7f00:1::": "6to4 of loopback",
    "2002:a9fe:a9fe::1": "6to4 of metadata",
    "2001:0:a9fe:a9fe::1": "Teredo server",
    "2001:0:53aa:64c:0:fbff:5601:5601": "Teredo client, inverted metadata",
    "2001:20::1": "ORCHID",
    "2001:db8::1": "documentation",
    "3fff::1": "documentation",
    "100::1": "discard only",
    "5f00::1": "segment routing",
    "fd00:ec2::254": "instance metadata",
    "fd00:ec2::23": "EKS credentials",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local with its zone",
    "fec0::1": "harness-local",
    "ff02::1": "multicast",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_allowed(ip_address(address), allow_private=False)


@pytest.mark.parametrize("address", LOCAL)
def test_only_a_setting_allows_loopback_and_private_addresses(address: str) -> None:
    assert not is_allowed(ip_address(address), allow_private=False)
    assert is_allowed(ip_address(address), allow_private=True)


@pytest.mark.parametrize("address", NEVER, ids=[f"{address} ({why})" for address, why in NEVER.items()])
def test_no_setting_allows_these_addresses(address: str) -> None:
    assert not is_allowed(ip_address(address), allow_private=False)
    assert not is_allowed(ip_address(address), allow_private=True)


def test_one_refused_address_refuses_all() -> None:
    require_allowed(["1.1.1.1", "8.8.8.8"], allow_private=False)
    with pytest.raises(AddressRefused):
        require_allowed(["1.1.1.1", "169.254.169.254"], allow_private=False)


@pytest.mark.parametrize("text", ["", "localhost", "0x7f000001", "2130706433", "127.1", "0177.0.0.1"])
def test_text_that_is_not_an_address_is_refused(text: str) -> None:
    with pytest.raises(AddressRefused):
        require_allowed([text], allow_private=True)
