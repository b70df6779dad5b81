"""Tests of the address that a request comes from."""

import pytest

from darkroom_upload.sessions.client_address import client_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, [], "203.0.113.9"),
        (0, ["198.51.100.1"], "203.0.113.9"),
        (1, ["198.51.100.1"], "198.51.100.1"),
        (1, ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        (1, ["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
        (2, ["6.6.6.6, 198.51.100.1, 192.0.2.7"], "198.51.100.1"),
        (2, ["198.51.100.1 ,192.0.2.7"], "198.51.100.1"),
    ],
)
def test_only_the_entries_of_trusted_proxies_count(proxies: int, forwarded: list[str], address: str) -> None:
    assert client_address("203.0.113.9", forwarded, proxies=proxies) == address


def test_the_first_hop_counts_if_there_are_fewer_hops_than_proxies() -> None:
    assert client_address("203.0.113.9", [], proxies=2) == "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", "unknown"),
        ("a.example", "unknown"),
        ("203.0.113.9:443", "unknown"),
    ],
)
def test_addresses_have_one_spelling_and_ipv6_customers_one_network(peer: str, address: str) -> None:
    assert client_address(peer, [], proxies=0) == address
