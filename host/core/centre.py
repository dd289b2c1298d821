"""The centre: one deterministic step from inputs to an outcome. No clock, no I/O, no randomness.

A message goes one way through it: intake (verify, order, deduplicate), judge, proximity of every
order that the wearer is a party to, escalation, answer. The service commits the outcome and only
then sends. Deadlines that fall before an input fire before it, so how inputs are cut into steps
changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from host.base import blob
from host.core import transcript
from host.core.answers import (
    answer,
    doubt_rest,
    grant_lease,
    last_said_ms,
    note_contact,
    note_disconnection,
    whom_to_ask,
)
from host.core.audit import Chain
from host.core.batch import VOUCHED, Origin, States, StateSum, close, start
from host.core.deadlines import ORDER, UNIT, Deadlines
from host.core.escalations import Escalations
from host.core.outcome import (
    Changed,
    Connection,
    CutOff,
    Entered,
    Found,
    Input,
    Outcome,
    Placed,
    Received,
)
from host.core.quarantine import UNKNOWN_UNIT, Quarantine
from host.core.relay import Relay
from host.core.roster import Roster
from host.escalation.act import Act, Verb
from host.escalation.policies import Policies
from host.ingest.intake import take
from host.ingest.news import Alarmed, Doubted, Moved
from host.ingest.reception import Reception, said_ms
from host.ingest.row import RecordRow, log_row
from host.ingest.wearer import FALSE_REST
from host.proximity.order import OrderState
from host.registry.types import Assignment, PolicyDocument, Registry, Unit

_NOTHING: Mapping[str, States] = {"units": {}, "orders": {}, "escalations": {}}
_FROM_THE_STORE: Origin = {"states": VOUCHED}


class Centre:
    """All live state of one partition's orders. `secret` never leaves the host."""

    def __init__(
        self,
        registry: Registry,
        now_ms: int,
        secret: bytes,
        *,
        chain: Chain | None = None,
        policies: Policies | None = None,
        states: Mapping[str, States] = _NOTHING,
        origin: Origin = _FROM_THE_STORE,
    ) -> None:
        """Where it goes on from an earlier run, `chain` is the audit's, `policies` knows all that
        something may have been opened with, and `states` are those that the outcomes held:
        "units", "orders" and "escalations"; `origin` is what the audit is to say of them.
        """
        self.now_ms = now_ms
        self.counters: Counter[str] = Counter()
        policies = policies or Policies(registry.policies)
        self.roster = Roster(registry, policies, now_ms)
        self._chain = chain or Chain(secret)
        self.escalations = Escalations(self._chain, self.roster.wearer_of, policies)
        self.timers = Deadlines(self.roster, self.escalations)
        self._quarantine = Quarantine()
        self._states = StateSum()
        self.origin = origin
        self._started_from: Registry | None = registry  # until the audit says so
        self._units_to_save: set[str] = set()
        self._unheard: list[str] = []  # to be asked where they are once the host begins
        self._relay = Relay(self.roster, self.escalations, self.timers, self.counters)
        self._handlers: dict[type, Callable[[Any, Outcome], None]] = {
            Received: self._received,
            Connection: self._connection,
            CutOff: self._cut_off,
            Act: self._act,
            Changed: self._changed,
            Placed: self._placed,
            Found: lambda found, outcome: self._relay.found(found, self.now_ms, outcome),
            Entered: self._entered,
        }
        for unit in self.roster.assignments.units():
            self.timers.arm_unit(unit, now_ms)
        for order in self.roster.orders:
            self.timers.arm_order(order)
        self._relay.changed.update(self.roster.orders)  # all but those whose states are known
        self._restore(**states)
        if "at_work_ms" in origin:
            asked = whom_to_ask(self.roster.wearers.values(), origin["at_work_ms"], now_ms)
            self._unheard = [wearer.unit.id for wearer in asked]
            self._units_to_save.update(self._unheard)

    def _restore(self, units: States, orders: States, escalations: States) -> None:
        self._states.take(units, orders, escalations)
        for unit, state in units.items():
            self.roster.restore_unit(unit, state)
        for order, state in orders.items():
            if order in self.roster.orders:
                self.roster.orders[order].restore(blob.unpack(state), self.now_ms)
                self._relay.changed.discard(order)
                self.timers.arm_order(order)
        for order, state in escalations.items():
            if order in self.roster.orders:
                self.escalations.restore(self.roster.orders[order].order, state)
                self.timers.arm_escalation(order)

    def step(self, inputs: list[Input], now_ms: int) -> Outcome:
        """Take inputs in their order of arrival, and let deadlines up to `now_ms` pass."""
        outcome = self._begin()
        for item in inputs:
            self._pass_time(item.at_ms, outcome)
            self._handlers[type(item)](item, outcome)
        self._pass_time(now_ms, outcome)
        self._close(outcome)
        return outcome

    def set_aside(self, row: RecordRow) -> Outcome:
        """Keep what a step has failed on, an input or a deadline, and do nothing else with it."""
        outcome = self._begin()
        self.now_ms = max(self.now_ms, row.received_ms)
        if row.kind == transcript.DEADLINE:
            self.timers.set_aside(transcript.key_of(row))
        outcome.records.append(transcript.poison(row.kind, row.unit, row.sealed, self.now_ms))
        close(outcome, self._chain, self._states, self.now_ms)
        return outcome

    def _begin(self) -> Outcome:
        outcome = Outcome()
        registry, self._started_from = self._started_from, None
        if registry is not None:
            policies = self.escalations.policies.digests()
            outcome.audit.append(start(self._chain, registry, policies, self.origin, self.now_ms))
            outcome.fix_now += self._unheard
        return outcome

    # Time

    def _pass_time(self, now_ms: int, outcome: Outcome) -> None:
        """Fire every deadline up to `now_ms`, each at its own time; time never goes back."""
        now_ms = max(now_ms, self.now_ms)
        while (due := self.timers.pop(now_ms)) is not None:
            due_ms, (kind, entity) = due
            self.now_ms = max(self.now_ms, due_ms)
            if kind == UNIT:
                self._hand_over(entity, self.roster.hand_over, entity, outcome)
            elif kind == ORDER:
                state = self.roster.orders[entity]
                self._relay.signals(state, state.timer(self.now_ms), self.now_ms, outcome)
            else:
                self.escalations.timer(entity, self.now_ms, outcome)
                self.timers.arm_escalation(entity)
        self.now_ms = now_ms

    # A message

    def _received(self, message: Received, outcome: Outcome) -> None:
        unit = message.unit
        wearer = self.roster.wearers.get(unit)
        if wearer is None:
            self.counters[UNKNOWN_UNIT] += 1
            sealed, reason = message.payload, UNKNOWN_UNIT
            row = log_row(self.now_ms, unit, "message", sealed, -1, reason)
            self._log([row], outcome)
            return
        parts, answered, newest = take(message.payload, wearer.channel, wearer.ledger)
        heard_ms, at_ms = last_said_ms(wearer), said_ms(parts, newest, self.now_ms)
        if newest != wearer.ledger.newest:
            at_ms = min(at_ms, heard_ms)  # it was said before what is known, however late it comes
        elif wearer.went_back(at_ms):
            at_ms = self.now_ms
        if newest:
            note_contact(wearer, newest, at_ms, self.now_ms)
        reception = Reception(wearer, heard_ms, self.now_ms, self.counters)
        doubted = False
        for news in reception.read(parts):
            self._relay.news(wearer, news, self.now_ms, outcome)
            doubted |= type(news) in (Moved, Doubted)
        self._log(reception.rows, outcome)
        if newest or doubted:  # once: halfway through a backlog nobody is where he seems to be
            self._relay.reassess(wearer, self.now_ms, outcome)
        if newest:
            grant_lease(wearer, newest, at_ms, self.now_ms)
        if answered:
            outcome.answers.append(answer(wearer, answered, self.now_ms))
            self._units_to_save.add(wearer.unit.id)  # `unit` came with the message: a copy

    def _log(self, rows: list[RecordRow], outcome: Outcome) -> None:
        """Write down one message."""
        rows = self._quarantine.keep(rows, self.now_ms, self.counters)
        if rows and outcome.records:
            last, first = outcome.records[-1], rows[0]
            if last.received_ms == first.received_ms and last.unit == first.unit:
                outcome.parted.append(len(outcome.records))
        outcome.records += rows

    # The other inputs

    def _entered(self, entered: Entered, outcome: Outcome) -> None:
        outcome.records.append(transcript.entered(entered, self.now_ms))

    def _connection(self, connection: Connection, outcome: Outcome) -> None:
        wearer = self.roster.wearers.get(connection.unit)
        if wearer is None:
            self.counters[UNKNOWN_UNIT] += 1
            return
        changed, wearer.connected = wearer.connected != connection.up, connection.up
        rested = not connection.up and note_disconnection(wearer, self.now_ms, self.now_ms)
        if rested or (changed and not connection.up):
            wearer.gone_ms = self.now_ms
        awaiting = self.escalations.awaiting(wearer) if connection.up else []
        if changed or rested or awaiting:
            outcome.records.append(transcript.connected(connection, self.now_ms))
            self._units_to_save.add(wearer.unit.id)
        for order in awaiting:  # no broker has kept it meanwhile
            self.escalations.connected(order, wearer, self.now_ms, outcome)
            self.timers.arm_escalation(order)
        if rested:
            self._relay.reassess(wearer, self.now_ms, outcome)
        if rested or (changed and connection.up):  # it may be there: a late will says nothing
            outcome.fix_now.append(connection.unit)

    def _cut_off(self, cut: CutOff, outcome: Outcome) -> None:
        outcome.records.append(transcript.cut_off(cut, self.now_ms))
        for wearer in doubt_rest(self.roster.wearers.values(), cut.since_ms, self.now_ms):
            self._units_to_save.add(wearer.unit.id)
            self._relay.reassess(wearer, self.now_ms, outcome)

    def _act(self, act: Act, outcome: Outcome) -> None:
        outcome.records.append(transcript.acted(act, self.now_ms))
        told = len(outcome.incidents)
        order = self.escalations.act(act, self.now_ms, outcome)
        if order is not None:
            self.timers.arm_escalation(order)
        for incident in outcome.incidents[told:]:
            if act.verb is Verb.RESOLVE and incident.kind == FALSE_REST:
                self._trust_rest(incident.unit, outcome)

    def _trust_rest(self, unit: str, outcome: Outcome) -> None:
        wearer = self.roster.wearers.get(unit)
        if wearer is not None:
            wearer.trust_rest()
            self._units_to_save.add(unit)
            self._relay.news(wearer, Alarmed(FALSE_REST, False, self.now_ms), self.now_ms, outcome)

    def _placed(self, placed: Placed, outcome: Outcome) -> None:
        outcome.records.append(transcript.placed(placed, self.now_ms))
        self._relay.judge_anew(
            self.roster.place(placed.person, placed.fix, self.now_ms), self.now_ms, outcome
        )

    def _changed(self, change: Changed, outcome: Outcome) -> None:
        item = change.item
        outcome.records.append(transcript.changed(item, self.now_ms))
        if isinstance(item, Unit):
            self._relay.judge_anew(self.roster.put_unit(item, self.now_ms), self.now_ms, outcome)
            self._save_unit(item.id)
        elif isinstance(item, Assignment):
            self._hand_over(item.unit, self.roster.put_assignment, item, outcome)
        elif isinstance(item, PolicyDocument):
            for state in self.roster.put_policy(item):
                self._relay.signals(state, state.contact(self.now_ms), self.now_ms, outcome)
        else:
            self._relay.judge_anew([self.roster.put_order(item, self.now_ms)], self.now_ms, outcome)

    def _hand_over(
        self, unit: str, put: Callable[[Any, int], list[OrderState]], what: Any, outcome: Outcome
    ) -> None:
        """A unit may have come to somebody else, of whom nothing is known before it says where it
        is; at rest it need not say that."""
        before = self._worn(unit)
        self._relay.judge_anew(put(what, self.now_ms), self.now_ms, outcome)
        self.timers.arm_unit(unit, self.now_ms)
        self._save_unit(unit)
        if self._worn(unit) not in (before, (None, 0)):
            outcome.fix_now.append(unit)

    def _worn(self, unit: str) -> tuple[str | None, int]:
        """Who wears it, and since when."""
        wearer = self.roster.wearers.get(unit)
        return (None, 0) if wearer is None else (wearer.person, wearer.since_ms)

    def _save_unit(self, unit: str) -> None:
        if unit in self.roster.wearers:  # it may be assigned before it is enrolled
            self._units_to_save.add(unit)

    def _close(self, outcome: Outcome) -> None:
        """Collect the states that have changed, each once, and chain the batch into the audit."""
        self._units_to_save.update(warning.unit for warning in outcome.warnings)
        outcome.shown_units = sorted(self._units_to_save)
        outcome.shown_orders = sorted(self._relay.changed)
        for unit in outcome.shown_units:
            outcome.units[unit] = self.roster.wearers[unit].state()
        for order in outcome.shown_orders:
            outcome.orders[order] = blob.pack(self.roster.orders[order].state())
        self._units_to_save.clear()
        self._relay.changed.clear()
        self.escalations.save(outcome)
        close(outcome, self._chain, self._states, self.now_ms)
