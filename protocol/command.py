"""Commands: what the host says to a unit. The table of bytes is in protocol/README.md.

Every command is 60 bytes, whatever it says and to whom, and all but its number is encrypted:
neither lengths nor clear text tell the offender's side what the host knows.

    0 u8 version << 4     4 u64 number      44 seal
    1 u8 length (60)      12 body, 32 bytes, encrypted:
    2 u8 key id                0 u8 type, 1 u8 flags, 2 u32 expires_s, 6 payload (26)
    3 u8 zero
"""

import struct
from collections import namedtuple

from protocol.errors import BadSeal, UnknownKey, UnknownVersion, WrongLength
from protocol.record import VERSION
from protocol.seal import SEAL_BYTES, Channel

COMMAND_BYTES = 60
_HEADER = "<BBBBQ"
_HEADER_BYTES = 12
_BODY_HEAD = "<BBI"
_BODY_BYTES = 32
_PAYLOAD_AT = 6

# Types of command. 16 to 19 are reserved: on-board zones, key rotation, update offer, settings.
ANSWER = 1
WARNING = 2
FIX_NOW = 3
CLEAR_LATCH = 4

# Answer.flags
WATCHED = 1  # too near to assure; both units report at their floor
RESTING = 2  # assured_until_s holds only while the wearer rests: shrink it on moving off

# Warning.level, in rising order
CLEAR = 0
PRE_ALERT = 1
ALERT = 2
BREACH = 3

# Warning.pattern: what the wearer feels and sees; texts are the unit's own, neutral ones
PATTERN_NOTICE = 1
PATTERN_WARNING = 2
PATTERN_URGENT = 3


# watermark: every sequence up to it is committed. answered: the newest sequence of the message
# that this answers; the lease is granted to that very record. bitmap: bit i says that
# sequence answered - i is committed (so bit 0 is always set): anchored at the message and not
# at the watermark, a backlog is acknowledged in whatever order it comes, gaps and all.
# lease_s counts from the answered record's time. assured_until_s: UTC seconds, 0 when there is
# no promise (always, for a bracelet). shrink_pct: what is left of the remaining time, in
# percent, when the wearer moves off. quiet_s: for how many seconds from the answer on it is no
# alarm that there is no promise; 0 from hosts that know of no such clock, and for a bracelet.
Answer = namedtuple(
    "Answer",
    (
        "number",
        "flags",
        "expires_s",
        "watermark",
        "bitmap",
        "answered",
        "lease_s",
        "assured_until_s",
        "shrink_pct",
        "quiet_s",
    ),
)
Warning = namedtuple(
    "Warning",
    ("number", "flags", "expires_s", "warning_id", "level", "pattern", "text"),
)
FixNow = namedtuple("FixNow", ("number", "flags", "expires_s"))
ClearLatch = namedtuple("ClearLatch", ("number", "flags", "expires_s", "delivery_id", "code"))

_PAYLOADS = {
    ANSWER: ("<IQIHIBH", Answer),
    WARNING: ("<QBBB", Warning),
    FIX_NOW: ("<", FixNow),
    CLEAR_LATCH: ("<QB", ClearLatch),
}
_TYPES = {kind: number for number, (_, kind) in _PAYLOADS.items()}

Command = object  # any of the four


def encode(command: Command, channel: Channel) -> bytes:
    """Seal one command: always COMMAND_BYTES bytes."""
    kind = _TYPES[type(command)]
    layout, _ = _PAYLOADS[kind]
    number, flags, expires_s = command[0], command[1], command[2]  # type: ignore[index]
    payload = struct.pack(layout, *command[3:])  # type: ignore[index]
    body = struct.pack(_BODY_HEAD, kind, flags, expires_s) + payload
    body += bytes(_BODY_BYTES - len(body))
    header = struct.pack(_HEADER, VERSION << 4, COMMAND_BYTES, channel.key_id, 0, number)
    message = header + channel.encrypt(number, body)
    return message + channel.seal(message)


def decode(sealed: bytes, channel: Channel) -> Command:
    """Verify and read one command.

    Returns None for an authentic command of a type that this reader does not know. Raises a
    WireError otherwise. That numbers rise, and that it has not expired, is the receiver's to
    check: it holds the last number, and what time it is.
    """
    if len(sealed) != COMMAND_BYTES:
        raise WrongLength("%d bytes, a command has %d" % (len(sealed), COMMAND_BYTES))
    head, length, key_id, _, number = struct.unpack_from(_HEADER, sealed)
    if length != COMMAND_BYTES:
        raise WrongLength("length %d, a command has %d" % (length, COMMAND_BYTES))
    if head >> 4 != VERSION:
        raise UnknownVersion("version %d, this reader knows %d" % (head >> 4, VERSION))
    if key_id != channel.key_id:
        raise UnknownKey("key %d, in force is %d" % (key_id, channel.key_id))
    message = sealed[:-SEAL_BYTES]
    if not channel.fits(message, sealed[-SEAL_BYTES:]):
        raise BadSeal("command %d" % number)
    body = channel.encrypt(number, message[_HEADER_BYTES:])
    kind, flags, expires_s = struct.unpack_from(_BODY_HEAD, body)
    known = _PAYLOADS.get(kind)
    if known is None:
        return None
    layout, shape = known
    return shape(number, flags, expires_s, *struct.unpack_from(layout, body, _PAYLOAD_AT))
