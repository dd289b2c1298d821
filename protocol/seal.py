"""Seals and keystreams: HMAC-SHA-256 (RFC 2104) and HKDF (RFC 5869), nothing else.

A message is encrypted, then sealed. The keystream is HMAC over the cipher key and
(number, block); direction and enrolment epoch are in the key itself, because the four
working keys of an epoch are derived with them. A number is never used twice under one key
(sequences and command numbers never repeat within an epoch), so no keystream is either.
"""

import hashlib
import struct

try:
    import hmac  # type: ignore[import-not-found, unused-ignore]

    def hmac_sha256(key: bytes, message: bytes) -> bytes:
        """32 bytes of HMAC-SHA-256."""
        return hmac.digest(key, message, "sha256")

    def equal_in_constant_time(a: bytes, b: bytes) -> bool:
        """Compare without telling by the time taken where the first difference is."""
        return hmac.compare_digest(a, b)

except ImportError:  # MicroPython has no hmac module

    def hmac_sha256(key: bytes, message: bytes) -> bytes:
        """32 bytes of HMAC-SHA-256; keys longer than a block do not occur here."""
        block = key + bytes(64 - len(key))
        inner = hashlib.sha256(bytes(b ^ 0x36 for b in block))
        inner.update(message)
        outer = hashlib.sha256(bytes(b ^ 0x5C for b in block))
        outer.update(inner.digest())
        return outer.digest()

    def equal_in_constant_time(a: bytes, b: bytes) -> bool:
        """Compare without telling by the time taken where the first difference is."""
        difference = len(a) ^ len(b)
        for x, y in zip(a, b):
            difference |= x ^ y
        return difference == 0


KEY_BYTES = 32
SEAL_BYTES = 16
BLOCK_BYTES = 32
_SALT = b"resguardo/1"


def derive(unit_key: bytes, purpose: bytes, unit: str, epoch: int) -> bytes:
    """HKDF-SHA-256 (RFC 5869) of a unit's key for one purpose, unit and enrolment epoch."""
    pseudo_random_key = hmac_sha256(_SALT, unit_key)
    info = purpose + b"/" + unit.encode() + b"/" + struct.pack("<I", epoch)
    return hmac_sha256(pseudo_random_key, info + b"\x01")


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
        stream = hmac_sha256(self._cipher_key, struct.pack("<QB", number, 0))
        block = 1
        while len(stream) < len(body):
            stream += hmac_sha256(self._cipher_key, struct.pack("<QB", number, block))
            block += 1
        size = len(body)
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
