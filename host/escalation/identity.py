"""Identifiers are derived, never random: the same cause gives the same name on every machine."""

from hashlib import sha256
from json import JSONEncoder

_encode = JSONEncoder(separators=(",", ":")).encode


def digest8(*parts: str | int) -> bytes:
    """First 8 bytes of SHA-256 over the parts; JSON keeps ("a", "bc") apart from ("ab", "c")."""
    return sha256(_encode(parts).encode()).digest()[:8]


def incident_id(order: str, cause: str, rise: int) -> str:
    """16 hex digits: the incident that this rise opened."""
    return digest8(order, cause, rise).hex()


def delivery_id(
    order: str, cause: str, kind: str, rise: int, step: int, recipient: str, channel: str
) -> int:
    """The idempotency key of one message as the 64-bit number that a unit presents once.

    `recipient` names role and person ("victim:ana"), so two protected persons never share one.
    """
    return int.from_bytes(digest8(order, cause, kind, rise, step, recipient, channel), "big")
