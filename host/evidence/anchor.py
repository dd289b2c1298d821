"""The chains' ends, signed, to be kept elsewhere: nobody can then cut them or write them anew.

A line of JSON each: {"at", "audit", "registry", "access", "key", "signature"}; of each chain its
last number and hash. The signature (Ed25519, RFC 8032) is over the others, in canonical JSON; the
key that signs follows from the host's secret, so whoever holds the public one can tell whose it is.
"""

import json
from collections.abc import Callable
from hmac import digest as hmac_digest
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from host.evidence.difference import Differs

CHAINS = ("audit", "registry", "access")
Head = tuple[int, bytes]


def signed(secret: bytes, at: str, heads: dict[str, Head]) -> str:
    """The line. `heads`: of each of CHAINS."""
    key = _key(secret)
    said: dict[str, Any] = {
        "at": at,
        "key": key.public_key().public_bytes_raw().hex(),
        **{chain: [number, digest.hex()] for chain, (number, digest) in heads.items()},
    }
    return json.dumps({**said, "signature": key.sign(_canonical(said)).hex()})


def check(line: str, secret: bytes, hash_of: Callable[[str, int], str]) -> str:
    """Hold what was anchored against the chains; returns when that was. `hash_of`: of an entry of
    a chain, "" for none. Raises Differs, and ValueError for what is no anchor of this host."""
    said = _read(line)
    signature = bytes.fromhex(said.pop("signature"))
    key = _key(secret).public_key()
    if said["key"] != key.public_bytes_raw().hex():
        raise ValueError("it was signed by another host")
    try:
        key.verify(signature, _canonical(said))
    except InvalidSignature as error:
        raise ValueError("its signature is not of what it says") from error
    for chain in CHAINS:
        number, digest = said[chain]
        if number and hash_of(chain, number) != digest:
            why = f"it is not what was anchored at {said['at']}"
            raise Differs(chain, number, why)
    return str(said["at"])


def _read(line: str) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads(line)
        complete = isinstance(said, dict) and {"at", "key", "signature", *CHAINS} <= said.keys()
    except ValueError:
        complete = False
    if not complete:
        raise ValueError("it is no anchor")
    return said


def _key(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hmac_digest(secret, b"anchor", "sha256"))


def _canonical(said: dict[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
