"""The centre: one deterministic step from inputs to an outcome. No clock, no I/O, no randomness.

A message goes one way through it: intake (verify, order, deduplicate), judge, proximity of every
order that the wearer is a party to, escalation, answer. The service commits the outcome and only
then sends. Deadlines that fall before an input fire before it, so how inputs are cut into steps
changes nothing.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from host.base import blob
from host.core import transcript
from host.core.answers import answer, grant_lease, note_contact, note_disconnection
from host.core.audit import Chain
from host.core.batch import VOUCHED, Origin, States, StateSum, close, start
from host.core.deadlines import ORDER, UNIT, Deadlines
from host.core.escalations import Escalations
from host.core.hindsight import is_worth_an_alarm, look_back
from host.core.outcome import (
    Changed,
    Connection,
    Entered,
    Found,
    Input,
    Outcome,
    Placed,
    Received,
)
from host.core.quarantine import UNKNOWN_UNIT, Quarantine
from host.core.roster import Roster
from host.escalation.act import Act
from host.escalation.incident import Refused
from host.escalation.policies import Policies
from host.ingest.intake import take
from host.ingest.news import Alarmed, CameLate, Doubted, Moved, News, Presented
from host.ingest.reception import Reception, said_ms
from host.ingest.row import RecordRow, log_row
from host.ingest.wearer import Wearer
from host.proximity.order import OrderState, Signals
from host.proximity.retrospect import was_near
from host.proximity.types import Fix, Signal, UnitAlarm
from host.registry.types import Assignment, PolicyDocument, Registry, Unit


class Centre:
    """All live state of one partition's orders. `secret` never leaves the host."""

    def __init__(
        self,
        registry: Registry,
        now_ms: int,
        secret: bytes,
        chain: Chain | None = None,
        policies: Policies | None = None,
    ) -> None:
        """`chain`: the audit's, where it goes on from an earlier run. `policies`: where more are
        known than the registry's in force."""
        self.now_ms = now_ms
        self.counters: Counter[str] = Counter()
        self.roster = Roster(registry, now_ms)
        self._chain = chain or Chain(secret)
        policies = policies or Policies(registry.policies)
        self.escalations = Escalations(self._chain, self._unit_of, policies)
        self.timers = Deadlines(self.roster, self.escalations)
        self._quarantine = Quarantine()
        self._states = StateSum()
        self.origin: Origin = {"states": VOUCHED}  # of what `restore` took
        self._secret = secret
        self._started_from: Registry | None = registry  # until the audit says so
        self._units_to_save: set[str] = set()
        self._orders_to_save = set(self.roster.orders)  # all but those that `restore` knows
        self._handlers: dict[type, Callable[[Any, Outcome], None]] = {
            Received: self._received,
            Connection: self._connection,
            Act: self._act,
            Changed: self._changed,
            Placed: self._placed,
            Found: self._found,
            Entered: self._entered,
        }
        for unit in self.roster.assignments.units():
            self.timers.arm_unit(unit, now_ms)
        for order in self.roster.orders:
            self.timers.arm_order(order)

    def restore(
        self, units: States, orders: States, escalations: States, origin: Origin | None = None
    ) -> None:
        """Take the states that earlier outcomes held, as the store kept them.

        `origin`: what the audit says of where they come from, if not simply from there.
        """
        self.origin = origin or self.origin
        self._states.take(units, orders, escalations)
        for unit, state in units.items():
            self.roster.restore_unit(unit, state)
        for order, state in orders.items():
            if order in self.roster.orders:
                self.roster.orders[order].restore(blob.unpack(state), self.now_ms)
                self._orders_to_save.discard(order)
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
        return outcome

    # Time

    def _pass_time(self, now_ms: int, outcome: Outcome) -> None:
        """Fire every deadline up to `now_ms`, each at its own time; time never goes back."""
        now_ms = max(now_ms, self.now_ms)
        while (due := self.timers.pop(now_ms)) is not None:
            due_ms, (kind, entity) = due
            self.now_ms = max(self.now_ms, due_ms)
            if kind == UNIT:
                self._judge_anew(self.roster.hand_over(entity, self.now_ms), outcome)
                self._save_unit(entity)
                self.timers.arm_unit(entity, self.now_ms)
            elif kind == ORDER:
                state = self.roster.orders[entity]
                self._signals(state, state.timer(self.now_ms), outcome)
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
        heard_ms, at_ms = wearer.track.contact_ms, said_ms(parts, newest, self.now_ms)
        if newest:
            note_contact(wearer, newest, at_ms, self.now_ms)
        reception = Reception(wearer, heard_ms, self.now_ms, self.counters)
        assessed = False
        for news in reception.read(parts):
            self._news(wearer, news, outcome)
            assessed = type(news) in (Moved, Doubted)
        self._log(reception.rows, outcome)
        if newest:
            if not assessed:
                self._reassess(wearer, outcome)
            grant_lease(wearer, newest, at_ms, self.now_ms, self._secret)
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

    def _news(self, wearer: Wearer, news: News, outcome: Outcome) -> None:
        if isinstance(news, Moved):
            for state in wearer.orders:
                self._signals(state, state.observe(wearer.track, self.now_ms), outcome)
        elif isinstance(news, Doubted):
            self._reassess(wearer, outcome)
        elif isinstance(news, CameLate):
            self._look_back(wearer, news.fix, outcome)
        elif isinstance(news, Alarmed):
            for state in self.roster.concerned(wearer.unit.id, news.at_ms)[1]:
                self._alarm(state, wearer, news, outcome)
        else:
            self._receipt(wearer, news, outcome)

    def _receipt(self, wearer: Wearer, news: Presented, outcome: Outcome) -> None:
        warning_id, person = news.warning_id, wearer.person
        try:
            order = self.escalations.receipt(warning_id, news.outcome, person, self.now_ms, outcome)
        except Refused as error:
            self.counters[error.reason] += 1
        else:
            if order is not None:
                self.timers.arm_escalation(order)

    # What follows from it

    def _signals(self, state: OrderState, signals: Signals, outcome: Outcome) -> None:
        for signal in signals:
            self._signal(state, signal, outcome)
        order = state.order.id
        self._orders_to_save.add(order)
        self.timers.arm_order(order)

    def _signal(self, state: OrderState, signal: Signal, outcome: Outcome) -> None:
        outcome.signals.append(signal)
        self.escalations.signal(state, signal, self.now_ms, outcome)
        self.timers.arm_escalation(state.order.id)

    def _alarm(self, state: OrderState, wearer: Wearer, news: Alarmed, outcome: Outcome) -> None:
        unit = wearer.unit
        alarm = UnitAlarm(
            state.order.id,
            unit.id,
            unit.role,
            self.roster.concerned(unit.id, news.at_ms)[0],
            news.code,
            news.raised,
            news.at_ms,
            self.now_ms,
        )
        self._signal(state, alarm, outcome)

    def _reassess(self, wearer: Wearer, outcome: Outcome) -> None:
        for state in wearer.orders:
            self._signals(state, state.contact(self.now_ms), outcome)

    # A late fix: evidence, which may prove a breach in the past

    def _look_back(self, wearer: Wearer, late: Fix, outcome: Outcome) -> None:
        proven, asked = look_back(self.roster, late)
        for state in proven:
            self._alarm_of_the_past(state, wearer, late, outcome)
        outcome.lookbacks += asked

    def _found(self, found: Found, outcome: Outcome) -> None:
        state = self.roster.orders.get(found.order)
        wearer = self.roster.wearers.get(found.late.unit)
        if state is None or wearer is None or found.counterpart is None:
            return
        if was_near(state.order, found.late, found.counterpart):
            outcome.records.append(transcript.found(found, self.now_ms))
            self._alarm_of_the_past(state, wearer, found.late, outcome)

    def _alarm_of_the_past(
        self, state: OrderState, wearer: Wearer, late: Fix, outcome: Outcome
    ) -> None:
        if is_worth_an_alarm(state, late, self.now_ms):
            self._alarm(state, wearer, Alarmed("retrospective", True, late.time_ms), outcome)

    # The other inputs

    def _entered(self, entered: Entered, outcome: Outcome) -> None:
        outcome.records.append(transcript.entered(entered, self.now_ms))

    def _connection(self, connection: Connection, outcome: Outcome) -> None:
        wearer = self.roster.wearers.get(connection.unit)
        if wearer is None:
            self.counters[UNKNOWN_UNIT] += 1
        elif wearer.connected != connection.up:
            wearer.connected = connection.up
            outcome.records.append(transcript.connected(connection, self.now_ms))
            self._units_to_save.add(wearer.unit.id)
            if connection.up:
                outcome.fix_now.append(connection.unit)
            elif note_disconnection(wearer, self.now_ms):
                self._reassess(wearer, outcome)

    def _act(self, act: Act, outcome: Outcome) -> None:
        outcome.records.append(transcript.acted(act, self.now_ms))
        order = self.escalations.act(act, self.now_ms, outcome)
        if order is not None:
            self.timers.arm_escalation(order)

    def _placed(self, placed: Placed, outcome: Outcome) -> None:
        outcome.records.append(transcript.placed(placed, self.now_ms))
        self._judge_anew(self.roster.place(placed.person, placed.fix, self.now_ms), outcome)

    def _changed(self, change: Changed, outcome: Outcome) -> None:
        item = change.item
        outcome.records.append(transcript.changed(item, self.now_ms))
        if isinstance(item, Unit):
            self._judge_anew(self.roster.put_unit(item, self.now_ms), outcome)
            self._save_unit(item.id)
        elif isinstance(item, Assignment):
            self._judge_anew(self.roster.put_assignment(item, self.now_ms), outcome)
            self.timers.arm_unit(item.unit, self.now_ms)
            self._save_unit(item.unit)
        elif isinstance(item, PolicyDocument):
            self.escalations.policies.put(item)
        else:
            self._judge_anew([self.roster.put_order(item, self.now_ms)], outcome)

    def _save_unit(self, unit: str) -> None:
        if unit in self.roster.wearers:  # it may be assigned before it is enrolled
            self._units_to_save.add(unit)

    def _unit_of(self, person: str) -> str | None:
        wearer = self.roster.wearer_of(person)
        return None if wearer is None else wearer.unit.id

    def _judge_anew(self, states: list[OrderState], outcome: Outcome) -> None:
        """Orders have new parties or terms: what is known is judged, and what is raised is told."""
        for state in states:
            self._signals(state, state.judge_anew(self.now_ms), outcome)
            for person in state.order.persons:
                wearer = self.roster.wearer_of(person)
                if wearer is not None:
                    self._tell_standing_alarms(state, wearer, outcome)

    def _tell_standing_alarms(self, state: OrderState, wearer: Wearer, outcome: Outcome) -> None:
        for code in wearer.alarms:
            if not self.escalations.has_incident(state.order.id, f"{code}:{wearer.unit.id}"):
                self._alarm(state, wearer, Alarmed(code, True, self.now_ms), outcome)

    def _close(self, outcome: Outcome) -> None:
        """Collect the states that have changed, each once, and chain the batch into the audit."""
        outcome.shown_units = sorted(self._units_to_save)
        outcome.shown_orders = sorted(self._orders_to_save)
        for unit in outcome.shown_units:
            outcome.units[unit] = self.roster.wearers[unit].state()
        for order in outcome.shown_orders:
            outcome.orders[order] = blob.pack(self.roster.orders[order].state())
        self._units_to_save.clear()
        self._orders_to_save.clear()
        self.escalations.save(outcome)
        close(outcome, self._chain, self._states, self.now_ms)
