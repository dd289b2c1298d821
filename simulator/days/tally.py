"""What one day came to: counted while it is played, from what is told and from how units stand."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from simulator.report.recording import Recording
from simulator.report.simulated import rests_of
from simulator.report.strips import spans_of
from simulator.scenario.ground import distance_m
from simulator.scenario.scenario import Scenario
from simulator.worlds.report import Event
from simulator.worlds.witness import Nobody

UNANSWERED = "ladder"  # of a row in the queue that nobody answers: nobody does, in these days
DAY_MS = 86_400_000

Span = tuple[int, int]


@dataclass(slots=True)
class Spent:
    """By the units of one role: milliseconds with the receiver on, at rest, and both; contacts."""

    units: int = 0
    gnss_ms: int = 0
    rest_ms: int = 0
    gnss_rest_ms: int = 0
    contacts: int = 0


@dataclass(slots=True)
class Tally:
    """Of one day. days: how long it was. alarms: incidents that came to want an operator, by kind,
    without `unanswered`. felt: how often a unit of hers vibrated or sounded. conditions: for how
    many milliseconds orders were in each. homes_m: how far apart the homes are.
    """

    strength: str
    homes_m: float
    days: float
    orders: int
    name: str = ""
    kind: str = ""
    alarms: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    felt: int = 0
    conditions: Counter[str] = field(default_factory=Counter)
    spent: dict[str, Spent] = field(default_factory=dict)
    computing_s: float = 0.0


class Contacts(Nobody):
    """Counts at how many instants each unit sent something."""

    def __init__(self) -> None:
        self.by_unit: Counter[str] = Counter()
        self._last_ms: dict[str, int] = {}

    def sent(self, unit: str, message: bytes, now_ms: int) -> None:  # noqa: ARG002
        self.by_unit[unit] += self._last_ms.get(unit) != now_ms
        self._last_ms[unit] = now_ms


def tally(scenario: Scenario, recording: Recording, contacts: Counter[str]) -> Tally:
    """Count a day that has been played; `contacts` by unit. Homes are where they are at first."""
    roles = {unit: said.role for unit, said in scenario.document.units.items()}
    strengths = {str(order.strength) for order in scenario.orders}
    lasts_ms = scenario.end_ms - scenario.start_ms
    told = Tally(
        strengths.pop() if len(strengths) == 1 else "mixed",
        _homes_m(scenario),
        lasts_ms / DAY_MS,
        len(scenario.orders),
    )
    for event in recording.events:
        told.felt += _is_felt(event) and roles[event["unit"]] == "victim"
        if event["type"] == "incident" and event["opened"]:
            if event["kind"] == UNANSWERED:
                told.unanswered += 1
            else:
                told.alarms[event["kind"]] += 1
    for changes in recording.promises.values():
        for from_ms, until_ms, condition in spans_of(changes, scenario.end_ms):
            told.conditions[condition] += until_ms - from_ms
    for unit, role in roles.items():
        _add(told.spent.setdefault(role, Spent()), scenario, recording, unit)
        told.spent[role].contacts += contacts[unit]
    return told


def _add(spent: Spent, scenario: Scenario, recording: Recording, unit: str) -> None:
    """What one unit more has spent."""
    searches = spans_of(recording.searches.get(unit, ()), scenario.end_ms)
    on = [(from_ms, until_ms) for from_ms, until_ms, searching in searches if searching]
    rests = list(rests_of(scenario, unit))
    spent.units += 1
    spent.gnss_ms += _length(on)
    spent.rest_ms += _length(rests)
    spent.gnss_rest_ms += _length(_common(on, rests))


def _is_felt(event: Event) -> bool:
    return bool(event["type"] == "presented" or (event["type"] == "notice" and event["felt"]))


def _homes_m(scenario: Scenario) -> float:
    """How far apart the first order's parties are at the beginning."""
    order = scenario.orders[0]
    spots = [
        scenario.paths[scenario.unit_of(person)].at(scenario.start_ms)
        for person in (order.offender, order.protected[0])
    ]
    return distance_m(*spots)


def _length(spans: Iterable[Span]) -> int:
    return sum(until_ms - from_ms for from_ms, until_ms in spans)


def _common(ones: list[Span], others: list[Span]) -> Iterator[Span]:
    """What is in both; each in order, without overlaps."""
    for from_ms, until_ms in ones:
        for other_from_ms, other_until_ms in others:
            start_ms, end_ms = max(from_ms, other_from_ms), min(until_ms, other_until_ms)
            if end_ms > start_ms:
                yield start_ms, end_ms
