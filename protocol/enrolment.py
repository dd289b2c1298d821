"""Enrolment over a serial cable: the unit makes its key, tells it once, and locks.

A line of ASCII: words parted by single spaces, the last one the CRC-32 (8 lower-case hexadecimal
digits, as zlib has it) of everything before the space that precedes it. LF ends a line; a CR
before it is passed over. The host asks, the unit answers each line with one line:

    HELLO <version>              UNIT <version> <OPEN|LOCKED> <role> <unit|-> <epoch>
    ENROL <unit> <epoch> <role> <floor_s> <nonce>        KEY <key>
    CONFIRM <proof>                                      ENROLLED <proof>

Numbers are decimal; nonce (16 bytes, the host's), key (32) and proof (16) are hexadecimal, in
lower case; role is BRACELET or VICTIM; floor_s is 1 to FLOOR_MAX_S. In UNIT, unit and epoch are
those in force, "-" and 0 before the first enrolment; a new epoch must be greater. A proof is made
of the key and the nonce, another one for each side (`proof`). CONFIRM says that the host has stored
the key: the unit then stores it too, and locks; before that, a restart forgets it. CONFIRM may be
repeated.

What the unit refuses it answers with ERROR <reason>: bad_line, unknown, malformed, locked,
out_of_order, bad_unit, bad_epoch, bad_role, bad_floor, bad_proof. After bad_line, ask again.
Nothing is encrypted: it is a cable between two desks, and the key is the unit's from then on.
"""

from binascii import crc32

from protocol.errors import WireError
from protocol.seal import SEAL_BYTES, derive, hmac_sha256

VERSION = 1
LINE_BYTES_MAX = 160
NONCE_BYTES = 16
PROOF_BYTES = SEAL_BYTES

# What a unit is built as.
BRACELET = "bracelet"
VICTIM = "victim"

FLOOR_S = 5  # how often a unit reports that may not sleep, unless it is enrolled with another
FLOOR_MAX_S = 600

OPEN = "OPEN"
LOCKED = "LOCKED"

# Who proves that he has the key.
HOST = b"host"
UNIT = b"unit"


class BadLine(WireError):
    """No line of this protocol: too long, its CRC does not fit, or not printable ASCII."""

    reason = "bad_line"


def frame(text: str) -> bytes:
    """A line with its CRC and its end."""
    return b"%s %08x\n" % (text.encode(), crc32(text.encode()))


def unframe(line: bytes) -> list[str]:
    """The words of a line, without its CRC. Raises BadLine."""
    if len(line) > LINE_BYTES_MAX:
        raise BadLine("%d bytes, at most %d" % (len(line), LINE_BYTES_MAX))
    text, _, crc = line.rstrip(b"\r\n").rpartition(b" ")
    if crc != b"%08x" % crc32(text):
        raise BadLine("the CRC does not fit")
    if not all(0x20 <= byte < 0x7F for byte in text):
        raise BadLine("not printable ASCII")
    return text.decode().split(" ")


def proof(key: bytes, unit: str, epoch: int, speaker: bytes, nonce: bytes) -> bytes:
    """16 bytes that only one who has the key can make: HMAC-SHA-256 over speaker and nonce."""
    return hmac_sha256(derive(key, b"enrol", unit, epoch), speaker + nonce)[:PROOF_BYTES]
