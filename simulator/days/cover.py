"""What a day does to receivers, networks and batteries: roofs, gaps, charging at night."""

from collections.abc import Iterator
from random import Random
from typing import Any

from simulator.days.kinds import Network
from simulator.days.way import DAY_S, Stay

SIGMA_M, CORRELATION_S = 4.0, 60.0  # of positions under the sky
_SEEN_S = 120.0  # from midnight on, under whatever roof: else nothing would be known of before
_GAP_AFTER_S = 60.0  # between two gaps, at least
_CHARGED_PCT = (88, 100)  # at midnight, on the charger
_SPENT_PCT = (8, 13)  # between two measurements of the charge
_MEASURED_H = (9, 13, 17, 21)
_CHARGED_ANEW = (23, 80)  # hour, per cent

Document = dict[str, Any]


def gnss(chance: Random, stays: tuple[Stay, ...]) -> Document:
    """A receiver: no position, or coarse ones, under roofs."""
    dropouts: list[Document] = []
    coarse: list[Document] = []
    for stay in stays:
        if stay.roof is None:
            continue
        for from_s, until_s in _covered(chance, stay):
            spell: Document = {"from_s": from_s, "until_s": until_s}
            if stay.roof.sigma_m is None:
                dropouts.append(spell)
            else:
                coarse.append(spell | {"sigma_m": stay.roof.sigma_m})
    noise = {"sigma_m": SIGMA_M, "correlation_s": CORRELATION_S}
    return {**noise, "dropouts": dropouts, "coarse": coarse}


def radio(chance: Random, stays: tuple[Stay, ...]) -> list[Document]:
    """What the modem knows where there is a roof, in whole seconds."""
    spells = []
    for stay in stays:
        if stay.roof is None or not stay.roof.radio:
            continue
        source, sigma_m = chance.choice(stay.roof.radio)
        from_s, until_s = round(stay.from_s), round(stay.until_s)
        if from_s < until_s:
            of_it = {"source": source, "sigma_m": round(chance.uniform(*sigma_m), 1)}
            spells.append({"from_s": from_s, "until_s": until_s, **of_it})
    return spells


def _covered(chance: Random, stay: Stay) -> Iterator[tuple[int, int]]:
    if stay.roof is None:
        return
    now_s = max(stay.from_s, _SEEN_S)
    while now_s < stay.until_s:
        ends_s = min(now_s + chance.uniform(*stay.roof.covered_s), stay.until_s)
        if round(ends_s) > round(now_s):
            yield round(now_s), round(ends_s)
        now_s = ends_s + chance.uniform(*stay.roof.open_s)


def network(chance: Random, quality: Network, stays: tuple[Stay, ...]) -> Document:
    """A network with so many gaps, spread over the day or over what is spent behind thick walls."""
    thick = [stay for stay in stays if stay.roof is not None and stay.roof.thick]
    from_s = thick[0].from_s if thick else 0.0
    until_s = thick[-1].until_s if thick else DAY_S
    count = chance.randint(*quality.gaps)
    slot_s = (until_s - from_s) / count
    cuts = []
    for number in range(count):
        lasts_s = chance.uniform(*quality.gap_s)
        free_s = max(0.0, slot_s - lasts_s - _GAP_AFTER_S)
        begins_s = from_s + number * slot_s + chance.uniform(0.0, free_s)
        cuts.append({"from_s": round(begins_s), "until_s": round(begins_s + lasts_s)})
    ills = {"latency_ms": quality.latency_ms, "jitter_ms": quality.jitter_ms, "loss": quality.loss}
    return {**ills, "cuts": cuts}


def charge(chance: Random, unit: str) -> tuple[int, list[Document]]:
    """The charge at midnight, and how it is measured from then on: down by day, up by night."""
    at_midnight = pct = chance.randint(*_CHARGED_PCT)
    told = []
    for hour in _MEASURED_H:
        pct -= chance.randint(*_SPENT_PCT)
        told.append((hour, pct))
    return at_midnight, [
        {"fault": "battery", "at_s": hour * 3600, "unit": unit, "pct": pct}
        for hour, pct in (*told, _CHARGED_ANEW)
    ]
