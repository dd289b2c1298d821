"""The verdict on a run: the facts held against the oracle and against what the scenario expects."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from host.base.clock import iso
from host.proximity.types import Level, Transition
from simulator.judges.custody import Account
from simulator.judges.oracle import Breach, Oracle
from simulator.scenario.scenario import Scenario
from simulator.worlds.chronicle import Facts
from simulator.worlds.report import Event


@dataclass(frozen=True, slots=True)
class Verdict:
    """`events`: breaches and false alarms, then the summary. `complaints`: why the run failed."""

    breaches: tuple[Breach, ...]
    events: tuple[Event, ...]
    summary: Event
    complaints: tuple[str, ...]


def judge(scenario: Scenario, facts: Facts, account: Account) -> Verdict:
    """A run fails when a breach was missed, a record lost, or an expectation not met."""
    oracle = Oracle(scenario)
    breaches = oracle.breaches(facts.felt)
    false_alarms = [rise for rise in facts.rises if _is_false(rise, scenario, oracle)]
    leads_s = [_lead_s(breach) for breach in breaches]
    missed = [breach for breach in breaches if breach.missed]
    expected = missed[: scenario.document.expect.missed]
    summary = {
        "type": "summary",
        "seed": scenario.seed,
        "fixes_made": account.fixes_made,
        "stored": account.stored,
        "waiting": account.waiting,
        "lost": account.lost,
        "breaches": len(breaches),
        "breaches_warned": len(breaches) - len(missed),
        "missed_as_expected": len(expected),
        "lead_times_s": leads_s,
        "false_alarms": len(false_alarms),
        "incidents": facts.incidents,
        "warnings_sent": facts.warnings_sent,
        "receipts": facts.receipts,
    }
    told = [_breach_event(breach, breach in expected) for breach in breaches]
    events = [*told, *map(_false_alarm_event, false_alarms)]
    complaints = [*_failures(missed[len(expected) :], account), *_unmet(scenario, facts, summary)]
    return Verdict(tuple(breaches), tuple(events), summary, tuple(complaints))


def _is_false(rise: Transition, scenario: Scenario, oracle: Oracle) -> bool:
    versions = scenario.versions(rise.order)
    order = next(order for from_ms, order in reversed(versions) if from_ms <= rise.at_ms)
    kind, _, name = rise.cause.partition(":")
    if kind == "victim":
        limit_m = order.alert_m if rise.after is Level.ALERT else order.contact_m
    else:
        zone = next(zone for zone in order.zones if zone.id == name)
        limit_m = zone.margin_m if rise.after is Level.ALERT else 0
    return oracle.is_false(rise.order, rise.cause, limit_m, rise.at_ms)


def _failures(missed: list[Breach], account: Account) -> Iterator[str]:
    if account.lost:
        yield f"{account.lost} records lost: neither stored nor on a unit's flash"
    for breach in missed:
        yield f"a breach was missed: {breach.order}, {breach.cause}, {iso(breach.at_ms)}"


def _unmet(scenario: Scenario, facts: Facts, summary: Event) -> Iterator[str]:
    expect = scenario.document.expect
    if expect.breaches is not None and summary["breaches"] != expect.breaches:
        yield f"expected {expect.breaches} breaches, there were {summary['breaches']}"
    if expect.false_alarms is not None and summary["false_alarms"] > expect.false_alarms:
        yield f"expected {expect.false_alarms} false alarms, there were {summary['false_alarms']}"
    if expect.least_lead_s is not None:
        for lead_s in summary["lead_times_s"]:
            if lead_s is None or lead_s < expect.least_lead_s:
                yield f"expected a lead of {expect.least_lead_s} s, it was {lead_s} s"
    if expect.alarms is not None and set(expect.alarms) != set(facts.alarms):
        yield f"expected {_alarms(expect.alarms)}, there were {_alarms(facts.alarms)}"
    for key, reached in (("highest", facts.highest), ("final", facts.final)):
        for order, level in getattr(expect, key).items():
            if level != str(reached[order]):
                yield f"expected {key} level {level} of {order}, it was {reached[order]}"
    for order, times in expect.unassured.items():
        if facts.unassured[order] != times:
            yield f"expected {order} unassured {times} times, it was {facts.unassured[order]} times"


def _alarms(codes: Sequence[str]) -> str:
    return f"the alarms {', '.join(sorted(codes))}" if codes else "no alarms"


def _lead_s(breach: Breach) -> float | None:
    return None if breach.lead_ms is None else breach.lead_ms / 1000


def _breach_event(breach: Breach, expected: bool) -> Event:
    return {
        "type": "breach",
        "at": iso(breach.at_ms),
        "order": breach.order,
        "cause": breach.cause,
        "kind": breach.kind,
        "lead_time_s": _lead_s(breach),
        "missed": breach.missed,
        "expected": expected,
    }


def _false_alarm_event(rise: Transition) -> Event:
    return {
        "type": "false_alarm",
        "at": iso(rise.at_ms),
        "order": rise.order,
        "cause": rise.cause,
        "to": str(rise.after),
    }
