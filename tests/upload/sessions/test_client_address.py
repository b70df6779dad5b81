"""Where requests come from."""

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
def test_only_what_our_own_proxies_say_is_believed(proxies: int, forwarded: list[str], address: str) -> None:
    assert client_address("203.0.113.9", forwarded, proxies=proxies) == address


def test_with_fewer_hops_than_proxies_the_farthest_counts() -> None:
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
def test_an_address_is_of_one_spelling_and_a_network_of_one_customer(peer: str, address: str) -> None:
    assert client_address(peer, [], proxies=0) == address
