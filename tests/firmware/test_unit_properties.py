"""Laws of the unit, whatever happens to it and in whatever order; and no bytes may upset it."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.enrol import Enrolment
from firmware.gnss.fix import Fix
from firmware.identity import Identity, adopt
from firmware.storage import open_journal, open_settings
from firmware.unit import Unit
from protocol import command, record
from protocol.enrolment import BRACELET, VICTIM, frame, unframe
from protocol.seal import down_channel, up_channel
from simulator.parts.ram_flash import RamFlash

KEY = bytes(range(32))
UTC_S = 1_780_000_000  # at the world's millisecond 0
FLOOR_S = 5
SECTOR_BYTES = 1024
PERSISTENT_S = UTC_S + 10**6


class World:
    """A unit, its flash, and a host that commits whatever reaches it but answers when told to."""

    def __init__(self, role: str) -> None:
        self.now_ms = 0
        self.flash = RamFlash(24 * SECTOR_BYTES, SECTOR_BYTES)
        self.identity = Identity("U1", role, KEY, 1)
        adopt(open_settings(self.flash), self.identity, FLOOR_S)
        self.up, self.down = up_channel(KEY, "U1", 1), down_channel(KEY, "U1", 1)
        self.number = UTC_S * 1000
        self.sent: dict[int, bytes] = {}
        self.committed: set[int] = set()
        self.unanswered: list[int] = []
        self.felt: list[int] = []
        self.said: list[bytes] = []
        self.start()

    def start(self) -> None:
        """Power on, with what the flash holds."""
        kept = open_settings(self.flash)
        self.journal = open_journal(self.flash, kept, self.identity)
        self.booted_ms = self.now_ms
        self.unit = Unit(self.identity, kept, self.journal, record.POWER_ON, 0)
        self.settle()

    @property
    def own_ms(self) -> int:
        return self.now_ms - self.booted_ms

    def wait(self, ms: int) -> None:
        end_ms = self.now_ms + ms
        while self.unit.due_ms + self.booted_ms <= end_ms:
            self.now_ms = max(self.now_ms, self.unit.due_ms + self.booted_ms)
            self.unit.tick(self.own_ms)
            self.settle()
            assert self.unit.due_ms > self.own_ms  # or a driver would spin
        self.now_ms = end_ms

    def settle(self) -> None:
        """Take all that comes out of the unit."""
        self.felt += [signal[3] for signal in self.unit.signals if signal[3]]
        self.unit.signals.clear()
        while (message := self.unit.outbox(self.own_ms)) is not None:
            parts = record.split(message)[0]
            sequences = [record.sequence_of(sealed) for sealed in parts]
            assert sequences == sorted(sequences, reverse=True)
            assert sequences[0] - sequences[-1] < 64
            for sealed, sequence in zip(parts, sequences, strict=True):
                assert self.sent.setdefault(sequence, sealed) == sealed  # never used twice
                said: Any = record.decode(sealed, self.up)
                if isinstance(said, record.Tombstone):
                    buried = [n for n in self.sent if said.first <= n <= said.last]
                    assert self.committed.issuperset(buried)
                    self.committed.update(range(said.first, said.last + 1))
            self.committed.update(sequences)
            self.unanswered.append(sequences[0])

    def fix(self, valid: bool) -> None:
        fix = Fix()
        if valid:
            fix.lat_e7, fix.lon_e7, fix.a95_dm, fix.valid = 1, 2, 30, True
            fix.time_s, fix.ms = divmod(UTC_S * 1000 + self.now_ms, 1000)
            fix.time_resolved = True
        self.unit.gnss(fix, self.own_ms)

    def answer(self, which: int, lease_s: int) -> None:
        """Answer one of the messages that no answer named yet, or none where there is none."""
        if not self.unanswered:
            return
        answered = self.unanswered.pop(which % len(self.unanswered))
        watermark = next(n for n in range(1 << 20) if n + 1 not in self.committed)
        bitmap = sum(1 << i for i in range(64) if answered - i in self.committed)
        self.tell(command.Answer, watermark, bitmap, answered, lease_s, PERSISTENT_S, 50, 0)

    def tell(self, kind: Any, *payload: int, late: bool = False) -> None:
        self.number += 1
        expires_s = UTC_S - 1 if late else PERSISTENT_S
        self.said.append(command.encode(kind(self.number, 0, expires_s, *payload), self.down))
        self.unit.command(self.said[-1], self.own_ms)

    def warn(self, warning_id: int, late: bool) -> None:
        what = (warning_id, command.ALERT, command.PATTERN_URGENT, 1)
        self.tell(command.Warning, *what, late=late)

    def replay(self, which: int) -> None:
        if self.said:
            self.unit.command(self.said[which % len(self.said)], self.own_ms)


SMALL = st.integers(0, 9)
ACTIONS = st.one_of(
    st.tuples(st.just("fix"), st.booleans()),
    st.tuples(st.just("answer"), SMALL, st.sampled_from((0, 5, 30, 120, 600))),
    st.tuples(st.just("warn"), st.integers(1, 4), st.booleans()),
    st.tuples(st.just("replay"), SMALL),
    st.tuples(st.just("pin"), st.sampled_from(("strap", "case", "panic")), st.integers(0, 1)),
    st.tuples(st.just("battery"), st.integers(0, 100)),
    st.tuples(st.just("motion"), st.booleans()),
    st.tuples(st.just("silence")),
    st.tuples(st.just("clear"), SMALL, st.integers(0, 255)),
    st.tuples(st.just("noise"), st.binary(max_size=70)),
    st.tuples(st.just("restart")),
)
PAUSES_MS = st.sampled_from((0, 200, 1_000, 6_000, 31_000, 70_000))


def act(world: World, action: tuple[Any, ...]) -> None:
    match action:
        case ("fix", valid):
            world.fix(valid)
        case ("answer", which, lease_s):
            world.answer(which, lease_s)
        case ("warn", warning_id, late):
            world.warn(warning_id, late)
        case ("replay", which):
            world.replay(which)
        case ("pin", name, value):
            world.unit.pin(name, value, world.own_ms)
        case ("battery", pct):
            world.unit.battery(pct, world.own_ms)
        case ("motion", moving):
            world.unit.motion(moving, world.own_ms)
        case ("silence",):
            world.unit.silence(world.own_ms)
        case ("clear", delivery_id, code):
            world.tell(command.ClearLatch, delivery_id, code)
        case ("noise", data):
            world.unit.command(data, world.own_ms)
        case ("restart",):
            world.start()
    world.settle()


LIVES = st.lists(st.tuples(PAUSES_MS, ACTIONS), max_size=60)
ROLES = st.sampled_from((BRACELET, VICTIM))


@settings(max_examples=60, deadline=None)
@given(ROLES, LIVES)
def test_every_record_reaches_a_host_that_answers_and_each_warning_is_felt_once(
    role: str, life: list[tuple[int, tuple[Any, ...]]]
) -> None:
    world = World(role)
    for pause_ms, action in life:
        world.wait(pause_ms)
        act(world, action)
    assert len(world.felt) == len(set(world.felt))
    # The host comes back, and the sky with it. Latest first, it answers all that it hears.
    for _ in range(40):
        world.wait(6_000)
        world.fix(valid=True)
        world.settle()
        while world.unanswered:
            world.answer(-1, 0)
            world.settle()
    assert world.journal.backlog == 0
    assert world.committed >= set(range(1, max(world.sent) + 1))


@settings(max_examples=60, deadline=None)
@given(ROLES, LIVES)
def test_it_sleeps_only_on_the_answer_to_its_newest_report(
    role: str, life: list[tuple[int, tuple[Any, ...]]]
) -> None:
    """Moving, without answers, it reports within a floor and a second of GNSS, whatever else
    happened."""
    world = World(role)
    for pause_ms, action in life:
        if action[0] != "answer":
            world.wait(pause_ms)
            act(world, action)
    world.unit.motion(True, world.own_ms)
    world.wait(1_000)
    world.fix(valid=True)
    world.settle()
    for _ in range(3):
        made = max(world.sent)
        for _ in range(FLOOR_S + 1):
            world.wait(1_000)
            assert world.unit.gnss_wanted
            world.fix(valid=True)
            world.settle()
        news = [record.decode(world.sent[n], world.up) for n in world.sent if n > made]
        assert any(isinstance(said, record.Fix) for said in news)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=6))
def test_no_line_upsets_enrolment(lines: list[bytes]) -> None:
    kept = open_settings(RamFlash(6 * 512, 512))
    enrolment = Enrolment(kept, VICTIM)
    for line in lines:
        assert unframe(enrolment.feed(line, KEY))[0] == "ERROR"
        text = line.decode("latin-1").replace("\n", " ")
        assert unframe(enrolment.feed(frame(text), KEY))[0] in ("ERROR", "UNIT")
    assert not enrolment.adopted
