"""Where a request comes from."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The client's address: the peer of the connection, or what the configured number of own proxies saw.

    Each trusted proxy appends the peer it saw, so counting from the right leaves out whatever the client wrote itself.
    IPv6 is cut to its /64, which one household or server has to itself.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    trusted = settings.FAROL_TRUSTED_PROXIES
    if trusted:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        peer = hops[-trusted] if len(hops) >= trusted else peer
    try:
        found = ipaddress.ip_address(peer)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, 64), strict=False).network_address) if found.version == 6 else str(found)
