"""A unit that somebody wears: its keys, its ledger, its track, and what it last said of itself."""

from collections.abc import Mapping
from typing import Any

from host.base import blob
from host.ingest.judge import FUTURE_MS
from host.ingest.ledger import Ledger
from host.proximity.order import OrderState
from host.proximity.track import Track
from host.registry.types import Role, Unit
from protocol.contact import MARGIN_S
from protocol.record import BATTERY_UNKNOWN
from protocol.seal import Channel, up_channel

_NOTHING: Mapping[str, int] = {}  # one for all units: most never raise an alarm
WRONG_CLOCK = "clock"  # its receiver tells a wrong time
GNSS_LOST = "gnss_lost"
FALSE_REST = "false_rest"  # it said that it rested, and was seen elsewhere
# Shown of a unit, and no alarms: an order that lacks what it needs says so itself.
STATES = frozenset((WRONG_CLOCK, GNSS_LOST))


class Wearer:
    """One enrolled unit with its present wearer; `orders` are those that bind this wearer.

    What a unit reported of one wearer says nothing of the next: `since_ms` is when it was put on.
    """

    __slots__ = (
        "asked_ms",
        "channel",
        "charge",
        "charge_sequence",
        "connected",
        "gone_ms",
        "ledger",
        "orders",
        "person",
        "since_ms",
        "told",
        "track",
        "unit",
        "warned_ms",
    )

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.channel: Channel = up_channel(unit.key, unit.id, unit.epoch)
        self.ledger = Ledger()
        self.person: str | None = None
        self.since_ms = 0
        self.track = Track(paged=unit.listen_s is not None)
        self.orders: tuple[OrderState, ...] = ()
        self.charge = BATTERY_UNKNOWN  # per cent
        self.charge_sequence = 0  # of the record that told it
        self.connected = False
        self.gone_ms = 0  # when the broker last said that it is not
        self.asked_ms = 0  # when it was last asked where it rests; nothing hangs on that
        self.warned_ms = 0  # when a warning was last sent to it; 0 is never
        # Per alarm code the sequence of the newest word on it, negative when that was "healed".
        self.told = _NOTHING

    @property
    def is_bracelet(self) -> bool:
        """Whether this is a bracelet."""
        return self.unit.role is Role.OFFENDER

    @property
    def battery(self) -> int | None:
        """Per cent, as last measured."""
        return self.charge if self.charge <= 100 else None

    @property
    def alarms(self) -> tuple[str, ...]:
        """Codes raised and not healed, the latest last."""
        raised = sorted((told, code) for code, told in self.told.items() if told > 0)
        return tuple(code for _, code in raised)

    def enrol(self, unit: Unit, now_ms: int) -> None:
        """Take a new version of the unit. A new epoch begins with an empty ledger."""
        if unit.epoch != self.unit.epoch:
            self.ledger = Ledger()
            self.told = _NOTHING
            self.charge_sequence = 0
            self.track.renumber()
            self.track.put_on()  # it was in the hands of whoever enrolled it
            self.track.begun_ms = now_ms
        self.unit = unit
        self.channel = up_channel(unit.key, unit.id, unit.epoch)
        self.track.paged = unit.listen_s is not None

    def went_back(self, said_ms: int) -> bool:
        """Whether its newest record tells a time of before a position that it told earlier."""
        return said_ms < self.track.told_ms - FUTURE_MS

    def note_clock(self, sequence: int, *, wrong: bool) -> None:
        """Whether the unit's newest position came with a time that cannot be true."""
        if wrong != (WRONG_CLOCK in self.told):
            told = {code: of for code, of in self.told.items() if code != WRONG_CLOCK}
            self.told = {**told, WRONG_CLOCK: sequence} if wrong else told or _NOTHING

    def move_off(self, at_ms: int, now_ms: int) -> None:
        """The wearer, at rest until then, moves. What her lease promised counted on that rest."""
        self.track.moved_off(at_ms, MARGIN_S * 1000)
        self._end_leases(at_ms, now_ms)

    @property
    def rest_counts(self) -> bool:
        """Whether its word of rest is believed: not from a false one on, until somebody has looked
        into the unit."""
        return self.told.get(FALSE_REST, 0) <= 0

    def refute_rest(self, now_ms: int) -> None:
        """It was seen elsewhere than where it said that it rested, nobody knows since when."""
        self.track.refute_rest()
        self._end_leases(0, now_ms)

    def trust_rest(self) -> None:
        """Somebody has looked into the unit."""
        self.told = {**self.told, FALSE_REST: -abs(self.told.get(FALSE_REST, 0))}

    def take_off(self, at_ms: int, now_ms: int) -> None:
        """The wearer may be without the unit: what her lease promised was of where that is."""
        self.track.take_off(at_ms)
        self._end_leases(at_ms, now_ms)

    def _end_leases(self, at_ms: int, now_ms: int) -> None:
        """What was granted since counted on where this wearer was until `at_ms`."""
        if at_ms < now_ms - MARGIN_S * 1000:  # others' leases too
            self.track.doubted_ms = now_ms
        if not self.is_bracelet:
            self.track.lease_s = 0

    def change_hands(self, person: str | None, since_ms: int, now_ms: int) -> None:
        """Somebody else wears it, since then, or nobody."""
        self.person, self.since_ms = person, since_ms
        self.warned_ms = 0
        self.track = Track(paged=self.unit.listen_s is not None)
        self.track.begun_ms = now_ms
        self.track.off = self.told.get("strap", 0) > 0
        self.orders = ()

    def state(self) -> bytes:
        """What must survive a restart, as JSON."""
        kept: list[Any] = [
            self.unit.epoch,
            self.person,
            self.since_ms,
            self.track.state(),
            self.connected,
            (self.charge_sequence, self.charge),
            self.ledger.state(),
            dict(self.told),
            self.gone_ms,
            self.warned_ms,
        ]
        return blob.pack(kept)

    def restore(self, state: bytes) -> None:
        """Take what `state` gave, as far as enrolment and wearer are still the same."""
        epoch, person, since_ms, track, self.connected, charge, ledger, told, *rest = blob.unpack(
            state
        )
        self.gone_ms = rest[0] if rest else 0
        self.charge_sequence, self.charge = charge
        if (person, since_ms) == (self.person, self.since_ms):
            self.track.restore(track)
            self.warned_ms = rest[1] if len(rest) > 1 else 0
        if epoch == self.unit.epoch:
            self.ledger.restore(ledger)
            self.told = told or _NOTHING
        else:
            self.track.renumber()
            self.charge_sequence = 0
