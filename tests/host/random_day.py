"""A day of two orders as hypothesis makes it up, turned into the inputs that a centre would get."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from host.core.outcome import Changed, Connection, CutOff, Found, Input, Received
from host.escalation.act import Act, Verb
from host.escalation.policy import default
from host.proximity.fix import make_fix
from host.registry.types import Assignment, Order, PolicyDocument, Registry, Role, Unit, Zone
from protocol import record
from tests.host.driven_centre import DrivenCentre, Sealer, at_ms, unit
from tests.host.proximity.pair import PLACE, START_MS, shifted

UNITS = ("B1", "B2", "V1", "V2")
ZONE = Zone("z", "school", (shifted(PLACE, 4000, 0),), radius_m=100)
REGISTRY = Registry(
    (
        unit("B1", Role.OFFENDER),
        unit("B2", Role.OFFENDER, floor_s=10),
        unit("V1", Role.VICTIM),
        unit("V2", Role.VICTIM, listen_s=None),
    ),
    (
        Assignment("B1", "juan", 0, at_ms(600)),
        Assignment("B1", "pedro", at_ms(600)),
        Assignment("B2", "juan", at_ms(300)),
        Assignment("V1", "ana", 0),
        Assignment("V2", "eva", at_ms(60)),
    ),
    (
        Order("O1", 1, "juan", ("ana", "eva"), zones=(ZONE,)),
        Order("O2", 1, "pedro", ("ana",), alert_m=300, pre_alert_m=700, valid_from_ms=at_ms(900)),
    ),
)
CODES = (record.STRAP, record.CASE, record.PANIC, record.BATTERY_LOW, record.MOTION, 99)
TERMS: tuple[dict[str, Any], ...] = (
    {"suspended": True},
    {"suspended": False},
    {"alert_m": 900, "pre_alert_m": 2000},
    {"zones": ()},
    {"protected": ("ana",)},
    {"policy": "other"},
)
# Versions of a policy, and its end.
POLICIES = (
    *(
        PolicyDocument("other", json.dumps({**json.loads(default().document.text), **terms}))
        for terms in ({"acknowledgement_s": 60}, {"retry_s": [60], "warning_life_s": 90})
    ),
    PolicyDocument("other", ""),
)

Said = tuple[Any, ...]
north = st.sampled_from((0, 50, 90, 250, 480, 900, 1500, 4000, 12_000))
units = st.sampled_from(UNITS)
happenings = st.one_of(
    st.tuples(st.just("fix"), units, north),
    st.tuples(st.just("fix"), units, north),
    st.tuples(st.just("rest"), units, north),
    st.tuples(st.just("batch"), units, st.lists(north, min_size=2, max_size=4)),
    st.tuples(st.just("late"), units, north),
    st.tuples(st.just("event"), units, st.sampled_from(CODES), st.integers(0, 1)),
    st.tuples(st.just("forged"), units),
    st.tuples(st.just("twin"), units),
    st.tuples(st.just("receipt"), units, st.sampled_from((1, 2, 3, 9))),
    st.tuples(st.just("connection"), units, st.booleans()),
    st.tuples(st.just("cut_off"), st.integers(20_000, 400_000)),
    st.tuples(st.just("act"), st.sampled_from(Verb), st.integers(0, 3)),
    st.tuples(st.just("order"), st.sampled_from(("O1", "O2")), st.sampled_from(TERMS)),
    st.tuples(st.just("enrol"), units),
    st.tuples(st.just("policy"), st.sampled_from(POLICIES)),
)
gaps = st.sampled_from((0, 0, 400, 5_000, 5_000, 26_000, 130_000, 700_000))
random_days = st.lists(st.tuples(gaps, happenings), min_size=1, max_size=25)


class DayMaker:
    """Plays a day to a driven of its own, to learn what there is to acknowledge and receipt."""

    def __init__(self) -> None:
        self.driven = DrivenCentre(REGISTRY)
        self.now_ms = START_MS
        self._twins: dict[str, bytes] = {}

    def inputs(self, day: list[tuple[int, Said]]) -> list[Input]:
        for gap_ms, (kind, *rest) in day:
            self.now_ms += gap_ms
            item = getattr(self, f"_{kind}")(*rest)
            if item is None:
                continue
            asked = self.driven.step(item).lookbacks
            for one in asked[:2]:
                hers = make_fix("?", 1, one.late.time_ms - 9_000, *PLACE, a95_m=5)
                self.driven.step(Found(one.order, one.late, hers, self.now_ms))
        return self.driven.inputs

    @property
    def _at_s(self) -> float:
        return (self.now_ms - START_MS) / 1000

    def _hear(self, name: str, *sealed: bytes) -> Received:
        return Received(name, b"".join(sealed), self.now_ms)

    def _fix(self, name: str, north_m: int) -> Received:
        return self._hear(name, self.driven.sealers[name].fix(self._at_s, north_m))

    def _rest(self, name: str, north_m: int) -> Received:
        return self._hear(name, self.driven.sealers[name].rest(self._at_s, north_m))

    def _batch(self, name: str, norths: list[int]) -> Received:
        sealer, begin_s = self.driven.sealers[name], self._at_s - 10 * len(norths)
        fixes = [sealer.fix(begin_s + 10 * i, north_m) for i, north_m in enumerate(norths)]
        return self._hear(name, *reversed(fixes))

    def _late(self, name: str, north_m: int) -> Received:
        return self._hear(name, self.driven.sealers[name].fix(self._at_s - 400, north_m))

    def _event(self, name: str, code: int, raised: int) -> Received:
        return self._hear(name, self.driven.sealers[name].event(self._at_s, code, raised))

    def _forged(self, name: str) -> Received:
        good = self.driven.sealers[name].fix(self._at_s)
        return self._hear(name, good[:-1] + bytes((good[-1] ^ 1,)), b"tail")

    def _twin(self, name: str) -> Received:
        """The last sequence once more, with other content."""
        sealer = self.driven.sealers[name]
        sealer.sequence = max(0, sealer.sequence - 1)
        return self._hear(name, sealer.fix(self._at_s, 77))

    def _receipt(self, name: str, outcome: int) -> Received | None:
        for told in reversed(self.driven.outcomes):
            for warning in told.warnings:
                if warning.unit == name:
                    sealer = self.driven.sealers[name]
                    sealed = sealer.receipt(self._at_s, warning.warning_id, outcome)
                    return self._hear(name, sealed)
        return None

    def _cut_off(self, for_ms: int) -> CutOff:
        return CutOff(self.now_ms - for_ms, self.now_ms)

    def _connection(self, name: str, up: bool) -> Connection:
        return Connection(name, up, self.now_ms)

    def _act(self, verb: Verb, index: int) -> Act | None:
        escalations = map(self.driven.centre.escalations.of, self.driven.centre.roster.orders)
        subjects = [
            subject
            for escalation in escalations
            if escalation is not None
            for subject in (
                escalation.deliveries
                if verb is Verb.CALL
                else [found.id for found in escalation.incidents.values()]
            )
        ]
        if not subjects:
            return None
        subject = subjects[index % len(subjects)]
        return Act(verb, subject, "olga", self.now_ms, "a reason", 60_000, index % 2 == 0)

    def _order(self, name: str, terms: dict[str, Any]) -> Changed:
        known = self.driven.centre.roster.orders[name].order
        return Changed(replace(known, version=known.version + 1, **terms), self.now_ms)

    def _policy(self, version: PolicyDocument) -> Changed:
        return Changed(version, self.now_ms)

    def _enrol(self, name: str) -> Changed:
        known = self.driven.centre.roster.wearers[name].unit
        again = replace(known, epoch=known.epoch + 1)
        self.driven.sealers[name] = Sealer(again)
        return Changed(again, self.now_ms)


def after(registry: Registry, inputs: list[Input]) -> Registry:
    """The registry with what inputs changed of it."""
    newest: dict[str, Unit | Order] = {
        one.item.id: one.item
        for one in inputs
        if isinstance(one, Changed) and isinstance(one.item, Unit | Order)
    }
    policies = {
        one.item.name: one.item
        for one in inputs
        if isinstance(one, Changed) and isinstance(one.item, PolicyDocument)
    }
    return replace(
        registry,
        policies=tuple(one for one in policies.values() if not one.retires),
        units=tuple(newest.get(one.id, one) for one in registry.units),  # type: ignore[misc]
        orders=tuple(newest.get(one.id, one) for one in registry.orders),  # type: ignore[misc]
    )
