"""Seals and keystreams: HMAC-SHA-256 (RFC 2104) and HKDF (RFC 5869), nothing else.

A message is encrypted, then sealed. The keystream is HMAC over the cipher key and
(number, block); direction and enrolment epoch are in the key itself, because the four
working keys of an epoch are derived with them. A number is never used twice under one key
(sequences and command numbers never repeat within an epoch), so no keystream is either.
"""

import struct
from hashlib import sha256

try:
    import hmac  # type: ignore[import-not-found, unused-ignore]

    def equal_in_constant_time(a: bytes, b: bytes) -> bool:
        """Compare without telling by the time taken where the first difference is."""
        return hmac.compare_digest(a, b)

except ImportError:  # MicroPython has no hmac module

    def equal_in_constant_time(a: bytes, b: bytes) -> bool:
        """Compare without telling by the time taken where the first difference is."""
        difference = len(a) ^ len(b)
        for x, y in zip(a, b):
            difference |= x ^ y
        return difference == 0


KEY_BYTES = 32
SEAL_BYTES = 16
_LOGIN_BYTES = 16
_SALT = b"resguardo/1"
_HASH_BYTES = 32
_BLOCK_BYTES = 64
_INNER = int.from_bytes(b"\x36" * _BLOCK_BYTES, "little")
_OUTER = int.from_bytes(b"\x5c" * _BLOCK_BYTES, "little")


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """32 bytes of HMAC-SHA-256 (RFC 2104)."""
    if len(key) > _BLOCK_BYTES:
        key = sha256(key).digest()
    # As integers, so that no loop over bytes runs in the interpreter.
    block = int.from_bytes(key, "little")
    inner = sha256((block ^ _INNER).to_bytes(_BLOCK_BYTES, "little") + message).digest()
    return sha256((block ^ _OUTER).to_bytes(_BLOCK_BYTES, "little") + inner).digest()


def derive(unit_key: bytes, purpose: bytes, unit: str, epoch: int) -> bytes:
    """HKDF-SHA-256 (RFC 5869) of a unit's key for one purpose, unit and enrolment epoch."""
    pseudo_random_key = hmac_sha256(_SALT, unit_key)
    info = purpose + b"/" + unit.encode() + b"/" + struct.pack("<I", epoch)
    return hmac_sha256(pseudo_random_key, info + b"\x01")


def login(unit_key: bytes, unit: str, epoch: int) -> str:
    """The password of a unit at a broker, beside its name; it tells nothing of the key."""
    return derive(unit_key, b"login", unit, epoch)[:_LOGIN_BYTES].hex()


class Channel:
    """One direction of one unit in one enrolment epoch: the two keys, and what they do."""

    __slots__ = ("_cipher_key", "_context", "_seal_key", "key_id")

    def __init__(self, unit_key: bytes, direction: bytes, unit: str, epoch: int) -> None:
        self.key_id = epoch & 0xFF
        self._seal_key = derive(unit_key, b"seal/" + direction, unit, epoch)
        self._cipher_key = derive(unit_key, b"cipher/" + direction, unit, epoch)
        self._context = direction + b"/" + unit.encode() + b"\x00"

    def encrypt(self, number: int, body: bytes) -> bytes:
        """`body` under the keystream of `number`; the same call decrypts."""
        size = len(body)
        stream = b""
        for block in range((size + _HASH_BYTES - 1) // _HASH_BYTES):
            stream += hmac_sha256(self._cipher_key, struct.pack("<QB", number, block))
        mixed = int.from_bytes(body, "little") ^ int.from_bytes(stream[:size], "little")
        return mixed.to_bytes(size, "little")

    def seal(self, message: bytes) -> bytes:
        """The 16-byte seal over the direction, the unit's identity and `message`."""
        return hmac_sha256(self._seal_key, self._context + message)[:SEAL_BYTES]

    def fits(self, message: bytes, seal: bytes) -> bool:
        """Whether `seal` is the seal of `message`."""
        return equal_in_constant_time(self.seal(message), seal)


def up_channel(unit_key: bytes, unit: str, epoch: int) -> Channel:
    """The channel that carries a unit's records to the host."""
    return Channel(unit_key, b"up", unit, epoch)


def down_channel(unit_key: bytes, unit: str, epoch: int) -> Channel:
    """The channel that carries the host's commands to a unit."""
    return Channel(unit_key, b"down", unit, epoch)
