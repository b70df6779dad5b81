"""The address that a request comes from."""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

_NETWORK_BITS: Final = 64
"""A customer of an IPv6 provider has at least a /64 (RFC 6177), and changes the other bits of an address for free."""


def client_address(peer: str, forwarded: Sequence[str], *, proxies: int) -> str:
    """Return the client's IPv4 address, or the network of its IPv6 address; "unknown" for anything else.

    `forwarded` are the values of `X-Forwarded-For`. Each proxy in front of the service appends the address that it was
    called from. The client may have written anything before these.
    """
    hops = [hop.strip() for line in forwarded for hop in line.split(",")] + [peer]
    return _network(hops[-1 - proxies] if len(hops) > proxies else hops[0])


def _network(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((address.packed[:8] + bytes(8), _NETWORK_BITS)))
    return str(address)
