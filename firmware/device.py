"""A device: a board, and what runs on it. The loop; what it carries is judged in unit.py."""

import gc
import os
import sys

from firmware.backoff import Backoff
from firmware.enrol import Enrolment
from firmware.gnss.receiver import Receiver
from firmware.identity import load
from firmware.link import DISCONNECTED, Link
from firmware.modem import ASK, read
from firmware.mqtt import CONNECTED, MESSAGE, Client
from firmware.storage import open_journal, open_settings
from firmware.unit import Unit
from firmware.utc import NEVER_MS
from protocol import topics
from protocol.contact import keep_alive_s
from protocol.enrolment import BRACELET
from protocol.record import ASKED, EXCEPTION, POWER_ON
from protocol.seal import login

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any  # MicroPython has none

    from firmware.boards.unix import Board

_PAUSE_MS = 2_000  # a receiver speaks every second; after this what it had begun to say is old


class Device:
    """A board with what runs on it. `broker`: "host:port", or "user:password@host:port"; without
    these the unit logs in by its name and a password that it works out from its key."""

    def __init__(self, board: "Board", broker: str) -> None:
        self._board = board
        self._broker = broker
        self.settings = open_settings(board.flash)
        self._enrolment = Enrolment(self.settings, board.role)
        self._receiver = Receiver(board.past_s)
        self._unit: Unit | None = None
        self._gnss_on = self._lit = False
        self._gnss_heard_ms = 0
        self._fed_ms = 0
        self._announced = False
        self._on = True

    def start(self, cause: int) -> None:
        """Become the unit that the settings say this is, if it is enrolled."""
        identity = load(self.settings)
        if identity is None:
            self._board.say("not enrolled")
            return
        journal = open_journal(self._board.flash, self.settings, identity)
        given, _, address = self._broker.rpartition("@")
        user, _, password = given.partition(":")
        if not given:
            user, password = identity.unit, login(identity.key, identity.unit, identity.epoch)
        host, _, port = address.rpartition(":")
        will = (topics.status(identity.unit), b"0")
        keep_alive = keep_alive_s(identity.role == BRACELET)
        down = (topics.down(identity.unit),)
        self._client = Client(identity.unit, down, will, user, password, keep_alive)
        self._link = Link(self._client, host, int(port), Backoff(_below), self._board.poll)
        self._unit = Unit(identity, self.settings, journal, cause, self._board.now_ms())
        self._board.say("unit %s epoch %d" % (identity.unit, identity.epoch))

    def run(self) -> None:
        """Until the power goes."""
        while self._on:
            self._round()

    def _round(self) -> None:
        board, unit = self._board, self._unit
        due_ms, link_due_ms = NEVER_MS, NEVER_MS
        if unit:
            due_ms, link_due_ms = unit.due_ms, self._link.due_ms
        for event in board.wait(due_ms, link_due_ms):
            self._happened(event)
        if unit and unit is self._unit:
            now_ms = board.now_ms()
            if now_ms >= unit.due_ms:
                unit.tick(now_ms)
            if unit.despairs():
                self._link.stop(board.real_ms())
            self._exchange(unit)
        # The watchdog: only here, when the whole loop has gone round, and only while the time goes
        # on. If it went back nothing would be due for as long; a restart ends that.
        now_ms = board.now_ms()
        if now_ms >= self._fed_ms:
            self._fed_ms = now_ms
            board.feed()

    def _happened(self, event: "tuple[Any, ...]") -> None:
        """What the board noticed."""
        kind = event[0]
        if kind == "serial":
            self._board.answer(self._enrolment.feed(event[1], os.urandom(32)))
            if self._enrolment.adopted:
                self._enrolment.adopted = False
                self._end()
                self.start(ASKED)
        elif kind == "pin" and event[1] == "factory":
            if event[2]:
                self._enrolment.open()
        elif kind == "stop":
            self._end()
            self._board.off()
            self._on = False
        elif kind == "off":
            self._on = False
        elif kind == "garbled":
            self._board.say("line not understood")
        elif self._unit:
            self._sensed(event, self._unit, self._board.now_ms())

    def _sensed(self, event: "tuple[Any, ...]", unit: Unit, now_ms: int) -> None:
        kind = event[0]
        if kind == "gnss":
            if self._gnss_on:
                self._heard(event[1], unit, now_ms)
        elif kind == "modem":
            fix = read(event[1])
            if fix:
                unit.located(fix, now_ms)
        elif kind == "pin":
            unit.pin(event[1], event[2], now_ms)
        elif kind == "battery":
            unit.battery(event[1], now_ms)
        elif kind == "motion":
            unit.motion(bool(event[1]), now_ms)
        else:
            unit.silence(now_ms)

    def _heard(self, data: bytes, unit: Unit, now_ms: int) -> None:
        """Bytes of the receiver. An epoch that it left unfinished, or that was cut when it was
        switched off, is not handed out as news at its next word."""
        if now_ms - self._gnss_heard_ms > _PAUSE_MS:
            self._receiver.flush()
        self._gnss_heard_ms = now_ms
        self._receiver.reference_s = max(self._board.past_s, unit.host_s(now_ms))
        for fix in self._receiver.feed(data):
            unit.gnss(fix, now_ms)

    def _exchange(self, unit: Unit) -> None:
        """Hear and say over the link whatever can be now, and let the wearer feel it."""
        sent = True
        while sent:
            for event in self._link.step(self._board.real_ms()):
                self._linked(event, unit)
            self._show(unit)
            sent = self._send(unit)

    def _linked(self, event: "tuple[Any, ...]", unit: Unit) -> None:
        """What came over the link."""
        if event[0] == MESSAGE:
            unit.command(event[2], self._board.now_ms())
        elif event[0] == CONNECTED:
            self._announced = False
            unit.connected(self._board.now_ms())
            self._board.say("connected")
        elif event[0] == DISCONNECTED:
            self._board.say("disconnected %s" % event[1])

    def _show(self, unit: Unit) -> None:
        """Let the wearer feel it before anything is sent that says so."""
        while unit.signals:
            self._board.feel(unit.signals.pop(0))
        if unit.covered != self._lit:
            self._lit = unit.covered
            self._board.light(self._lit)
        if unit.gnss_wanted != self._gnss_on:
            self._gnss_on = unit.gnss_wanted
            self._board.gnss(self._gnss_on)
        if unit.asks():
            self._board.modem(ASK)

    def _send(self, unit: Unit) -> bool:
        """Hand one message to the link, if it has room. Returns whether there was one."""
        if not (self._client.online and self._client.room):
            return False
        if not self._announced:
            self._client.publish(topics.status(unit.id), b"1", True)
            self._announced = True
            return True
        message = unit.outbox(self._board.now_ms())
        if message is not None:
            self._client.publish(topics.up(unit.id), message)
        return message is not None

    def _end(self) -> None:
        """The unit ends cleanly."""
        if self._unit:
            self._unit.stop()
            if self._client.online and self._client.room:  # a clean end keeps the will from it
                self._client.publish(topics.status(self._unit.id), b"0", True)
            self._link.stop(self._board.real_ms())
            refused = (self._unit.counters, self._receiver.rejected, self._link.counters)
            self._board.say("refused %s %s %s" % refused)
            gc.collect()
            self._board.say("heap %d of %d" % (gc.mem_alloc(), gc.mem_alloc() + gc.mem_free()))
            self._unit = None


def _below(n: int) -> int:
    """A random integer from 0 to n - 1."""
    return int.from_bytes(os.urandom(4), "little") % n


def run(board: "Board", broker: str) -> int:
    """Run until the power goes. Returns the exit status, where the board has one."""
    device = Device(board, broker)
    cause = board.reset_cause()
    if cause == POWER_ON and device.settings.get("exception"):
        cause = EXCEPTION
    try:
        device.start(cause)
        board.ready()
        device.run()
    except Exception as error:
        sys.print_exception(error, sys.stderr)  # type: ignore[arg-type]
        device.settings.put("exception", type(error).__name__)
        device.settings.put("clean", 0)
        return 1
    return 0
