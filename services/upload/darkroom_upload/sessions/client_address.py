"""Where a request comes from, as far as that can be known."""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

_NETWORK_BITS: Final = 64
"""What one customer of an IPv6 provider has at least (RFC 6177): to change the rest of an address costs nothing."""


def client_address(peer: str, forwarded: Sequence[str], *, proxies: int) -> str:
    """The client's address; of IPv6, its network.

    `forwarded` are the values of `X-Forwarded-For`. Each of the proxies in front adds the address that it was asked
    from at the end; what is before that was written by the client, and may be anything.
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
