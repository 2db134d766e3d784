"""Where people come from: one spelling of an address, and what counts as one source.

Whoever counts, delays, remembers or compares by source does it by `source_of`; records keep the address.
"""

from __future__ import annotations

import ipaddress
import re
import socket

OWNED = 64
"""Bits of an IPv6 address that name one network, within which a client takes any address it likes."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""The addresses of IPv4 clients where the network is IPv6 alone (RFC 6052); all share one /64."""
WIDEST = {4: 16, 6: 48}
"""Bits that a network has at least, by version, for which something is given."""
NUMBERS = re.compile(r"[0-9a-fx]+(\.[0-9a-fx]+){0,3}", re.ASCII | re.IGNORECASE)


def address_of(text: str, otherwise: str | None = None) -> str:
    """Return the address ``text`` in its one spelling: without a zone, IPv4 in IPv6's form or in other digits
    as plain IPv4. What is no address is returned as it is, or as ``otherwise``."""
    ip = _read(text.strip().partition("%")[0])
    if ip is not None:
        return str(ip)
    return text if otherwise is None else otherwise


def source_of(address: str) -> str:
    """Return the unit by which failures are counted: an IPv4 address, or the /64 network of an IPv6 one,
    which one client owns."""
    text, slash, _length = address.partition("/")
    ip = _read((text if slash else address).strip().partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((ip, OWNED), strict=False))
    return address if ip is None else str(ip)


def network_of(text: str) -> str | None:
    """Return an address or network in its one spelling; None for anything else, and for more than 65,536
    addresses (of IPv6, /64 networks)."""
    ip = _read(text.strip())
    try:
        network = ipaddress.ip_network(text.strip() if ip is None else ip, strict=False)
    except ValueError:
        return None
    return str(network) if network.prefixlen >= WIDEST[network.version] else None


def is_within(address: str, network: str) -> bool:
    """Return whether ``address`` is one of ``network``, as `network_of` writes it."""
    ip = _read(address)
    return ip is not None and ip in ipaddress.ip_network(network)


def _read(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return _in_other_numbers(text)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip in NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


def _in_other_numbers(text: str) -> ipaddress.IPv4Address | None:
    """Read an IPv4 address in octal or hexadecimal numbers, or in fewer than four (inet_aton)."""
    if NUMBERS.fullmatch(text) is None:
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(text))
    except OSError:
        return None
