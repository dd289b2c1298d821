"""Records: what a unit says to the host. The table of bytes is in protocol/README.md.

0 u8 version << 4 | type      4 u32 sequence
1 u8 length, seal included    8 ... body, encrypted
2 u8 key id (epoch & 255)     -16 seal
3 u8 flags
"""

import struct
from collections import namedtuple

from protocol.errors import (
    BadSeal,
    Oversized,
    Truncated,
    UnknownKey,
    UnknownVersion,
    WrongLength,
)
from protocol.seal import SEAL_BYTES, Channel
from protocol.topics import MESSAGE_BYTES_MAX

VERSION = 1
RECORD_BYTES_MAX = 48
_HEADER = "<BBBBI"
_HEADER_BYTES = 8
_RECORD_BYTES_MIN = _HEADER_BYTES + SEAL_BYTES

# What fields hold at their end.
A95_DM_MAX = 65535  # that or more, or not known
SPEED_CM_S_MAX = 65535  # that or more
BATTERY_UNKNOWN = 255
LEASE_UNHEARD = 65535  # no command since the restart: nobody has confirmed the receiver's time

# Types of record.
FIX = 1
EVENT = 2
BOOT = 3
RECEIPT = 4
TOMBSTONE = 5

# Header flags.
UTC = 1  # the record's time is UTC; otherwise it is the unit's uptime

# Fix.source
GNSS = 0
WIFI = 1
CELL = 2

# Fix.quality, bits
THREE_D = 1
ESTIMATED = 2  # the accuracy was estimated from HDOP, not measured
AT_REST = 4  # still, with wake-on-motion armed: the unit will report as soon as it moves

# Fix.clock
CLOCK_UNKNOWN = 0
CLOCK_HELD = 1  # ran on from an earlier resolved time, or from the host's clock
CLOCK_RESOLVED = 2  # date, time and leap seconds known, and the host's clock agrees
# The receiver's time cannot be true, and what is told is the unit's own by the host's clock:
CLOCK_CORRECTED = 3  # it is ahead by seconds, as with old leap seconds
CLOCK_CONTRADICTED = 4  # it is wrong altogether

# Event.code
STRAP = 1
CASE = 2
BATTERY_LOW = 3
PANIC = 4
MOTION = 5  # raised: starts to move; healed: at rest
GNSS_LOST = 6
NO_COVER = 7  # the victim's unit: assured-until has passed unrenewed
RADIO_CONTACT = 8
JAMMING = 9
SPOOFING = 10
CHARGING = 11

# Event.detail of STRAP, CASE and PANIC
NEW = 0
STILL_LATCHED = 1  # repeated after a restart
CLEARED = 2  # the centre cleared the latch; `raised` says what the contact is like now
MOVED = 3  # in the low byte: it moved while latched, so often as the bits above say

# Boot.cause
POWER_ON = 1  # also a brown-out, which some chips cannot tell from it
WATCHDOG = 2
ASKED = 3  # a restart of its own: after an enrolment
EXCEPTION = 4

# Receipt.outcome
PRESENTED = 1
SILENCED = 2
EXPIRED = 3
DONE = 4

# Tombstone.reason
RESERVED = 1  # numbers lost to a restart
THINNED = 2  # fixes given up for space
TORN = 3  # a write cut by power loss

Fix = namedtuple(
    "Fix",
    (
        "sequence",
        "flags",
        "time_s",
        "ms",
        "lat_e7",
        "lon_e7",
        "a95_dm",
        "speed_cm_s",
        "course",
        "source_quality",
        "battery",
        "satellites_clock",
        "lease_s",
    ),
)
Event = namedtuple(
    "Event",
    ("sequence", "flags", "time_s", "ms", "code", "raised", "detail", "uptime_s", "battery"),
)
Boot = namedtuple(
    "Boot",
    (
        "sequence",
        "flags",
        "time_s",
        "ms",
        "boots",
        "cause",
        "clean",
        "firmware_major",
        "firmware_minor",
        "exception",
    ),
)
Receipt = namedtuple("Receipt", ("sequence", "flags", "time_s", "ms", "delivery_id", "outcome"))
Tombstone = namedtuple("Tombstone", ("sequence", "flags", "first", "last", "reason"))

_BODIES = {
    FIX: ("<IHiiHHBBBBH", Fix),
    EVENT: ("<IHBBiIB", Event),
    BOOT: ("<IHHBBBB12s", Boot),
    RECEIPT: ("<IHQB", Receipt),
    TOMBSTONE: ("<IIB", Tombstone),
}
_TYPES = {kind: number for number, (_, kind) in _BODIES.items()}

Record = object  # any of the five


def pack_source(source: int, quality: int) -> int:
    """Fix.source_quality: the source in the low four bits, the quality bits above."""
    return source | quality << 4


def pack_satellites(satellites: int, clock: int) -> int:
    """Fix.satellites_clock: satellites (at most 31) in the low five bits, the clock above."""
    return min(satellites, 31) | clock << 5


def encode(record: Record, channel: Channel) -> bytes:
    """Seal one record. The sequence is its second use as the keystream's number: never reuse it."""
    kind = _TYPES[type(record)]
    layout, _ = _BODIES[kind]
    sequence, flags = record[0], record[1]  # type: ignore[index]
    body = struct.pack(layout, *record[2:])  # type: ignore[index]
    length = _HEADER_BYTES + len(body) + SEAL_BYTES
    header = struct.pack(_HEADER, VERSION << 4 | kind, length, channel.key_id, flags, sequence)
    message = header + channel.encrypt(sequence, body)
    return message + channel.seal(message)


def split(message: bytes) -> tuple[list[bytes], bytes, str]:
    """Cut one MQTT message into sealed records: (records, rest, reason).

    Where the lengths do not add up, `rest` is what cannot be cut and `reason` names why; otherwise
    both are empty. Of a message longer than any unit makes nothing is read.
    """
    if len(message) > MESSAGE_BYTES_MAX:
        return [], message, Oversized.reason
    records: list[bytes] = []
    rest = message
    while rest or not records:
        if len(rest) < _RECORD_BYTES_MIN or len(rest) < rest[1]:
            return records, rest, Truncated.reason
        if rest[1] < _RECORD_BYTES_MIN:
            return records, rest, WrongLength.reason
        records.append(rest[: rest[1]])
        rest = rest[rest[1] :]
    return records, rest, ""


def sequence_of(sealed: bytes) -> int:
    """The claimed sequence of a sealed record, unverified."""
    return int.from_bytes(sealed[4:8], "little")


def decode(sealed: bytes, channel: Channel) -> Record:
    """Verify and read one sealed record.

    Returns None for an authentic record of a type that this reader does not know; fields
    appended to a known type are passed over. Raises a WireError otherwise.
    """
    size = len(sealed)
    if size < _RECORD_BYTES_MIN:
        raise Truncated("%d bytes, a record has at least %d" % (size, _RECORD_BYTES_MIN))
    head, length, key_id, flags, sequence = struct.unpack_from(_HEADER, sealed)
    if length != size:
        raise WrongLength("length %d in a record of %d bytes" % (length, size))
    if head >> 4 != VERSION:
        raise UnknownVersion("version %d, this reader knows %d" % (head >> 4, VERSION))
    if key_id != channel.key_id:
        raise UnknownKey("key %d, in force is %d" % (key_id, channel.key_id))
    message = sealed[:-SEAL_BYTES]
    if not channel.fits(message, sealed[-SEAL_BYTES:]):
        raise BadSeal("sequence %d" % sequence)
    known = _BODIES.get(head & 0x0F)
    if known is None:
        return None
    layout, kind = known
    body = channel.encrypt(sequence, message[_HEADER_BYTES:])
    if len(body) < struct.calcsize(layout):
        raise Truncated("body of %d bytes, this type has %d" % (len(body), struct.calcsize(layout)))
    return kind(sequence, flags, *struct.unpack_from(layout, body))
