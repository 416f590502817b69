"""Addresses in the settings: whether one is an address at all, and whether it leads to this machine."""

import ipaddress
from urllib.parse import urlsplit


def address(value: str) -> str:
    """The address as it was given. Raises ValueError where it is none."""
    try:
        _ = urlsplit(value).port
    except ValueError:
        raise ValueError("is no address; one begins with https://") from None
    return value


def is_here(host: str | None) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
