"""What has happened is passed to the orders that it concerns, what they signal to escalation."""

from collections import Counter

from host.core import transcript
from host.core.deadlines import Deadlines
from host.core.escalations import Escalations
from host.core.hindsight import is_worth_an_alarm, look_back
from host.core.outcome import Found, Outcome
from host.core.roster import Roster
from host.escalation.incident import Refused
from host.ingest.news import Alarmed, CameLate, Moved, News, Receipted, Unsure
from host.ingest.wearer import STATES, Wearer
from host.proximity.hypothesis import Dropped
from host.proximity.order import OrderState, Signals
from host.proximity.retrospect import was_near
from host.proximity.types import ConditionChange, Fix, Signal, UnitAlarm

ASK_AGAIN_MS = 20_000  # where it is: it says a word at once, and that its receiver searches


class Relay:
    """`changed`: the orders whose state has changed since they were last given out."""

    def __init__(
        self, roster: Roster, escalations: Escalations, deadlines: Deadlines, counters: Counter[str]
    ) -> None:
        self.changed: set[str] = set()
        self.counters = counters
        self._roster = roster
        self._escalations = escalations
        self._deadlines = deadlines

    def news(self, wearer: Wearer, news: News, now_ms: int, outcome: Outcome) -> None:
        """What one record of this wearer's unit means; what may be promised then is assessed once
        the whole message is read."""
        if isinstance(news, Moved):
            for state in wearer.orders:
                self.signals(state, state.observe(wearer.track, now_ms), now_ms, outcome)
        elif isinstance(news, Unsure):
            if now_ms - wearer.asked_ms >= ASK_AGAIN_MS:
                wearer.asked_ms = now_ms
                outcome.fix_now.append(wearer.unit.id)
        elif isinstance(news, CameLate):
            self._look_back(wearer, news.fix, now_ms, outcome)
        elif isinstance(news, Dropped):
            self._note_dropped(wearer, news, now_ms, outcome)
        elif isinstance(news, Alarmed):
            for state in self._roster.concerned(wearer.unit.id, news.at_ms)[1]:
                self._alarm(state, wearer, news, now_ms, outcome)
        elif isinstance(news, Receipted):
            self._receipt(wearer, news, now_ms, outcome)

    def reassess(self, wearer: Wearer, now_ms: int, outcome: Outcome) -> None:
        """What is known of this wearer has changed."""
        for state in wearer.orders:
            self.signals(state, state.contact(now_ms), now_ms, outcome)

    def judge_anew(self, states: list[OrderState], now_ms: int, outcome: Outcome) -> None:
        """Orders have new parties or terms: what is known is judged, and what is raised is told."""
        for state in states:
            self.signals(state, state.judge_anew(now_ms), now_ms, outcome)
            for person in state.order.persons:
                wearer = self._roster.wearer_of(person)
                if wearer is not None:
                    self._tell_standing_alarms(state, wearer, now_ms, outcome)

    def found(self, found: Found, now_ms: int, outcome: Outcome) -> None:
        """The store has answered: a late fix may prove a breach in the past."""
        state = self._roster.orders.get(found.order)
        wearer = self._roster.wearers.get(found.late.unit)
        if state is None or wearer is None or found.counterpart is None:
            return
        if was_near(state.order, found.late, found.counterpart):
            outcome.records.append(transcript.found(found, now_ms))
            self._alarm_of_the_past(state, wearer, found.late, now_ms, outcome)

    def signals(self, state: OrderState, signals: Signals, now_ms: int, outcome: Outcome) -> None:
        """What an order has just signalled, if anything."""
        for signal in signals:
            self._signal(state, signal, now_ms, outcome)
        order = state.order.id
        self.changed.add(order)
        self._deadlines.arm_order(order)

    def _signal(self, state: OrderState, signal: Signal, now_ms: int, outcome: Outcome) -> None:
        outcome.signals.append(signal)
        if isinstance(signal, ConditionChange) and signal.reason.endswith("_victim"):
            outcome.fix_now += self._units_of(state.order.protected)
        self._escalations.signal(state, signal, now_ms, outcome)
        self._deadlines.arm_escalation(state.order.id)

    def _units_of(self, persons: tuple[str, ...]) -> list[str]:
        worn = map(self._roster.wearer_of, persons)
        return [wearer.unit.id for wearer in worn if wearer is not None]

    def _alarm(
        self, state: OrderState, wearer: Wearer, news: Alarmed, now_ms: int, outcome: Outcome
    ) -> None:
        unit = wearer.unit
        alarm = UnitAlarm(
            state.order.id,
            unit.id,
            unit.role,
            self._roster.concerned(unit.id, news.at_ms)[0],
            news.code,
            news.raised,
            news.at_ms,
            now_ms,
        )
        self._signal(state, alarm, now_ms, outcome)

    def _tell_standing_alarms(
        self, state: OrderState, wearer: Wearer, now_ms: int, outcome: Outcome
    ) -> None:
        for code in (code for code in wearer.alarms if code not in STATES):
            if not self._escalations.has_incident(state.order.id, f"{code}:{wearer.unit.id}"):
                self._alarm(state, wearer, Alarmed(code, True, now_ms), now_ms, outcome)

    def _receipt(self, wearer: Wearer, news: Receipted, now_ms: int, outcome: Outcome) -> None:
        try:
            order = self._escalations.receipt(news, wearer, now_ms, outcome)
        except Refused as error:
            self.counters[error.reason] += 1
        else:
            if order is not None:
                self._deadlines.arm_escalation(order)

    def _note_dropped(
        self, wearer: Wearer, dropped: Dropped, now_ms: int, outcome: Outcome
    ) -> None:
        fix = dropped.fix
        what = {"unit": fix.unit, "sequence": fix.sequence, "reason": dropped.reason}
        for state in wearer.orders:
            self._escalations.audit("hypothesis.dropped", state.order.id, now_ms, what, outcome)

    def _look_back(self, wearer: Wearer, late: Fix, now_ms: int, outcome: Outcome) -> None:
        proven, asked = look_back(self._roster, late)
        for state in proven:
            self._alarm_of_the_past(state, wearer, late, now_ms, outcome)
        outcome.lookbacks += asked

    def _alarm_of_the_past(
        self, state: OrderState, wearer: Wearer, late: Fix, now_ms: int, outcome: Outcome
    ) -> None:
        if is_worth_an_alarm(state, late, now_ms):
            self._alarm(
                state, wearer, Alarmed("retrospective", True, late.time_ms), now_ms, outcome
            )
