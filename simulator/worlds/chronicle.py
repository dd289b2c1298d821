"""What happened in one run of a scenario, told as it happens and kept for the verdict."""

from collections import Counter
from dataclasses import dataclass, field

from firmware.alerts import TEXT_CHARGE, TEXT_COVERED, TEXT_NO_COVER
from host.base.clock import iso
from host.escalation.delivery import Channel, Delivery, Progress
from host.escalation.incident import MOMENTS, Incident, State
from host.proximity.types import (
    Condition,
    ConditionChange,
    Level,
    Signal,
    Transition,
    UnitAlarm,
)
from protocol.command import PATTERN_NOTICE, PATTERN_URGENT, PATTERN_WARNING
from simulator.judges.oracle import Felt
from simulator.scenario.scenario import Scenario
from simulator.worlds.beginnings import Beginnings
from simulator.worlds.report import Event, Tell, signal_event

_ARRIVED = (Progress.DELIVERED, Progress.SILENCED)
_NOTICES = {TEXT_NO_COVER: "no cover", TEXT_COVERED: "covered again", TEXT_CHARGE: "charge me"}
_FELT = (PATTERN_NOTICE, PATTERN_WARNING, PATTERN_URGENT)  # any other is only seen
_OVER = (State.NORMAL, State.RETURNED)


@dataclass(slots=True)
class Facts:
    """What the verdict is about. `rises`: to alert and higher. Levels are the orders' highest."""

    rises: list[Transition] = field(default_factory=list)
    felt: list[Felt] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    unassured: Counter[str] = field(default_factory=Counter)
    highest: dict[str, Level] = field(default_factory=dict)
    final: dict[str, Level] = field(default_factory=dict)
    incidents: int = 0  # how often one came to want an operator
    warnings_sent: int = 0
    receipts: int = 0


class Chronicle:
    """Takes the host's signals and deliveries and what units present, in order of time."""

    def __init__(self, scenario: Scenario, tell: Tell) -> None:
        self.facts = Facts()
        for order in scenario.orders:
            self.facts.highest[order.id] = self.facts.final[order.id] = Level.CLEAR
        self._protected = {order.id: order.protected for order in scenario.orders}
        self._unit_of = scenario.unit_of
        self._tell = tell
        self._levels: dict[tuple[str, str], Level] = {}  # by order and cause
        self._raised: dict[tuple[str, str, str], bool] = {}  # alarms, by order, unit and code
        self._beginnings = Beginnings()
        self._states: dict[str, State] = {}  # of incidents, by id
        self._warnings: dict[int, Delivery] = {}  # to units, by id
        self._received: set[int] = set()

    def signal(self, signal: Signal) -> None:
        """A change of level or assurance, or a unit's alarm."""
        facts = self.facts
        news = True
        if isinstance(signal, Transition):
            order = signal.order
            self._levels[order, signal.cause] = signal.after
            level = max(level for key, level in self._levels.items() if key[0] == order)
            facts.final[order] = level
            facts.highest[order] = max(facts.highest[order], level)
            if signal.after >= max(Level.ALERT, signal.before):
                facts.rises.append(signal)
        elif isinstance(signal, UnitAlarm):
            key = signal.order, signal.unit, signal.code
            # Units repeat what lasts with every report; a finding is one each time.
            news = signal.code in MOMENTS or self._raised.get(key) != signal.raised
            self._raised[key] = signal.raised
            if signal.raised and signal.code not in facts.alarms:
                facts.alarms.append(signal.code)
        for told in self._beginnings.news(signal) if news else ():
            if isinstance(told, ConditionChange):
                facts.unassured[told.order] += told.after is Condition.UNASSURED
            event = signal_event(told)
            if event is not None:
                self._tell(event)

    def incident(self, incident: Incident) -> None:
        """An incident as it is now. Told is when it comes to wait for an operator, and when what it
        is about is over; one that is raised anew after that, or after an answer, waits again."""
        before = self._states.get(incident.id, State.NORMAL)
        self._states[incident.id] = incident.state
        waits = incident.state is State.UNACKNOWLEDGED
        turned = before is not State.UNACKNOWLEDGED if waits else before not in _OVER
        if not turned or not (waits or incident.state in _OVER):
            return  # no news, or answered, or set aside
        self.facts.incidents += waits
        self._tell(
            {
                "type": "incident",
                "at": iso(incident.changed_ms),
                "order": incident.order,
                "kind": incident.kind,
                "priority": incident.priority,
                "opened": waits,
                "causes": [incident.cause, *incident.parts],
            }
        )

    def delivery(self, delivery: Delivery, at_ms: int) -> None:
        """A message as it is now; those to units are told when they are sent and received."""
        if delivery.channel is not Channel.UNIT:
            return
        number = delivery.number
        if number not in self._warnings:
            self._warnings[number] = delivery
            self.facts.warnings_sent += 1
            self._tell(self._event("warning", delivery, at_ms))
        if delivery.state in _ARRIVED and number not in self._received:
            self._received.add(number)
            self.facts.receipts += 1
            self._tell(self._event("receipt", delivery, at_ms))

    def knows(self, signal: tuple[int, int, int, int]) -> bool:
        """Whether the warning that a wearer felt has been told (a notice is the unit's own)."""
        return not signal[3] or signal[3] in self._warnings

    def presented(self, unit: str, signal: tuple[int, int, int, int], at_ms: int) -> None:
        """What a wearer feels: a warning, or a notice of the unit's own."""
        pattern, _, text, number = signal
        if number:
            delivery = self._warnings[number]
            self._tell(self._event("presented", delivery, at_ms))
            if delivery.person in self._protected[delivery.order]:
                self.facts.felt.append(Felt(delivery.order, delivery.cause, at_ms))
        elif pattern:
            notice = {"number": text, "text": _NOTICES.get(text, f"text {text}")}
            notice["felt"] = pattern in _FELT
            self._tell({"type": "notice", "at": iso(at_ms), "unit": unit, **notice})

    def fault(self, name: str, unit: str, at_ms: int) -> None:
        """Something is broken on purpose, or mended."""
        event = {"type": "fault", "at": iso(at_ms), "fault": name}
        self._tell({**event, "unit": unit} if unit else event)

    def _event(self, kind: str, delivery: Delivery, at_ms: int) -> Event:
        return {
            "type": kind,
            "at": iso(at_ms),
            "order": delivery.order,
            "unit": self._unit_of(delivery.person),
            "warning": delivery.id,
            "level": str(Level(delivery.level)),
            "cause": delivery.cause,
        }
