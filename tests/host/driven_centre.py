"""A centre under test: units that say anything, inputs kept, and what came of them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from host.core.audit import BATCH, STARTED, Chain
from host.core.batch import VOUCHED
from host.core.centre import Centre
from host.core.outcome import Changed, Input, Outcome, Received
from host.escalation.policies import Policies, readable
from host.proximity.types import Condition, ConditionChange, Transition, UnitAlarm
from host.registry.types import Assignment, Order, PolicyDocument, Registry, Role, Unit
from protocol import record
from protocol.seal import Channel, up_channel
from tests.host.proximity.pair import PLACE, START_MS, shifted

SECRET = b"s" * 32


def unit(name: str, role: Role, **terms: Any) -> Unit:
    return Unit(name, role, name.encode().ljust(32, b"."), 1, **terms)


BRACELET, VICTIM_UNIT = unit("B1", Role.OFFENDER), unit("V1", Role.VICTIM)
ORDER = Order("O1", 1, "juan", ("ana",))
REGISTRY = Registry(
    (BRACELET, VICTIM_UNIT), (Assignment("B1", "juan", 0), Assignment("V1", "ana", 0)), (ORDER,)
)


class Sealer:
    """One unit: seals whatever it is told to. Times are seconds from START_MS."""

    def __init__(self, said: Unit) -> None:
        self.sequence = 0
        self.channel: Channel = up_channel(said.key, said.id, said.epoch)

    def fix(self, at_s: float, north_m: float = 0, east_m: float = 0, **changed: Any) -> bytes:
        lat_e7, lon_e7 = shifted(PLACE, north_m, east_m)
        said = record.Fix(
            *self._head(at_s),
            lat_e7,
            lon_e7,
            50,
            0,
            0,
            record.pack_source(record.GNSS, record.THREE_D),
            90,
            record.pack_satellites(9, record.CLOCK_RESOLVED),
            5,
        )
        return record.encode(said._replace(**changed), self.channel)

    def rest(self, at_s: float, north_m: float = 0, **changed: Any) -> bytes:
        quality = record.pack_source(record.GNSS, record.AT_REST)
        return self.fix(at_s, north_m, source_quality=quality, **changed)

    def event(self, at_s: float, code: int, raised: int = 1, **changed: Any) -> bytes:
        said = record.Event(*self._head(at_s), code, raised, 0, 60, 90)
        return record.encode(said._replace(**changed), self.channel)

    def receipt(self, at_s: float, warning_id: int, outcome: int = record.PRESENTED) -> bytes:
        said = record.Receipt(*self._head(at_s), warning_id, outcome)
        return record.encode(said, self.channel)

    def tombstone(self, first: int, last: int) -> bytes:
        self.sequence += 1
        said = record.Tombstone(self.sequence, 0, first, last, record.RESERVED)
        return record.encode(said, self.channel)

    def boot(self, at_s: float) -> bytes:
        said = record.Boot(*self._head(at_s), 1, 1, 1, 0, 1, bytes(12))
        return record.encode(said, self.channel)

    def raw(self, kind: int, body: bytes) -> bytes:
        """An authentic record of any type and body."""
        self.sequence += 1
        length = 8 + len(body) + 16
        head = bytes((record.VERSION << 4 | kind, length, self.channel.key_id, 0))
        message = head + self.sequence.to_bytes(4, "little")
        message += self.channel.encrypt(self.sequence, body)
        return message + self.channel.seal(message)

    def _head(self, at_s: float) -> tuple[int, int, int, int]:
        self.sequence += 1
        at_ms = START_MS + round(at_s * 1000)
        return self.sequence, record.UTC, at_ms // 1000, at_ms % 1000


class DrivenCentre:
    """A centre, who seals for its units, every input, and the states as a store would keep them."""

    def __init__(self, registry: Registry = REGISTRY, start_ms: int = START_MS) -> None:
        self.registry = registry
        self.centre = Centre(registry, start_ms, SECRET)
        self.sealers = {one.id: Sealer(one) for one in registry.units}
        self.policies = set(registry.policies)  # that there ever were
        self.inputs: list[Input] = []
        self.outcomes: list[Outcome] = []
        self.states: dict[str, dict[str, bytes]] = {"units": {}, "orders": {}, "escalations": {}}
        self.step(now_s=(start_ms - START_MS) / 1000)

    def step(self, *inputs: Input, now_s: float | None = None) -> Outcome:
        """One step; `now_s` is when it ends, by default the time of the last input."""
        now_ms = inputs[-1].at_ms if now_s is None else START_MS + round(now_s * 1000)
        self.inputs += inputs
        outcome = self.centre.step(list(inputs), now_ms)
        self.outcomes.append(outcome)
        for kind, states in self.states.items():
            states.update(getattr(outcome, kind))
        return outcome

    def receive(self, name: str, at_s: float, *sealed: bytes) -> Outcome:
        """One message of a unit arrives."""
        return self.step(Received(name, b"".join(sealed), START_MS + round(at_s * 1000)))

    def fix(self, name: str, at_s: float, north_m: float = 0, **changed: Any) -> Outcome:
        """A unit reports where it is, and that arrives at once."""
        return self.receive(name, at_s, self.sealers[name].fix(at_s, north_m, **changed))

    def both(self, at_s: float, north_m: float) -> Outcome:
        """The victim stands at PLACE and the offender so far north of her."""
        self.fix("V1", at_s)
        return self.fix("B1", at_s, north_m)

    def restart(self, registry: Registry | None = None, at_s: float | None = None) -> None:
        """The host starts again from what the store holds; without `at_s`, at once."""
        now_ms = self.centre.now_ms if at_s is None else START_MS + round(at_s * 1000)
        last = next((out.audit[-1] for out in reversed(self.outcomes) if out.audit), None)
        chain = None if last is None else Chain(SECRET, last.number, last.hash)
        self.registry = registry or self.registry
        counters = self.centre.counters
        changed = [one.item for one in self.inputs if isinstance(one, Changed)]
        self.policies |= {one for one in changed if isinstance(one, PolicyDocument)}
        policies = Policies(self.registry.policies, readable(self.policies))
        self.centre = Centre(
            self.registry,
            now_ms,
            SECRET,
            chain=chain,
            policies=policies,
            states=self.states,
            origin={"states": VOUCHED, "at_work_ms": self.centre.now_ms},
        )
        self.centre.counters.update(counters)


def at_ms(at_s: float) -> int:
    return START_MS + round(at_s * 1000)


def levels(outcomes: Outcome | Iterable[Outcome]) -> list[str]:
    """The levels that were entered, in order."""
    told = [outcomes] if isinstance(outcomes, Outcome) else outcomes
    return [str(one.after) for out in told for one in out.signals if isinstance(one, Transition)]


def conditions(outcome: Outcome) -> list[Condition]:
    """Each change of what an order can promise."""
    return [one.after for one in outcome.signals if isinstance(one, ConditionChange)]


def incident(driven: DrivenCentre) -> str:
    """The one open incident."""
    escalation = driven.centre.escalations.of("O1")
    assert escalation is not None
    (only,) = escalation.incidents.values()
    return only.id


def alarms(outcome: Outcome) -> list[tuple[str, bool]]:
    """(code, raised) of each alarm of a unit."""
    return [(one.code, one.raised) for one in outcome.signals if isinstance(one, UnitAlarm)]


def verdicts(outcome: Outcome) -> list[tuple[str, str]]:
    """(kind, verdict) of each row of the input log."""
    return [(row.kind, row.verdict) for row in outcome.records]


def decisions(outcomes: Sequence[Outcome]) -> dict[str, list[Any]]:
    """All that was decided, however the inputs were cut into steps and runs."""
    return {
        "signals": [asdict(one) for out in outcomes for one in out.signals],
        "incidents": [one.to_json() for out in outcomes for one in out.incidents],
        "deliveries": [one.to_json() for out in outcomes for one in out.deliveries],
        "warnings": [one for out in outcomes for one in out.warnings],
        "asked": [one for out in outcomes for one in out.fix_now],
        "records": [row for out in outcomes for row in out.records],
        "lookbacks": [one for out in outcomes for one in out.lookbacks],
        "audit": [
            (entry.at_ms, entry.kind, entry.order, entry.data)
            for out in outcomes
            for entry in out.audit
            if entry.kind not in (BATCH, STARTED)
        ],
    }


def with_order(registry: Registry, **terms: Any) -> Registry:
    """The same registry with its one order changed."""
    return replace(registry, orders=(replace(registry.orders[0], **terms),))
