"""A GNSS receiver's bytes in, fixes out: finds NMEA sentences and UBX messages in one stream."""

from firmware.gnss.epoch import Epochs
from firmware.gnss.fix import Fix, Rejected
from firmware.gnss.nmea import parse
from firmware.gnss.ubx import Navigation, fletcher

# The longest frame that is waited for: room for NAV-SAT and for proprietary sentences. Longer
# ones, and lengths that noise makes up, are given up as an overrun.
FRAME_BYTES_MAX = 1024

ROLLOVER_S = 1024 * 7 * 86400  # GPS week numbers have 10 bits
_AHEAD_S = 5 * 365 * 86400  # by so much the present may be beyond a reference

_DOLLAR = 0x24
_SYNC_1 = 0xB5
_SYNC_2 = 0x62
_UBX_EXTRA = 8  # sync 2, class, id, length 2, checksum 2
_LINE_ENDS = (0x0D, 0x0A)


class Receiver:
    """Feed it bytes as they come, cut anywhere: the fixes are the same.

    rollover_reference_s: a time (seconds since 1970) that is surely past, such as the firmware's
    build. A date before `reference_s`, which is that or, where it is known, about the present, is
    moved by 1024 weeks at a time to where it is nearest to it. What is past even so, or lies years
    ahead, is no date. None for recorded logs.

    rejected: {reason: count} of what was damaged or absurd ("noise_bytes" counts bytes)
    skipped: {"nmea": count, "ubx": count} of sound frames that say nothing about the position
    """

    def __init__(self, rollover_reference_s: int | None = None) -> None:
        self.rejected: dict[str, int] = {}
        self.skipped = {"nmea": 0, "ubx": 0}
        self.reference_s = self._past_s = rollover_reference_s or 0
        self._epochs = Epochs()
        self._navigation = Navigation()
        self._last: tuple[int, int] | None = None
        # The frame begun so far is _buffer[:_size]; of it, _seen bytes have been looked at.
        self._buffer = bytearray(FRAME_BYTES_MAX)
        self._size = 0
        self._seen = 0
        self._expected = 0

    def feed(self, data: bytes) -> list[Fix]:
        """Take bytes; returns the list of fixes that they complete."""
        fixes: list[Fix] = []
        for byte in data:
            self._buffer[self._size] = byte
            self._size += 1
            while self._seen < self._size:
                self._look(fixes)
        return self._delivered(fixes)

    def flush(self) -> list[Fix]:
        """The stream ends, or pauses between two bursts: returns the fixes that waited for more.

        A frame that is cut by it is lost.
        """
        fixes: list[Fix] = []
        while self._size:
            if self._buffer[0] == _DOLLAR:
                self._sentence(self._size, fixes)
            else:
                self._reject("ubx_cut")
                self._drop(1)
            while self._seen < self._size:
                self._look(fixes)
        self._navigation.flush(fixes)
        self._epochs.flush(fixes)
        return self._delivered(fixes)

    def _look(self, fixes: list[Fix]) -> None:
        """Look at one byte of the buffer, and take or drop what it completes."""
        at = self._seen
        byte = self._buffer[at]
        self._seen += 1
        if at > 0:
            if self._buffer[0] == _DOLLAR:
                self._look_nmea(at, byte, fixes)
            else:
                self._look_ubx(at, byte, fixes)
        elif byte not in (_DOLLAR, _SYNC_1):
            if byte not in _LINE_ENDS:
                self._reject("noise_bytes")
            self._drop(1)

    def _look_nmea(self, at: int, byte: int, fixes: list[Fix]) -> None:
        if byte == _DOLLAR or not 0x20 <= byte < 0x7F:
            self._sentence(at, fixes)
        elif self._seen == FRAME_BYTES_MAX:
            self._reject("nmea_overrun")
            self._drop(self._seen)

    def _look_ubx(self, at: int, byte: int, fixes: list[Fix]) -> None:
        if at == 1 and byte != _SYNC_2:
            self._reject("noise_bytes")
            self._drop(1)
        elif at == 5:
            self._expected = (self._buffer[4] | byte << 8) + _UBX_EXTRA
            if self._expected > FRAME_BYTES_MAX:
                self._reject("ubx_overrun")
                self._drop(1)
        elif at > 5 and self._seen == self._expected:
            self._message(fixes)

    def _sentence(self, end: int, fixes: list[Fix]) -> None:
        sentence = bytes(memoryview(self._buffer)[1:end])
        self._drop(end)
        try:
            parsed = parse(sentence)
        except Rejected as error:
            self._reject(error.args[0])
            return
        if parsed is None:
            self.skipped["nmea"] += 1
        elif not self._epochs.take(parsed[0], parsed[1], fixes):
            self._reject("nmea_no_time")

    def _message(self, fixes: list[Fix]) -> None:
        buffer, end = self._buffer, self._expected
        if fletcher(buffer, 2, end - 2) != buffer[end - 2] | buffer[end - 1] << 8:
            self._reject("ubx_checksum")
            self._drop(1)  # the length may be what is wrong: a sound frame may start within
            return
        payload = bytes(memoryview(buffer)[6 : end - 2])
        group, number = buffer[2], buffer[3]
        self._drop(end)
        try:
            if not self._navigation.take(group, number, payload, fixes):
                self.skipped["ubx"] += 1
        except Rejected as error:
            self._reject(error.args[0])

    def _drop(self, count: int) -> None:
        """Forget the first bytes, and look again at those that remain."""
        left = self._size - count
        for i in range(left):
            self._buffer[i] = self._buffer[i + count]
        self._size = left
        self._seen = 0

    def _reject(self, reason: str) -> None:
        self.rejected[reason] = self.rejected.get(reason, 0) + 1

    def _delivered(self, fixes: list[Fix]) -> list[Fix]:
        return [fix for fix in fixes if self._passes(fix)]

    def _passes(self, fix: Fix) -> bool:
        if fix.time_s and fix.time_s < self.reference_s:
            behind_s = self.reference_s - fix.time_s
            fix.time_s += (behind_s + ROLLOVER_S // 2) // ROLLOVER_S * ROLLOVER_S
            if not self._past_s <= fix.time_s < self.reference_s + _AHEAD_S:  # it was never set
                self._reject("time_before_reference")
                fix.time_s = fix.ms = 0
                fix.time_resolved = False
        if not (fix.valid and fix.time_resolved):
            return True
        instant = (fix.time_s, fix.ms)
        if instant == self._last:  # the receiver says it in NMEA and in UBX
            self._reject("duplicate_epoch")
            return False
        self._last = instant
        return True
