"""The journal against an obvious model: a unit that appends, restarts and loses power at chance,
and a host that commits what arrives, answers, and loses some of the answers."""

from collections.abc import Callable

from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from firmware.journal import Journal
from protocol.record import EVENT, FIX, sequence_of
from simulator.parts.ram_flash import PowerCut, RamFlash

SECTOR_BYTES = 512  # seven records
SECTORS = 8
EVENTS_MAX = 12  # unacknowledged at once: so few that none need ever be given up
SPAN = 64


def sealed(sequence: int, kind: int) -> bytes:
    body = (sequence * 2654435761 & 0xFFFFFFFF).to_bytes(4, "little") * 10
    return bytes((0x10 | kind, 48, 1, 0)) + sequence.to_bytes(4, "little") + body


class UnitAndHost(RuleBasedStateMachine):
    @initialize(virgin=strategies.booleans())
    def power_on(self, virgin: bool) -> None:
        self.flash = RamFlash(SECTORS * SECTOR_BYTES, SECTOR_BYTES)
        if not virgin:  # what a flash holds before its first use may be anything
            for sector in range(SECTORS):
                self.flash.program(sector * SECTOR_BYTES, bytes(range(256)) * 2)
        self.journal = self.mounted()
        self.kinds: dict[int, int] = {}  # what was appended, or perhaps, when the power failed
        self.events: set[int] = set()  # surely appended, and not yet committed
        self.ranges: dict[int, tuple[int, int]] = {}  # what each tombstone says
        self.issued = 0
        self.committed: set[int] = set()
        self.buried: set[int] = set()  # what the host was told not to wait for

    def mounted(self) -> Journal:
        journal = Journal(self.flash)
        journal.mount()
        return journal

    def attempt(self, action: Callable[[], object]) -> None:
        """Do it; when the power fails, restart."""
        try:
            action()
        except PowerCut:
            self.flash.cut_after = None
            self.journal = self.mounted()

    def append(self, kind: int, told: tuple[int, int] | None = None) -> None:
        sequence = self.journal.next_sequence()
        assert sequence > self.issued
        self.kinds[sequence] = kind
        if told is not None:
            self.ranges[sequence] = told
        stored = self.journal.append(sealed(sequence, kind))
        self.issued = sequence
        if kind != FIX:
            assert stored
            self.events.add(sequence)

    @rule()
    def report(self) -> None:
        self.attempt(lambda: self.append(FIX))

    @rule(count=strategies.integers(5, 40))
    def report_for_a_while(self, count: int) -> None:
        for _ in range(count):
            self.report()

    @precondition(lambda self: len(self.events) < EVENTS_MAX)
    @rule()
    def notice(self) -> None:
        self.attempt(lambda: self.append(EVENT))

    @rule(count=strategies.integers(1, SPAN), heard=strategies.booleans())
    def send(self, count: int, heard: bool) -> None:
        """One message of the newest records; the host commits it; its answer may be lost."""
        message: list[int] = []
        for record in self.journal.pending():
            sequence = sequence_of(record)
            if len(message) == count or (message and message[0] - sequence >= SPAN):
                break
            message.append(sequence)
        if not message:
            return
        for sequence in message:
            assert sequence not in self.buried
            self.committed.add(sequence)
            for lost in range(*self.ranges.get(sequence, (0, 0))):
                if lost not in self.committed:
                    self.buried.add(lost)
        assert not self.events & self.buried
        self.events -= self.committed
        if heard:
            self.attempt(lambda: self.hear(message[0]))

    def hear(self, answered: int) -> None:
        settled = self.committed | self.buried
        watermark = 0
        while watermark + 1 in settled:
            watermark += 1
        bitmap = sum(1 << i for i in range(SPAN) if answered - i in settled)
        self.journal.acknowledge(watermark, answered, bitmap)
        for first, last, _ in self.journal.tombstones():
            assert watermark < first <= last <= self.issued
            self.append(EVENT, (first, last + 1))

    @rule()
    def restart(self) -> None:
        self.journal = self.mounted()

    @rule(budget=strategies.integers(0, 3 * SECTOR_BYTES))
    def power_fails_soon(self, budget: int) -> None:
        self.flash.cut_after = budget

    @rule(budget=strategies.integers(0, 100))
    def power_fails_while_mounting(self, budget: int) -> None:
        self.flash.cut_after = budget
        self.attempt(self.mounted)
        self.flash.cut_after = None
        self.restart()

    @invariant()
    def what_is_pending_is_sound(self) -> None:
        pending = list(self.journal.pending())
        sequences = [sequence_of(record) for record in pending]
        assert self.journal.backlog == len(pending)
        assert sequences == sorted(set(sequences), reverse=True)
        assert all(record == sealed(n, self.kinds[n]) for record, n in zip(pending, sequences))
        assert self.events <= set(sequences)
        assert self.journal.counters["given_up"] == 0

    def teardown(self) -> None:
        """However it went: the host ends up waiting for nothing, and has every event."""
        self.flash.cut_after = None
        self.report()
        for _ in range(1000):
            if not self.journal.backlog:
                break
            self.send(SPAN, heard=True)
        assert self.journal.backlog == 0
        assert self.journal.tombstones() == []
        assert self.committed | self.buried == set(range(1, self.issued + 1))
        assert not self.events


TestUnitAndHost = UnitAndHost.TestCase
TestUnitAndHost.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
