"""What must hold in every world, whatever breaks: the invariants, each with its name.

The true paths judge the promises and the warnings; what was sent and stored judges custody. A
world whose receiver or motion sensor lies without knowing it (a jump, a drift, a frozen position, a
car that starts smoothly) has no bound that could be true: for its orders nothing is asked of the
promise, or of who is warned, for as long as the lie may last.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from host.base.clock import iso
from host.evidence.verify import Report
from protocol import command
from simulator.judges.custody import Account
from simulator.judges.oracle import LATE_MS, Breach, Oracle
from simulator.judges.recorder import Recorder, Timeline
from simulator.judges.second.finding import Finding
from simulator.judges.truth import Pair, pairs_of
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema.faults import Alternate, Drift, Freeze, Jump, Numb
from simulator.scenario.schema.units import Network
from simulator.worlds.chronicle import Facts
from simulator.worlds.report import Event

LIES = Jump | Drift | Freeze | Alternate | Numb
# What was concluded from a lie may stand until its unit is next due: the longest lease, and the
# margin; and three fixes more until one of two hypotheses is dropped.
LIE_LASTS_MS = (600 + 20 + 180) * 1000
# Of who falls silent on the move: by its lease, the margin of that, and what is on its way.
KNOWN_MS = (10 + 20 + 5) * 1000
# A unit that comes to somebody else still gets what was on its way to whoever wore it before.
ON_ITS_WAY_MS = 5_000
MISSED = "missed"
LEVELS = ("clear", "pre_alert", "alert", "breach")
REASONS_TO_FALL = ("evidence", "not_in_force")


class Played(NamedTuple):
    """One world that has been played."""

    scenario: Scenario
    recorder: Recorder
    facts: Facts
    events: list[Event]
    account: Account
    findings: list[Finding]  # of the second judge
    evidence: Report | None  # what recomputing the host's log came to, where that was asked for


class Failure(NamedTuple):
    """An invariant that did not hold. `what`: one sentence."""

    rule: str
    what: str


def failures(played: Played) -> Iterator[Failure]:
    """Everything that did not hold."""
    pairs = list(pairs_of(played.scenario))
    yield from (Failure(one.rule, str(one)) for one in played.findings)
    yield from _promises(played, pairs)
    yield from _warnings(played)
    yield from _custody(played)
    yield from _evidence(played)
    yield from _once(played)
    yield from _falls(played)
    yield from _what_a_bracelet_hears(played)
    if is_calm(played.scenario):
        yield from _calm(played)


def is_calm(scenario: Scenario) -> bool:
    """Whether nothing is broken, changed or lost in it: then nobody may be disquieted."""
    said = scenario.document
    quiet = not (said.faults or said.operators or scenario.changes)
    steady = all(
        order.valid_from_s is None and not order.schedule for order in said.orders.values()
    )
    return (
        quiet
        and steady
        and all(
            _is_sound(unit.network) and not (unit.gnss.dropouts or unit.handovers)
            for unit in said.units.values()
        )
    )


def _is_sound(network: Network) -> bool:
    ills = (network.loss, network.duplicate, network.reorder, network.cuts, network.holds)
    return not any(ills)


# While somebody is assured nobody is within the alert distance


def _promises(played: Played, pairs: list[Pair]) -> Iterator[Failure]:
    """The host's of an order is of all its causes; her unit's, that he cannot come near *her*."""
    scenario, recorder = played.scenario, played.recorder
    for pair in pairs:
        said = {"the host": recorder.host_until[pair.order]}
        if pair.zone is None:
            unit = scenario.unit_of(pair.cause.removeprefix("victim:"))
            said[unit] = recorder.unit_until[unit]
        lies = list(_lies(scenario, pair))
        for who, until in said.items():
            excused = lies if who == "the host" else [*lies, *_hand_overs(scenario, who)]
            for at_ms, apart_m in broken(pair, until, scenario.end_ms, settles=who != "the host"):
                if not any(start_ms <= at_ms < end_ms for start_ms, end_ms in excused):
                    what = f"{who} assured {pair.order}, but {pair.cause} was {apart_m:.0f} m away"
                    yield Failure("promise", f"{iso(at_ms)} {what}")
                    break  # one of a row of samples says it


def broken(
    pair: Pair, until: Timeline, end_ms: int, *, settles: bool
) -> Iterator[tuple[int, float]]:
    """When, and how near, somebody was within what was promised that he was not.

    settles: the promise is a unit's, which knows only the terms under which it was made.
    """
    for from_ms, until_ms in spans(until, end_ms):
        made = pair.terms_at(from_ms).alert_m
        for at_ms, apart_m in pair.samples(from_ms, until_ms - 1, made):
            limit_m = pair.terms_at(at_ms).alert_m
            if settles:
                limit_m = min(limit_m, made)
                if not pair.in_force(from_ms)[0]:
                    continue
            if apart_m is not None and apart_m <= limit_m:
                yield at_ms, apart_m


def spans(until: Timeline, end_ms: int) -> Iterator[tuple[int, int]]:
    """From when to when a promise held that was renewed, or withdrawn, now and then."""
    for (from_ms, until_ms), (next_ms, _) in pairwise([*until, (end_ms, 0)]):
        if min(next_ms, until_ms) > from_ms:
            yield from_ms, min(next_ms, until_ms)


def _hand_overs(scenario: Scenario, unit: str) -> Iterator[tuple[int, int]]:
    """When what a unit says may still be for somebody else's ears."""
    for over in scenario.document.units[unit].handovers:
        at_ms = scenario.at_ms(over.at_s)
        yield at_ms, at_ms + ON_ITS_WAY_MS


def _lies(scenario: Scenario, pair: Pair) -> Iterator[tuple[int, int]]:
    """From when until when a unit of a pair's may have told a place that is not true."""
    units = {unit for unit, path in scenario.paths.items() if path in pair.paths}
    for fault in scenario.document.faults:
        if isinstance(fault, LIES) and fault.unit in units:
            end_ms = scenario.at_ms(fault.at_s + fault.for_s) + LIE_LASTS_MS
            # What is not felt is not seen either, until the unit next looks.
            numb = isinstance(fault, Numb)
            yield scenario.at_ms(fault.at_s), scenario.end_ms + 1 if numb else end_ms


# Every breach is warned of, or it was known that nobody watched


def _warnings(played: Played) -> Iterator[Failure]:
    scenario = played.scenario
    pairs = {(pair.order, pair.cause): pair for pair in pairs_of(scenario)}
    for breach in Oracle(scenario).breaches(played.facts.felt):
        ended = breach.at_ms + LATE_MS > scenario.end_ms
        if not breach.missed or ended or not _protected(scenario, breach):
            continue
        lies = _lies(scenario, pairs[breach.order, breach.cause])
        lied = any(start_ms <= breach.at_ms < end_ms for start_ms, end_ms in lies)
        known = not is_calm(scenario) and uncovered(played, breach)
        if not (lied or known or alarmed(played, breach)):
            what = f"{breach.kind} of {breach.order}, {breach.cause}, and nobody was warned in time"
            yield Failure(MISSED, f"{iso(breach.at_ms)} {what}")


def _protected(scenario: Scenario, breach: Breach) -> list[str]:
    """The units of those whom a breach concerns, at its time."""
    order = next(order for order in scenario.orders if order.id == breach.order)
    kind, _, person = breach.cause.partition(":")
    worn = [scenario.worn(one) for one in ([person] if kind == "victim" else order.protected)]
    return [
        one.unit
        for one in worn
        if one.from_ms <= breach.at_ms and (one.until_ms is None or breach.at_ms < one.until_ms)
    ]


def alarmed(played: Played, breach: Breach) -> bool:
    """Whether the alert of an earlier approach still stood."""
    levels = [
        event["to"]
        for event in played.events
        if event["type"] == "transition"
        and (event["order"], event["cause"]) == (breach.order, breach.cause)
        and event["at"] <= iso(breach.at_ms)
    ]
    return levels[-1:] in (["alert"], ["breach"])


def uncovered(played: Played, breach: Breach) -> bool:
    """Whether the order was unassured, or her unit said so, before it was too late; or whether
    there was neither a host nor, meanwhile, power in her unit: then there is nobody to say it."""
    units = _protected(played.scenario, breach)
    told = [played.recorder.uncovered[unit] for unit in units]
    told.append(played.recorder.host_unassured[breach.order])
    alone = ever(played.recorder.host_down, breach.at_ms, breach.at_ms + LATE_MS)
    if alone:
        told += [played.recorder.powerless[unit] for unit in units]
    # Of a zone nobody promises anything while the host is gone.
    unseen = alone and breach.kind == "zone"
    return unseen or any(ever(one, breach.at_ms, breach.at_ms + KNOWN_MS) for one in told)


def ever(timeline: Timeline, from_ms: int, until_ms: int) -> bool:
    """Whether something held at any time in between."""
    steps = pairwise([*timeline, (until_ms + 1, 0)])
    return any(on and at_ms <= until_ms and ms > from_ms for (at_ms, on), (ms, _) in steps)


# Nothing is lost, felt twice, or lowered without a reason


def _custody(played: Played) -> Iterator[Failure]:
    if played.account.lost:
        yield Failure("custody", f"{played.account.lost} records are nowhere")


def _evidence(played: Played) -> Iterator[Failure]:
    """Whoever recomputes it comes to the same: over crashes, restarts and a store that was down."""
    report = played.evidence
    if report is not None and not report.identical:
        yield Failure("evidence", str(report.difference or report.schema[0]))


def _once(played: Played) -> Iterator[Failure]:
    for (unit, number), times in Counter(played.recorder.presented).items():
        if times > 1:
            yield Failure("once", f"{unit} presented the warning {number:x} {times} times")


def _falls(played: Played) -> Iterator[Failure]:
    for event in played.events:
        if event["type"] != "transition" or event["rule"] in REASONS_TO_FALL:
            continue
        if LEVELS.index(event["to"]) < LEVELS.index(event["from"]):
            what = f"{event['order']}, {event['cause']} fell by {event['rule']}"
            yield Failure("fall", f"{event['at']} {what}")


# What a bracelet hears


def _what_a_bracelet_hears(played: Played) -> Iterator[Failure]:
    """Commands of one length; answers without a promise; warnings of an alert or more."""
    roles = {name: unit.role for name, unit in played.scenario.document.units.items()}
    for told in played.recorder.told_units:
        said = told.command
        if roles[told.unit] != "offender":
            continue
        if isinstance(said, command.Answer):
            tells = (said.flags, said.assured_until_s, said.shrink_pct) != (0, 0, 100)
        else:
            tells = isinstance(said, command.Warning) and said.level < command.ALERT
        if tells or len(told.sealed) != command.COMMAND_BYTES:
            yield Failure("privacy", f"{iso(told.at_ms)} {told.unit} is told {said}")


# Where nothing is broken nobody is disquieted


def _calm(played: Played) -> Iterator[Failure]:
    for unit, timeline in played.recorder.uncovered.items():
        if any(on for _, on in timeline):
            yield Failure("calm", f"{unit} says that there is no cover, and nothing is broken")
