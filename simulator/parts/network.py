"""What becomes of a message on its way: when it arrives, how often, or never.

What is sent into a cut is gone, either way, and whoever sent it will send it again: no broker keeps
anything for a unit. Messages one way keep their order, as on one connection, unless the scenario
says otherwise (`reorder`).
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import Literal, NamedTuple

from protocol.contact import KEEP_ALIVE_S
from simulator.parts.carrier import Carrier
from simulator.scenario.schema.faults import BrokerCrash, Fault, Forger, Twin
from simulator.scenario.schema.units import Network
from simulator.scenario.schema.words import Spell

REORDER_MAX_MS = 5_000
DETECT_MS = 15_000  # until a unit notices that its link is dead
RECONNECT_MS = 2_000
TWIN_MS = 5_000  # so often two clients with one name throw each other out

Direction = Literal["up", "down"]


class Outage(NamedTuple):
    """A spell that a unit notices at once, for its connection is ended.

    told: the broker says that the unit is gone.
    """

    start_ms: int
    end_ms: int
    told: bool = True


def outages(unit: str, faults: Iterable[Fault], start_ms: int) -> Iterator[Outage]:
    """Those that a scenario has for a unit: a broker's fall, or a second client of its name."""
    for fault in faults:
        begin_ms = start_ms + round(fault.at_s * 1000)
        if isinstance(fault, BrokerCrash):
            end_ms = begin_ms + round(fault.down_s * 1000)
            yield Outage(begin_ms, end_ms, told=False)
        elif isinstance(fault, Twin) and fault.unit == unit:
            for at_ms in range(begin_ms, begin_ms + round(fault.for_s * 1000), TWIN_MS):
                yield Outage(at_ms, at_ms + 1)


class Link:
    """One unit's way to the host and back, with chance streams of its own for each direction."""

    def __init__(
        self,
        seed: int,
        unit: str,
        network: Network,
        start_ms: int,
        faults: Sequence[Fault] = (),
        keep_alive_s: int = KEEP_ALIVE_S,
    ) -> None:
        self._network = network
        forgets_s = network.forgets_idle_s
        self.forgets_ms = None if forgets_s is None else forgets_s * 1000
        self._carrier = None
        if self.forgets_ms is not None:
            self._carrier = Carrier(self.forgets_ms, keep_alive_s, start_ms)
        self._outages = list(outages(unit, faults, start_ms))
        self._forged_ms = [
            (start_ms + round(one.at_s * 1000), start_ms + round((one.at_s + one.for_s) * 1000))
            for one in faults
            if isinstance(one, Forger) and one.unit == unit
        ]
        self._cuts = [(one.direction, *_span_ms(one, start_ms)) for one in network.cuts]
        self._holds = [(one.direction, *_span_ms(one, start_ms)) for one in network.holds]
        absences = self._absences()
        self._changes_ms = sorted({at_ms for absence in absences for at_ms in absence})
        # Whether the unit takes its link for unusable: before the first change, after it, ...
        self._absent = [
            False,
            *(
                any(from_ms <= at_ms < until_ms for from_ms, until_ms in absences)
                for at_ms in self._changes_ms
            ),
        ]
        self._latest_ms: dict[Direction, int] = {"up": 0, "down": 0}
        self._forger = Random(f"{seed}/forger/{unit}")
        self._chance = {way: Random(f"{seed}/network/{way}/{unit}") for way in ("up", "down")}

    def connected(self, now_ms: int) -> bool:
        """Whether the unit takes its link for usable: it notices a cut late, and its end too."""
        away = self._carrier is not None and self._carrier.away
        return not away and not self._is_absent(now_ms)

    def connect(self, now_ms: int) -> None:
        """The unit opens a new connection, if it can."""
        if self._carrier is not None and not self._is_absent(now_ms):
            self._carrier.connect(now_ms)

    def carrier_due_ms(self, now_ms: int) -> int | None:
        """When to `step` next, if ever."""
        if self._carrier is None or self._is_absent(now_ms):
            return None
        return self._carrier.due_ms

    def step(self, now_ms: int) -> bool:
        """The unit pings over an idle connection, or finds out that it is forgotten. Returns
        whether it has opened a new one."""
        if self._carrier is None or self._is_absent(now_ms):
            return False
        was_away = self._carrier.away
        self._carrier.step(now_ms)
        return was_away and not self._carrier.away

    def fallen(self, now_ms: int) -> bool:
        """Whether there is no broker that could say whether the unit is there."""
        return any(one.start_ms <= now_ms < one.end_ms and not one.told for one in self._outages)

    def changes_ms(self) -> list[int]:
        """When `connected` may change."""
        return list(self._changes_ms)

    def arrivals_ms(self, way: Direction, now_ms: int, kept: bool = False) -> list[int]:
        """When the message that leaves now arrives: once, twice, or not at all.

        `kept`: what is sent into a cut waits for its end, as on a TCP connection.
        """
        chance, network = self._chance[way], self._network
        # Always the same draws, so that one setting does not change what another does.
        lost, doubled, delayed = chance.random(), chance.random(), chance.random()
        jitters = (chance.random(), chance.random(), chance.random())
        if lost < network.loss:
            return []
        if not kept and not self.connected(now_ms):
            return []
        cut_until_ms = self._cut_until_ms(way, now_ms)
        if cut_until_ms is not None:
            if not kept:
                return []
            now_ms = cut_until_ms + RECONNECT_MS
        if not (kept or self._carrier is None or self._carrier.passes(now_ms, sends=way == "up")):
            return []
        now_ms = self._held_until_ms(way, now_ms)
        first_ms = self._in_order_ms(way, now_ms, jitters[0], delayed < network.reorder)
        if delayed < network.reorder:
            first_ms += int(jitters[2] * REORDER_MAX_MS)
        if doubled < network.duplicate:
            return [first_ms, first_ms + network.latency_ms + int(jitters[1] * network.jitter_ms)]
        return [first_ms]

    def forged(self, message: bytes, now_ms: int) -> list[bytes]:
        """Copies of a message, one bit of each altered, while somebody on the line makes them."""
        if not any(start_ms <= now_ms < end_ms for start_ms, end_ms in self._forged_ms):
            return []
        bit = self._forger.randrange(8 * len(message))
        altered = int.from_bytes(message, "big") ^ 1 << bit
        return [altered.to_bytes(len(message), "big")]

    def passes_ms(self, way: Direction, now_ms: int) -> int:
        """When something arrives that is only late, never lost: a connection's own packets."""
        cut_until_ms = self._cut_until_ms(way, now_ms)
        begins_ms = now_ms if cut_until_ms is None else cut_until_ms + RECONNECT_MS
        return self._in_order_ms(way, begins_ms, 0.0)

    def _in_order_ms(
        self, way: Direction, now_ms: int, jitter: float, overtaken: bool = False
    ) -> int:
        due_ms = now_ms + self._network.latency_ms + int(jitter * self._network.jitter_ms)
        due_ms = max(due_ms, self._latest_ms[way])
        if not overtaken:
            self._latest_ms[way] = due_ms
        return due_ms

    def _cut_until_ms(self, way: Direction, now_ms: int) -> int | None:
        return max(_ends_ms(self._cuts, way, now_ms), default=None)

    def _held_until_ms(self, way: Direction, now_ms: int) -> int:
        return max(_ends_ms(self._holds, way, now_ms), default=now_ms)

    def _is_absent(self, now_ms: int) -> bool:
        return self._absent[bisect_right(self._changes_ms, now_ms)]

    def _absences(self) -> list[tuple[int, int]]:
        """From when until when the unit takes its link for unusable."""
        return [
            *((start_ms + DETECT_MS, end_ms + RECONNECT_MS) for _, start_ms, end_ms in self._cuts),
            *((one.start_ms, one.end_ms + RECONNECT_MS) for one in self._outages),
        ]


def _span_ms(spell: Spell, start_ms: int) -> tuple[int, int]:
    return start_ms + round(spell.from_s * 1000), start_ms + round(spell.until_s * 1000)


def _ends_ms(spells: Sequence[tuple[str, int, int]], way: Direction, now_ms: int) -> Iterator[int]:
    """When those of this way end that last now."""
    for direction, start_ms, end_ms in spells:
        if start_ms <= now_ms < end_ms and direction in ("both", way):
            yield end_ms
