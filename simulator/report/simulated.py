"""The run of a scenario, for its report."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from simulator.judges.truth import Pair, Terms, pairs_of
from simulator.report.recording import Recording
from simulator.report.run import SAMPLES, Closeness, Limits, Run, Trouble, Wearer, thinned
from simulator.report.strips import spans_of
from simulator.scenario.scenario import Scenario
from simulator.worlds.report import Event


def simulated(
    file: Path,
    scenario: Scenario,
    recording: Recording,
    summary: Event,
    complaints: Iterable[str] = (),
) -> Run:
    """What there is to draw of it. complaints: why it failed, if it did."""
    return Run(
        False,
        file.stem,
        scenario.document.about,
        scenario.start_ms,
        scenario.end_ms,
        tuple(
            Wearer(
                name,
                (unit.person, *(handover.person for handover in unit.handovers)),
                unit.role == "offender",
                tuple(scenario.paths[name].nodes),
            )
            for name, unit in scenario.document.units.items()
        ),
        scenario.orders,
        tuple(_closeness(scenario, pair) for pair in pairs_of(scenario)),
        tuple(sorted(_troubles(scenario), key=lambda trouble: (trouble.unit, trouble.from_ms))),
        tuple(recording.events),
        recording.promises,
        recording.assured,
        summary,
        {name: tuple(rests_of(scenario, name)) for name in scenario.document.units},
        recording.searches,
        tuple(complaints),
    )


def rests_of(scenario: Scenario, unit: str) -> Iterator[tuple[int, int]]:
    """From when until when a unit's wearer truly rests."""
    turns = [turn for turn in scenario.paths[unit].turns() if turn[0] < scenario.end_ms]
    moves = [(scenario.start_ms, False), *turns]
    for from_ms, until_ms, moving in spans_of(moves, scenario.end_ms):
        if not moving:
            yield from_ms, until_ms


def _closeness(scenario: Scenario, pair: Pair) -> Closeness:
    name = pair.cause.partition(":")[2] if pair.zone is None else pair.zone.name
    terms = tuple((from_ms, _limits(terms)) for from_ms, terms in pair.terms)
    samples = thinned(_samples(scenario, pair), scenario.start_ms, scenario.end_ms)
    return Closeness(pair.order, pair.cause, name, terms, tuple(samples))


def _limits(terms: Terms) -> Limits:
    """By level: the nearest limit of a breach is the last."""
    breach_m = min(terms.limits.values())
    return ("pre_alert", terms.outer_m), ("alert", terms.alert_m), ("breach", breach_m)


def _samples(scenario: Scenario, pair: Pair) -> list[tuple[int, float]]:
    """True distances, evenly over time, and as dense as the oracle's where they matter."""
    span_ms = scenario.end_ms - scenario.start_ms
    even = {scenario.start_ms + span_ms * part // SAMPLES for part in range(SAMPLES + 1)}
    outer_m = max(terms.outer_m for _, terms in pair.terms)
    near = pair.samples(scenario.start_ms, scenario.end_ms, outer_m)
    return [(at_ms, pair.distance_m(at_ms)) for at_ms in sorted(even | {at for at, _ in near})]


def _troubles(scenario: Scenario) -> Iterator[Trouble]:
    """Faults, and the spells without network or sky that units have."""
    for fault in scenario.document.faults:
        from_ms = scenario.at_ms(fault.at_s)
        lasts_s = getattr(fault, "for_s", getattr(fault, "down_s", None))
        until_ms = None if lasts_s is None else scenario.at_ms(fault.at_s + lasts_s)
        yield Trouble(fault.fault, getattr(fault, "unit", ""), from_ms, until_ms)
    for name, unit in scenario.document.units.items():
        for what, spells in (
            ("cut", unit.network.cuts),
            ("dropout", unit.gnss.dropouts),
            ("coarse", unit.gnss.coarse),
        ):
            for spell in spells:
                from_ms, until_ms = scenario.at_ms(spell.from_s), scenario.at_ms(spell.until_s)
                yield Trouble(what, name, from_ms, min(until_ms, scenario.end_ms))
