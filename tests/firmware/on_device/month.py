"""A month of a unit's life: the real board's code, loop, link and core, each day told on stdout.

Time is virtual, and so are the receiver and the broker with the host behind it. The host grants
leases of an hour, and warns at each noon; after DAYS days it falls silent, and once the wearer has
felt that she is not covered any more, the loop stops.
"""

import errno
import gc
import time
from binascii import hexlify

from firmware import link
from firmware.alerts import TEXT_NO_COVER
from firmware.boards import unix
from firmware.boards.file_flash import FileFlash
from firmware.device import run
from firmware.identity import Identity, adopt
from firmware.storage import open_settings
from protocol import command, record
from protocol.clock import DAY_S, utc_seconds
from protocol.enrolment import VICTIM
from protocol.seal import down_channel, up_channel

KEY = b"k" * 32
NOON_S = utc_seconds(2026, 3, 28, 12, 0, 0)  # when the unit is switched on
DAY_MS = DAY_S * 1000
DAYS = 30
LEASE_S = 3600
PROMISE_S = LEASE_S + 120
WATCHDOG_S = 180
TICKS_MAX = time.ticks_add(0, -1)  # after which they begin anew


def epoch(at_s):
    """What the receiver says at that second."""
    year, month, day, hour, minute, second = time.gmtime(NOON_S + at_s)[:6]
    clock, date = "%02d%02d%02d" % (hour, minute, second), "%02d%02d%02d" % (day, month, year % 100)
    said = b""
    for body in (
        "GPRMC,%s,A,1438.0949,N,09030.4124,W,1.0,,%s,,," % (clock, date),
        "GPGSA,A,3,31,16,29,,,,,,,,,,7.3,0.9,1.0",
    ):
        checksum = 0
        for byte in body.encode():
            checksum ^= byte
        said += b"$%s*%02X\r\n" % (body.encode(), checksum)
    return said


class World:
    """What lies around the board, in place of the modules `time`, `select` and `socket`."""

    POLLIN = SOCK_STREAM = 1
    ticks_diff = staticmethod(time.ticks_diff)

    def __init__(self, before_wrap_ms):
        self.ms = 0
        self.receiver_on = False
        self.hangs = False
        self.starves_ms = 0  # when the watchdog bites
        self.starve = None
        self.host = Host(self)
        self._to_unit = b""
        self._first_tick = TICKS_MAX + 1 - before_wrap_ms

    def ticks_ms(self):
        return (self._first_tick + self.ms) & TICKS_MAX

    def alarm(self, seconds):
        self.starves_ms = self.ms + seconds * 1000

    # The poller

    def poll(self, wait_ms=None):
        """Without a time it is made; with one it waits, until something happens."""
        if wait_ms is None:
            return self
        if self._to_unit:
            return [(self, self.POLLIN)]
        self.ms = min(self.ms + wait_ms, self._next_ms())
        if self.hangs:
            self.ms = self.starves_ms
        if self.ms >= self.starves_ms:
            self.starve(0)
        if self.ms == self.host.warns_ms:
            self.host.warn()
        return [(0, self.POLLIN)] if self.receiver_on and self.ms % 1000 == 0 else []

    def _next_ms(self):
        if self.receiver_on:
            return min(self.ms // 1000 * 1000 + 1000, self.host.warns_ms)
        return self.host.warns_ms

    def read(self, _descriptor, buffer, _size):
        """Standard input: the receiver's word at a whole second."""
        line = b"gnss " + hexlify(epoch(self.ms // 1000)) + b"\n"
        buffer[: len(line)] = line
        return len(line)

    def register(self, *_):
        pass

    unregister = modify = setblocking = setsockopt = connect = register

    # The socket, with the broker at its other end

    def getaddrinfo(self, *_):
        return [(2, 1, 6, "", None)]

    def socket(self, *_):
        return self

    def close(self):
        self._to_unit = b""

    def recv(self, _size):
        if not self._to_unit:
            raise OSError(errno.EAGAIN)
        data, self._to_unit = self._to_unit, b""
        return data

    def send(self, packet):
        kind = packet[0] >> 4
        if kind == 1:  # CONNECT
            self._to_unit += b"\x20\x02\x00\x00"
        elif kind == 8:  # SUBSCRIBE
            self._to_unit += b"\x90\x03" + packet[2:4] + b"\x01"
        elif kind == 12:  # PINGREQ
            self._to_unit += b"\xd0\x00"
        elif kind == 3:  # PUBLISH
            at = 2 + (packet[1] >> 7)
            end = at + 2 + packet[at + 1]
            self._to_unit += b"\x40\x02" + packet[end : end + 2]
            if packet[at + 2 : at + 4] == b"up":
                self.host.hear(bytes(packet[end + 2 :]))
        return len(packet)

    def deliver(self, sealed):
        self._to_unit += b"\x30\x45\x00\x07down/U1" + sealed


class Host:
    """The centre: answers each message, and counts what came since its last warning."""

    def __init__(self, world):
        self.warns_ms = DAY_MS
        self._world = world
        self._up = up_channel(KEY, "U1", 1)
        self._down = down_channel(KEY, "U1", 1)
        self._number = 0
        self._promised_ms = self._reported_s = 0
        self._reports = self._late_s = self._felt = self._receipts = self._uncovered = 0

    def hear(self, message):
        answered = 0
        for sealed in record.split(message)[0]:
            said = record.decode(sealed, self._up)
            answered = max(answered, said.sequence)
            if isinstance(said, record.Fix):
                self._report(said.time_s - NOON_S)
            elif isinstance(said, record.Receipt):
                self._receipts += 1
            elif isinstance(said, record.Event) and said.code == record.NO_COVER:
                self._uncovered += said.raised
        if self._world.ms < DAYS * DAY_MS:
            until_s = self._world.ms // 1000 + PROMISE_S
            self._promised_ms = until_s * 1000
            every = (1 << min(answered, 64)) - 1
            what = (answered, every, answered, LEASE_S, NOON_S + until_s, 100, 0)
            self._say(command.Answer, *what)

    def _report(self, at_s):
        if self._reports:
            self._late_s = max(self._late_s, at_s - self._reported_s - LEASE_S)
        self._reports += 1
        self._reported_s = at_s

    def warn(self):
        """It is noon: tell of the day before, then warn."""
        gc.collect()
        told = (self._reports, self._late_s, self._felt, self._receipts, self._uncovered)
        heap = gc.mem_alloc()
        print("reports %d late_s %d felt %d receipts %d uncovered %d" % told, "heap", heap)
        self._reports = self._late_s = self._felt = self._receipts = self._uncovered = 0
        self.warns_ms += DAY_MS
        self._say(command.Warning, self._world.ms, command.ALERT, command.PATTERN_URGENT, 5)

    def _say(self, kind, *payload):
        now_ms = NOON_S * 1000 + self._world.ms
        self._number = max(self._number + 1, now_ms)
        said = kind(self._number, 0, now_ms // 1000 + 60, *payload)
        self._world.deliver(command.encode(said, self._down))

    def felt(self, text, warning_id):
        """What the wearer feels; a warning's id is the moment when it was sent."""
        if text == TEXT_NO_COVER:
            print("no cover", self._world.ms - self._promised_ms)
            self._world.hangs = True
        elif warning_id:
            self._felt += warning_id == self._world.ms


class Board(unix.Board):
    """The Unix board, with the receiver's power and the wearer in the world's hands."""

    world = None

    def gnss(self, wanted):
        self.world.receiver_on = wanted

    def feel(self, signal):
        self.world.host.felt(signal[2], signal[3])


def live(path, before_wrap_ms):
    """All of it, in a process that the watchdog ends. `path`: where its flash is to be."""
    world = Board.world = World(before_wrap_ms)
    unix.time = unix.select = link.socket = world
    unix._read, unix._alarm = world.read, world.alarm
    flash = FileFlash(path, unix.FLASH_BYTES)
    adopt(open_settings(flash), Identity("U1", VICTIM, KEY, 1), 5)
    flash.close()
    board = Board({"role": VICTIM, "flash": path, "watchdog_s": WATCHDOG_S})
    world.starve = board._end_starved
    run(board, "broker:1883")
