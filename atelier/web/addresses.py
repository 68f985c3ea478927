"""Network addresses of clients: which networks hold them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Networks = tuple[IPv4Network | IPv6Network, ...]


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """The address, an IPv4 one written as IPv6 brought back to itself; None for other text."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_within(text: str, networks: Networks) -> bool:
    """Whether the address belongs to one of the networks; False for what is no address."""
    address = parsed(text)
    return address is not None and any(address in network for network in networks)
