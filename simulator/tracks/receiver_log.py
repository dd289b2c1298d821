"""A GNSS receiver's own log, NMEA or UBX, as the firmware's parser reads it."""

import io
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from firmware.gnss.fix import Fix
from firmware.gnss.receiver import Receiver
from protocol.record import A95_DM_MAX
from simulator.tracks.gathering import NO_TIME, SAID_INVALID, Gathering
from simulator.tracks.points import Point
from simulator.tracks.times import EPOCH, Dated, Reading

LINE_BYTES_MAX = 1 << 16  # a UBX log may be one line
_BEGINNINGS = (b"$", b"\xb5\x62")
# Recorded logs carry comments that no receiver sends; binary messages hold other bytes as well.
_COMMENT = re.compile(rb"#[\t\x20-\x7e]*\r?\n?")


def received(log: Iterable[bytes], receiver: Receiver) -> Iterator[Fix]:
    """What the firmware makes of a log's lines."""
    for line in log:
        if not _COMMENT.fullmatch(line):
            yield from receiver.feed(line)
    yield from receiver.flush()


def may_be_log(data: bytes) -> bool:
    """Whether there is anything in it that a receiver's sentence or message begins with."""
    return any(beginning in data for beginning in _BEGINNINGS)


def read_log(data: bytes, into: Gathering) -> bool:
    """Take every fix with a position; False where there is not one sound sentence or message.

    Dates are left as they were recorded.
    """
    receiver = Receiver()
    log = io.BytesIO(data)
    count = 0
    for fix in received(iter(lambda: log.readline(LINE_BYTES_MAX), b""), receiver):
        count += 1
        _take(fix, f"fix {count}", into)
    for reason, damaged in receiver.rejected.items():
        into.ignore(reason, damaged)
    return count > 0 or any(receiver.skipped.values())


def _take(fix: Fix, where: str, into: Gathering) -> None:
    if fix.lat_e7 is None or fix.lon_e7 is None or not fix.valid:
        into.leave_out(SAID_INVALID, where)
    elif not fix.time_resolved:
        into.leave_out(NO_TIME, where)
    else:
        instant = EPOCH + timedelta(seconds=fix.time_s, milliseconds=fix.ms)
        accuracy_m = None if fix.a95_dm == A95_DM_MAX else fix.a95_dm / 10
        point = Point(
            0,
            fix.lat_e7,
            fix.lon_e7,
            accuracy_m,
            speed_m_s=fix.speed_cm_s / 100,
            course_deg=fix.course * 360 / 256,
        )
        measured_by = None if accuracy_m is None else "the receiver, as the firmware reads it"
        into.add(Dated(where, str(instant), Reading(instant, instant)), point, measured_by)
