"""Decides which network addresses a request for a client may go to: only public ones.

A client chooses the URL of a webhook or of an import, and the connection is made from inside the installation's
network. Without this check a client could reach the machine itself, the private network, and the addresses where ECS
and EC2 give out credentials (169.254.170.2, 169.254.169.254).

IPv4 is allowed except for the special-purpose networks, IPv6 only in the range of global unicast. This excludes every
form of IPv6 that contains an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo), so that none has to be unwrapped.
The networks are those of the IANA special-purpose address registries:
https://www.iana.org/assignments/iana-ipv4-special-registry and .../iana-ipv6-special-registry.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address

_NOT_PUBLIC_V4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # "this network": Linux connects 0.0.0.0 to the machine itself
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by a carrier's customers (RFC 6598)
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, with the metadata and credentials addresses
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays, withdrawn
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_GLOBAL_UNICAST_V6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_V6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo (2001::/32) among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in bits 16 to 48
        "3fff::/20",  # documentation
    )
)

_LOCAL_V4: Final = tuple(
    IPv4Network(network) for network in ("10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
_LOCAL_V6: Final = tuple(IPv6Network(network) for network in ("::1/128", "fc00::/7"))
_METADATA_V6: Final = IPv6Network("fd00:ec2::/32")
"""Unique local addresses of Amazon's services, such as fd00:ec2::254."""


class AddressRefused(OSError):
    """A request would go to an address that is not public. It is an OSError, like other failures to connect."""


def is_allowed(address: Address, *, allow_private: bool) -> bool:
    """Whether a request may go to this address.

    `allow_private` adds loopback and private networks, but not link-local ones.
    """
    return _is_public(address) or (allow_private and _is_local(address))


def require_allowed(hosts: Iterable[str], *, allow_private: bool) -> None:
    """Raise AddressRefused unless all of these are IP addresses that a request may go to.

    One bad address refuses all: an honest receiver does not mix private and public addresses. A dishonest one mixes
    them so that a second attempt uses another address than the first.
    """
    for host in hosts:
        if not _may_connect(host, allow_private=allow_private):
            raise AddressRefused("not a public address")


def _may_connect(host: str, *, allow_private: bool) -> bool:
    try:
        return is_allowed(ip_address(host), allow_private=allow_private)
    except ValueError:
        return False


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    return address in _GLOBAL_UNICAST_V6 and not any(address in network for network in _NOT_PUBLIC_V6)


def _is_local(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return any(address in network for network in _LOCAL_V4)
    return address not in _METADATA_V6 and any(address in network for network in _LOCAL_V6)
