"""The Unix port as a board: what a real one has as hardware is lines on stdin and stdout here.

A board is what firmware/device.py needs of one:

    role                what the hardware is built as, "bracelet" or "victim"
    flash               see firmware/flash.py
    poll                what `wait` waits with; the link registers its socket there
    past_s              a time (UTC) that is surely past: GNSS dates before it have rolled over
    reset_cause()       Boot.cause of protocol/record.py, asked once; the watchdog runs from then on
    feed()              the watchdog
    now_ms()            the unit's own milliseconds, which neither go back nor wrap, however long
                        it runs (firmware/boards/clock.py); here they may run faster than
    real_ms()           real ones, which the link lives by
    wait(due_ms, link_due_ms)   what happened, a list of tuples, as soon as something does; at the
                        latest when it is due in either of the two, or the watchdog must be fed
    gnss(wanted)        the receiver's power
    modem(command)      an AT command to the modem
    light(on)           her unit's quiet light: something is promised to its wearer
    feel(signal)        haptics and screen: a signal of firmware/alerts.py
    answer(line)        onto the serial cable
    say(text)           a line of the log; never a position
    ready()             it heeds what happens from now on
    off()               the power is switched off: a clean end

Lines in, each a tuple of `wait`: `gnss <hex>`, `pin <strap|case|panic|factory> <0|1>` (1 is open,
cut or pressed), `battery <pct>`, `motion <0|1>`, `modem <line of the modem's>`, `silence`, `stop`.
Beside them ("serial", line) from the cable, ("garbled",) for a line that is none of these, and
("off",) at the end of stdin, when the power is gone. Lines out: `ready`,
`feel <pattern> <level> <text> <warning id>`, `silenced` (whatever was felt has ended),
`light <0|1>`, `modem <AT command>` and `say <words>`.
"""

import os
import select
import termios
import time
from binascii import unhexlify

import ffi

from firmware.alerts import STILL
from firmware.boards.clock import Clock
from firmware.boards.file_flash import FileFlash
from protocol.record import POWER_ON, WATCHDOG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any  # MicroPython has none

FLASH_BYTES = 1 << 20  # ten days at a fix a minute need 940 kB
WATCHDOG_S = 30
WATCHDOG_STATUS = 70  # the exit status of a run that it ended
PAST_S = 1_767_225_600  # 2026-01-01
PINS = ("strap", "case", "panic", "factory")

_STDIN = 0
_SIGALRM = 14
_READ_BYTES = 512
_LINE_BYTES_MAX = 4096

_libc = ffi.open(None)
_read = _libc.func("i", "read", "iPI")
_alarm = _libc.func("I", "alarm", "I")
_signal = _libc.func("P", "signal", "iC")
_rename = _libc.func("i", "rename", "ss")
_exit = _libc.func("v", "_exit", "i")


class Board:
    """Made from {"role", "flash": path, "serial": path of a terminal or null, "clock":
    {"epoch_ms", "speed"}, "watchdog_s"}; the last three may be missing."""

    def __init__(self, config: "dict[str, Any]") -> None:
        clock = config.get("clock") or {}
        self.role = config["role"]
        self.flash = FileFlash(config["flash"], FLASH_BYTES)
        self.past_s = clock["epoch_ms"] // 1000 - 86400 if "epoch_ms" in clock else PAST_S
        self.poll = select.poll()
        self._speed = clock.get("speed", 1)
        self._clock = Clock(time.ticks_ms, time.ticks_diff)
        self._stdin = _Lines(_STDIN, self.poll)
        self._cable: Any = None
        if config.get("serial"):
            self._cable = open(config["serial"], "r+b")
            termios.setraw(self._cable.fileno())
            self._cable_lines = _Lines(self._cable.fileno(), self.poll)
        self._watchdog_s = config.get("watchdog_s", WATCHDOG_S)
        self._wait_max_ms = self._watchdog_s * 1000 // 3  # so that it is fed often enough
        self._running = config["flash"] + ".running"
        self._starved = config["flash"] + ".starved"
        self._bite = ffi.callback("v", self._end_starved, "i")

    # Supervision. SIGALRM ends the process whatever it does, and leaves a marker beside the
    # flash, where a chip has a register.

    def reset_cause(self) -> int:
        """Why this run began; the watchdog runs from now on."""
        starved = _take_away(self._starved)
        open(self._running, "w").close()
        _signal(_SIGALRM, self._bite)
        self.feed()
        return WATCHDOG if starved else POWER_ON

    def feed(self) -> None:
        """All is well for the next `watchdog_s` seconds, real ones."""
        _alarm(self._watchdog_s)

    def _end_starved(self, _: int) -> None:
        _rename(self._running, self._starved)  # nothing here may need memory
        _exit(WATCHDOG_STATUS)

    def off(self) -> None:
        """A clean end."""
        _alarm(0)
        _take_away(self._running)
        self.flash.close()

    # What comes in

    def real_ms(self) -> int:
        """Milliseconds since the start."""
        return self._clock.ms()

    def now_ms(self) -> int:
        """The same, as fast as the clock is set to run."""
        return int(self.real_ms() * self._speed)

    def wait(self, due_ms: int, link_due_ms: int) -> "list[tuple[Any, ...]]":
        """What happened; waits for it until either time is due."""
        wait_ms = min((due_ms - self.now_ms()) / self._speed, link_due_ms - self.real_ms())
        events: list[tuple[Any, ...]] = []
        for polled in self.poll.poll(int(max(0, min(wait_ms, self._wait_max_ms)) + 0.999)):
            if polled[0] == _STDIN:
                events += [_event(line) for line in self._stdin.read()]
                if self._stdin.ended:
                    events.append(("off",))
            elif self._cable and polled[0] == self._cable.fileno():
                events += [("serial", line) for line in self._cable_lines.read()]
        return events

    # What goes out

    def gnss(self, wanted: bool) -> None:
        """The receiver's power; what it says without is not heard."""
        self.say("gnss on" if wanted else "gnss off")

    def modem(self, command: str) -> None:
        """An AT command."""
        print("modem", command)

    def light(self, on: bool) -> None:
        """Her unit's quiet light."""
        print("light %d" % on)

    def feel(self, signal: tuple[int, int, int, int]) -> None:
        """What the wearer feels."""
        print("silenced" if signal[0] == STILL else "feel %d %d %d %016x" % signal)

    def answer(self, line: bytes) -> None:
        """Onto the serial cable, if the far end is still there."""
        try:
            self._cable.write(line)
        except OSError:
            self.say("cable unplugged")

    def ready(self) -> None:
        """All of these are being heeded from now on."""
        print("ready")

    def say(self, text: str) -> None:
        """A line of the log."""
        print("say", text)


class _Lines:
    """Cuts what a descriptor has to read into lines, without ever waiting for one."""

    def __init__(self, descriptor: int, poll: "select.poll") -> None:
        self.ended = False
        self._descriptor = descriptor
        self._poll = poll
        self._begun = b""
        self._buffer = bytearray(_READ_BYTES)
        poll.register(descriptor, select.POLLIN)

    def read(self) -> list[bytes]:
        """The lines that are complete now, without their ends."""
        size = _read(self._descriptor, self._buffer, _READ_BYTES)
        if size <= 0:  # the other end is gone
            self.ended = True
            self._poll.unregister(self._descriptor)
            return []
        lines = (self._begun + bytes(memoryview(self._buffer)[:size])).split(b"\n")
        self._begun = lines.pop()[:_LINE_BYTES_MAX]
        return lines


def _event(line: bytes) -> "tuple[Any, ...]":
    """What a line on stdin means."""
    try:
        words = line.decode().split()
        kind = words[0]
        if kind == "gnss":
            return kind, unhexlify(words[1])
        if kind == "pin" and words[1] in PINS:
            return kind, words[1], int(words[2] == "1")
        if kind in ("battery", "motion"):
            return kind, int(words[1])
        if kind == "modem":
            return kind, " ".join(words[1:])
        if kind in ("silence", "stop"):
            return (kind,)
    except (ValueError, IndexError):
        pass
    return ("garbled",)


def _take_away(path: str) -> bool:
    """Remove a marker. Returns whether it was there."""
    try:
        os.remove(path)
    except OSError:
        return False
    return True
