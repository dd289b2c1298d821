"""A unit that a test holds: its flash in memory, and the host's end of its two channels."""

from firmware.gnss.fix import THREE_D, Fix
from firmware.identity import Identity, adopt, load
from firmware.storage import open_journal, open_settings
from firmware.unit import Unit
from protocol import command, record
from protocol.enrolment import VICTIM
from protocol.seal import down_channel, up_channel
from simulator.parts.ram_flash import RamFlash

KEY = b"k" * 32
UTC_S = 1_700_000_000  # at the unit's millisecond 0


def beside_the_heap(size):
    """Memory for a flash: where the heap is a unit's, it has no room to play one as well."""
    try:
        import ffi
        import uctypes
    except ImportError:
        return bytearray(size)
    return uctypes.bytearray_at(ffi.open(None).func("P", "malloc", "L")(size), size)


FLASH = RamFlash(6 * 1024, 1024, cells=beside_the_heap(6 * 1024))


def enrolled(role, floor_s=5):
    """The flash of a unit that has just been enrolled."""
    for at in range(0, FLASH.size, FLASH.sector):
        FLASH.erase(at)
    adopt(open_settings(FLASH), Identity("U1", role, KEY, 1), floor_s)
    return FLASH


class HeldUnit:
    """`unit` between two restarts; `heard` is what it sent, each record once; `now_ms` its time."""

    def __init__(self, role=VICTIM, flash=None, cause=record.POWER_ON):
        self.flash = flash or enrolled(role)
        self.settings = open_settings(self.flash)
        identity = load(self.settings)
        self.journal = open_journal(self.flash, self.settings, identity)
        self.now_ms = 0
        self.unit = Unit(identity, self.settings, self.journal, cause, 0)
        self.up = up_channel(KEY, "U1", 1)
        self.down = down_channel(KEY, "U1", 1)
        self.number = UTC_S * 1000
        self.heard = []
        self.hear()

    def hear(self):
        """Take what the unit sends now, a message a list of records; newest record first."""
        self.unit.signals.clear()
        messages = []
        sent = self.unit.outbox(self.now_ms)
        while sent is not None:
            records = [record.decode(sealed, self.up) for sealed in record.split(sent)[0]]
            messages.append(records)
            known = {said.sequence for said in self.heard}
            self.heard += [said for said in reversed(records) if said.sequence not in known]
            sent = self.unit.outbox(self.now_ms)
        return messages

    def until(self, now_ms):
        """Let time pass, with all that falls due on the way."""
        while self.unit.due_ms <= now_ms:
            self.now_ms = max(self.now_ms, self.unit.due_ms)
            self.unit.tick(self.now_ms)
            self.hear()
        self.now_ms = now_ms

    def fix(self, now_ms, resolved=True, ahead_s=0):
        """A valid epoch of GNSS at that time, whose clock may be wrong; returns what is sent."""
        self.until(now_ms)
        fix = Fix()
        fix.lat_e7, fix.lon_e7, fix.a95_dm = 146349150, -905068820, 35
        fix.mode, fix.satellites, fix.valid = THREE_D, 9, True
        if resolved:
            fix.time_s, fix.ms, fix.time_resolved = UTC_S + now_ms // 1000, now_ms % 1000, True
            fix.time_s += ahead_s
        self.unit.gnss(fix, now_ms)
        return self.hear()

    def say(self, kind, *payload, flags=0, expires_s=UTC_S + 3600):
        """Send a command of that kind; returns what the unit sends back."""
        self.number = max(self.number + 1, UTC_S * 1000 + self.now_ms)
        self.send(kind(self.number, flags, expires_s, *payload))
        return self.hear()

    def send(self, said):
        self.unit.command(command.encode(said, self.down), self.now_ms)

    def answer(self, answered, lease_s=0, until_s=0, flags=0, shrink_pct=100, quiet_s=0):
        """Answer a message: everything up to `answered` is committed."""
        bitmap = (1 << min(answered, 64)) - 1
        what = (answered, bitmap, answered, lease_s, until_s, shrink_pct, quiet_s)
        return self.say(command.Answer, *what, flags=flags)

    def codes(self):
        """(code, raised, detail) of all events heard so far."""
        events = [said for said in self.heard if isinstance(said, record.Event)]
        return [(said.code, said.raised, said.detail) for said in events]
