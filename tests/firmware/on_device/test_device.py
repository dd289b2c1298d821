"""The device's loop on a board that plays a script, down to the receiver's bytes."""

import select

from firmware.device import Device
from protocol import command, record
from protocol.clock import utc_seconds
from protocol.enrolment import VICTIM
from protocol.seal import down_channel, up_channel
from tests.firmware.on_device.held_unit import KEY, enrolled

NOON_S = utc_seconds(2026, 3, 28, 12, 0, 0)  # at the unit's millisecond 0


def sentence(body):
    checksum = 0
    for byte in body.encode():
        checksum ^= byte
    return ("$%s*%02X\r\n" % (body, checksum)).encode()


def begun(second):
    """An epoch's first sentence."""
    at_s = 12 * 3600 + second
    clock = "%02d%02d%02d.00" % (at_s // 3600, at_s // 60 % 60, at_s % 60)
    return sentence("GPRMC," + clock + ",A,1438.0949,N,09030.4124,W,1.0,,280326,,,")


def epoch(second):
    return begun(second) + sentence("GPGSA,A,3,31,16,29,,,,,,,,,,7.3,0.9,1.0")


class Board:
    """Each step of the script is what happens at a second: bytes of the receiver, or a call.

    The receiver is on from the first step on.
    """

    role = VICTIM
    past_s = NOON_S - 86400

    def __init__(self, *script):
        self.flash = enrolled(VICTIM)
        self.poll = select.poll()
        self.gnss_on = False
        self.done = []  # what the device did, in its order
        self._script = list(script)
        self._now_ms = 0
        self.device = Device(self, "127.0.0.1:9")
        self.device.start(record.POWER_ON)

    def run(self):
        """Play the script, then switch off. Returns the records made, oldest first."""
        try:
            self.device.run()
        finally:
            journal = self.device._unit._journal
            sealed = sorted(journal.pending(), key=record.sequence_of)
        channel = up_channel(KEY, "U1", 1)
        return [record.decode(one, channel) for one in sealed]

    def wait(self, due_ms, link_due_ms):
        self.done.append("wait")
        if not self._script:
            return [("off",)]
        if due_ms < self._script[0][0] * 1000:  # else time would leap over what is due
            self._now_ms = max(self._now_ms, due_ms)
            return []
        second, happens = self._script.pop(0)
        self._now_ms = second * 1000
        return [("gnss", happens)] if isinstance(happens, bytes) else happens(self) or []

    def answer(self, answered, lease_s):
        now_s = NOON_S + self._now_ms // 1000
        what = (0, 0, answered, lease_s, now_s + 900, 100, 0)  # nothing leaves the journal
        said = command.Answer(now_s * 1000, 0, now_s + 60, *what)
        sealed = command.encode(said, down_channel(KEY, "U1", 1))
        self.device._unit.command(sealed, self._now_ms)

    def now_ms(self):
        return self._now_ms

    def real_ms(self):
        return self._now_ms

    def feed(self):
        self.done.append("feed")

    def modem(self, command):
        pass

    def light(self, on):
        pass

    def gnss(self, wanted):
        self.gnss_on = wanted

    def feel(self, signal):
        pass

    def say(self, text):
        pass


def fixes(records):
    return [said for said in records if isinstance(said, record.Fix)]


def test_an_epoch_cut_by_switching_gnss_off_is_not_told_at_the_next_wake_up():
    board = Board(
        (0, b""),
        (1, epoch(1)),
        (2, begun(2)),
        (2, lambda board: board.answer(2, 600)),
        (600, lambda board: asleep.append(not board.gnss_on)),
        (603, epoch(603)),
    )
    asleep = []
    made = fixes(board.run())
    assert asleep == [True]
    assert [fix.time_s - NOON_S for fix in made] == [1, 603]
    assert board.device._unit._utc.at(603_000) == (NOON_S + 603) * 1000


def test_an_epoch_cut_by_the_receivers_own_silence_is_not_told_later():
    board = Board((0, b""), (1, epoch(1)), (2, begun(2)), (20, epoch(20)))
    made = fixes(board.run())
    assert [fix.time_s - NOON_S for fix in made] == [1, 20]


def test_the_watchdog_is_fed_only_when_the_whole_loop_went_round():
    board = Board((0, b""), (0, lambda board: 1 // 0))
    try:
        board.run()
    except ZeroDivisionError:
        pass
    assert board.done == ["wait", "feed", "wait"]


def test_the_watchdog_is_not_fed_while_the_time_has_gone_back():
    def back(board):
        board._now_ms -= 2_000
        board.done.append("back")

    board = Board((9, b""), (10, back), (11, b""), (12, b""))
    board.run()
    assert board.done[board.done.index("back") :][:2] == ["back", "wait"]
    assert board.done[-3:] == ["feed", "wait", "feed"]
