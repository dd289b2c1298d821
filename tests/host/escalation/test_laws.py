"""What holds whatever happens in whatever order: laws over random lives of an escalation."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from host.escalation.act import Act, Verb, allowed
from host.escalation.delivery import Channel
from host.escalation.effects import (
    AskFix,
    ClearLatch,
    DeliveryChanged,
    Effect,
    IncidentChanged,
    SendWarning,
)
from host.escalation.escalation import Escalation
from host.escalation.incident import Refused, State, UnknownDelivery, UnknownIncident
from host.escalation.policies import Policies
from host.proximity.types import Condition, Level, Signal, Transition
from host.registry.types import Role
from tests.host.escalation.signals import ORDER, alarm, condition, new_escalation

CAUSES = ("victim:ana", "victim:eva", "zone:school")
CODES = ("panic", "strap", "no_cover", "tamper", "battery_low", "gnss_lost", "magnet")
ACTS = (*Verb, "receipt")

WAITS_MS = st.sampled_from([1, 900, 5_000, 14_000, 15_000, 61_000, 299_000, 700_000, 5_000_000])
ACTIONS = st.one_of(
    st.tuples(st.just("wait"), WAITS_MS),
    st.tuples(st.just("level"), st.sampled_from(CAUSES), st.sampled_from(Level)),
    st.tuples(st.just("condition"), st.sampled_from(Condition)),
    st.tuples(
        st.just("alarm"),
        st.sampled_from(CODES),
        st.booleans(),
        st.sampled_from(Role),
        st.booleans(),
    ),
    st.tuples(st.sampled_from(ACTS), st.integers(0, 7), st.integers(1, 3)),
)
LIVES = st.lists(ACTIONS, max_size=40)


@dataclass
class Step:
    """One call, what came of it, and how the incidents were before."""

    name: str
    now_ms: int
    before: dict[str, Any]
    effects: list[Effect]
    due_ms: int | None


class Life:
    """Acts on an escalation as a driver would: time moves on, deadlines fire when they fall."""

    def __init__(
        self, between: Callable[[Escalation], Escalation] = lambda escalation: escalation
    ) -> None:
        self.escalation = new_escalation()
        self.now_ms = 1_000_000
        self.steps: list[Step] = []
        self.signals: list[Signal] = []
        self._between = between
        self._levels = dict.fromkeys(CAUSES, Level.CLEAR)
        self._rises = dict.fromkeys(CAUSES, 0)
        self._condition = Condition.INACTIVE

    def play(self, actions: list[Any]) -> "Life":
        for action in actions:
            self._pass(1)
            self._do(*action)
        return self

    def _call(self, name: str, call: Callable[[Escalation], list[Effect]]) -> None:
        before = dict(self.escalation.incidents)
        try:
            effects = call(self.escalation)
        except (Refused, UnknownIncident, UnknownDelivery):
            effects = []
            assert dict(self.escalation.incidents) == before
        self.steps.append(Step(name, self.now_ms, before, effects, self.escalation.due_ms))
        self.escalation = self._between(self.escalation)

    def _pass(self, wait_ms: int) -> None:
        end_ms = self.now_ms + wait_ms
        while (due_ms := self.escalation.due_ms) is not None and due_ms <= end_ms:
            self.now_ms = max(self.now_ms, due_ms)
            self._call("timer", lambda escalation: escalation.timer(self.now_ms))
        self.now_ms = end_ms

    def signal(self, signal: Signal, contact_possible: bool = True) -> None:
        self.signals.append(signal)
        self._call(
            "signal", lambda escalation: escalation.signal(signal, self.now_ms, contact_possible)
        )

    def _do(self, name: str, *rest: Any) -> None:
        now_ms = self.now_ms
        if name == "wait":
            self._pass(rest[0])
        elif name == "level":
            cause, after = rest
            before = self._levels[cause]
            if after == before:
                return
            self._levels[cause] = after
            self._rises[cause] += after > before
            rise = self._rises[cause]
            self.signal(Transition("O1", cause, now_ms, now_ms, before, after, rise, "swept", 9.0))
        elif name == "condition":
            was, self._condition = self._condition, rest[0]
            if was is not self._condition:
                self.signal(condition(was, self._condition, now_ms))
        elif name == "alarm":
            code, raised, role, contact = rest
            self.signal(alarm(code, now_ms, raised=raised, role=role), contact)
        else:
            self._operate(name, *rest)

    def _operate(self, name: str, index: int, outcome: int) -> None:
        now_ms = self.now_ms
        incidents = sorted(found.id for found in self.escalation.incidents.values())
        incident = incidents[index % len(incidents)] if incidents else "none"
        deliveries = sorted(self.escalation.deliveries)
        delivery = deliveries[index % len(deliveries)] if deliveries else "0"
        if name == "receipt":
            self._call(
                name, lambda escalation: escalation.receipt(int(delivery, 16), outcome, now_ms)
            )
            return
        subject = delivery if name == Verb.CALL else incident
        act = Act(Verb(name), subject, "olga", now_ms, "x", 60_000, outcome > 1)
        before = self.escalation.incidents.values()
        offered = [name for found in before if found.id == incident for name in allowed(found)]
        self._call(name, lambda escalation: escalation.act(act, now_ms))
        if name != Verb.CALL:
            assert (name in offered) == bool(self.steps[-1].effects)


def reborn(escalation: Escalation) -> Escalation:
    state = json.loads(json.dumps(escalation.state()))
    return Escalation.restore(ORDER, Policies(), state)


@settings(max_examples=150, deadline=None)
@given(LIVES)
def test_no_warning_goes_out_twice_but_as_a_rising_attempt(actions: list[Any]) -> None:
    attempts = defaultdict(list)
    last_ms: dict[int, int] = {}
    for step in Life().play([*actions, ("wait", 5_000_000)]).steps:
        for effect in step.effects:
            if isinstance(effect, SendWarning):
                attempts[effect.warning_id].append(effect.attempt)
                assert effect.expires_ms > step.now_ms
                assert step.now_ms > last_ms.get(effect.warning_id, 0)
                last_ms[effect.warning_id] = step.now_ms
    for seen in attempts.values():
        assert seen == list(range(1, len(seen) + 1))


@settings(max_examples=150, deadline=None)
@given(LIVES)
def test_the_ladder_moves_only_while_nobody_has_acknowledged(actions: list[Any]) -> None:
    for step in Life().play(actions).steps:
        climbing = any(found.state is State.UNACKNOWLEDGED for found in step.before.values())
        if step.name != "timer" or climbing:
            continue
        expired = [
            effect
            for effect in step.effects
            if isinstance(effect, IncidentChanged) and effect.incident.state is State.UNACKNOWLEDGED
        ]
        if expired:
            continue
        for effect in step.effects:
            assert not isinstance(effect, AskFix)
            if isinstance(effect, DeliveryChanged) and effect.delivery.channel is Channel.CONSOLE:
                assert effect.rule == "withdrawn"


@settings(max_examples=150, deadline=None)
@given(LIVES)
def test_deadlines_lie_ahead_and_time_alone_brings_every_case_to_rest(actions: list[Any]) -> None:
    life = Life().play(actions)
    for step in life.steps:
        if step.name == "timer":
            assert step.due_ms is None or step.due_ms > step.now_ms
    assert life.escalation.due_ms is None or life.escalation.due_ms > life.now_ms
    assert all(found.is_open for found in life.escalation.incidents.values())


@settings(max_examples=100, deadline=None)
@given(LIVES)
def test_a_restart_between_any_two_steps_changes_nothing(actions: list[Any]) -> None:
    through, restarted = Life().play(actions), Life(reborn).play(actions)
    assert [step.effects for step in through.steps] == [step.effects for step in restarted.steps]
    assert through.escalation.state() == restarted.escalation.state()


@settings(max_examples=100, deadline=None)
@given(LIVES, st.lists(st.integers(0, 100), max_size=5))
def test_a_duplicate_of_any_signal_at_any_later_time_changes_nothing(
    actions: list[Any], repeated: list[int]
) -> None:
    life = Life().play(actions)
    before = life.escalation.state()
    for index in repeated:
        if life.signals:
            assert (
                life.escalation.signal(life.signals[index % len(life.signals)], life.now_ms) == []
            )
    assert life.escalation.state() == before


@settings(max_examples=150, deadline=None)
@given(LIVES)
def test_breach_panic_and_strap_are_never_silenced_and_open_ones_are_seen(
    actions: list[Any],
) -> None:
    for step in Life().play(actions).steps:
        for found in step.before.values():
            if found.level is Level.BREACH:
                assert found.state in (State.UNACKNOWLEDGED, State.ACKNOWLEDGED)


@settings(max_examples=150, deadline=None)
@given(LIVES)
def test_the_offender_hears_of_nearness_only_and_once_a_rise(actions: list[Any]) -> None:
    heard = set()
    for step in Life().play(actions).steps:
        for effect in step.effects:
            if not isinstance(effect, DeliveryChanged) or effect.rule != "sent":
                continue
            delivery = effect.delivery
            if (delivery.recipient, delivery.channel) == ("offender", "unit"):
                assert delivery.kind in ("alert", "breach")
                assert delivery.text in (3, 4)
                rise = (delivery.cause, delivery.rise, delivery.kind)
                assert rise not in heard
                heard.add(rise)


@settings(max_examples=150, deadline=None)
@given(LIVES)
def test_every_effect_is_told_with_the_state_that_it_leaves(actions: list[Any]) -> None:
    """The last word on each incident and delivery is what the escalation itself holds."""
    life = Life().play(actions)
    incidents, deliveries = {}, {}
    for step in life.steps:
        for effect in step.effects:
            if isinstance(effect, IncidentChanged):
                incidents[effect.incident.id] = effect.incident
            elif isinstance(effect, DeliveryChanged):
                deliveries[effect.delivery.id] = effect.delivery
            else:
                assert isinstance(effect, SendWarning | AskFix | ClearLatch)
    held = {found.id: found for found in life.escalation.incidents.values()}
    assert {name: found for name, found in incidents.items() if found.is_open} == held
    for name, delivery in life.escalation.deliveries.items():
        assert deliveries[name] == delivery
