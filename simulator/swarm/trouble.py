"""What goes wrong in a random world: receivers, networks, units, host, broker, store, operators."""

from collections.abc import Iterator
from random import Random
from typing import Any

Document = dict[str, Any]

# Leap seconds, latencies, the host's tolerances, time zones, a rollover of the week, and beyond.
_WRONG_BY_S = (
    *(1, 2, 3, 5, 7, 10, 18, 18, 19, 21, 25, 45, 60, 90, 119, 121, 300, 600, 1800),
    *(3600, 5400, 6 * 3600, 86_400, 92 * 86_400, 93 * 86_400, 1024 * 7 * 86_400, 10**9),
)
_VERBS = ("acknowledge", "acknowledge", "resolve", "shelve", "withdraw", "resume", "call")


def spell(chance: Random, longest_s: float, duration_s: float) -> Document:
    """From when until when."""
    from_s = chance.uniform(0, duration_s - 100)
    return {"from_s": from_s, "until_s": from_s + chance.uniform(5, longest_s)}


def gnss(chance: Random, rough: bool, duration_s: float) -> Document:
    """A receiver, noisy and now and then coarse; in a rough world now and then without a sky."""
    receiver: Document = {
        "sigma_m": chance.uniform(0.5, 8),
        "correlation_s": chance.choice((0, 20, 120)),
        "acquire_s": chance.uniform(0.5, 5),
    }
    if chance.random() < 0.3:
        sigma_m = chance.uniform(20, 200)
        receiver["coarse"] = [{**spell(chance, 300, duration_s), "sigma_m": sigma_m}]
    if rough and chance.random() < 0.4:
        receiver["dropouts"] = [spell(chance, 300, duration_s)]
    return receiver


def network(chance: Random, rough: bool, duration_s: float) -> Document:
    """A network, slow; a rough one also loses, doubles, delays, holds back and is cut one way."""
    link: Document = {
        "latency_ms": round(50 * 30 ** chance.random()),
        "jitter_ms": round(10 * 100 ** chance.random()),
    }
    if not rough:
        return link
    for fault in ("loss", "duplicate", "reorder"):
        link[fault] = chance.choice((0, 0, 0.02, 0.1))
    if chance.random() < 0.5:
        way = chance.choice(("both", "up", "down"))
        link["cuts"] = [{**spell(chance, 400, duration_s), "direction": way}]
    if chance.random() < 0.15:
        link["forgets_idle_s"] = chance.choice((20, 30, 30, 60))
    if chance.random() < 0.2:
        way = chance.choice(("both", "up", "down"))
        link["holds"] = [{**spell(chance, 120, duration_s), "direction": way}]
    return link


def faults(chance: Random, units: tuple[str, ...], duration_s: float) -> Iterator[Document]:
    """Host and units that fall (nobody who still lies on the ground), and everything else."""
    for half_s in (0.0, duration_s / 2):
        if chance.random() < 0.3:
            yield {"fault": "host_crash", **_fall(chance, half_s, duration_s)}
        if chance.random() < 0.3:
            unit = chance.choice(units)
            yield from _battery_ends(chance, unit, half_s, duration_s)
    if chance.random() < 0.15:
        yield {"fault": "broker_crash", **_fall(chance, 0, duration_s)}
    if chance.random() < 0.15:
        yield {"fault": "store_down", **_lasting(chance, duration_s, 5, 120)}
    for kind in ("strap_cut", "case_open", "panic", "late_will"):
        if chance.random() < 0.08:
            yield {"fault": kind, "unit": chance.choice(units), "at_s": _when_s(chance, duration_s)}
    for kind, share in (("twin", 0.06), ("forger", 0.1), ("bounce", 0.06)):
        if chance.random() < share:
            lasting = _lasting(chance, duration_s, 10, 120)
            yield {"fault": kind, "unit": chance.choice(units), **lasting}
    yield from _receivers(chance, units, duration_s)
    if chance.random() < 0.25:
        for unit in chance.sample(units, chance.choice((1, 1, 2))):
            yield from _wrong_clock(chance, unit, duration_s)


def _battery_ends(
    chance: Random, unit: str, from_s: float, duration_s: float
) -> Iterator[Document]:
    """A unit loses its power and starts again; now and then it saw that coming."""
    fall = _fall(chance, from_s, duration_s)
    if chance.random() < 0.4:
        for before_s, pct in ((20, 14), (8, 3)):
            if fall["at_s"] > before_s:
                at_s = fall["at_s"] - before_s
                yield {"fault": "battery", "unit": unit, "at_s": at_s, "pct": pct}
    yield {"fault": "reboot", "unit": unit, **fall}


def _receivers(chance: Random, units: tuple[str, ...], duration_s: float) -> Iterator[Document]:
    """One receiver in a while is wrong, and does not know it."""
    for kind in ("jump", "drift", "freeze", "alternate", "repeat", "dateless"):
        if chance.random() >= 0.1:
            continue
        fault: Document = {"fault": kind, "unit": chance.choice(units)}
        fault |= _lasting(chance, duration_s, 5, 300)
        if kind == "jump":
            fault |= {"north_m": chance.gauss(0, 4000), "east_m": chance.gauss(0, 4000)}
        elif kind == "drift":
            fault |= {"north_m_s": chance.gauss(0, 5), "east_m_s": chance.gauss(0, 5)}
        elif kind == "alternate":
            fault["every"] = chance.choice((2, 3, 10))
        yield fault


def numb(chance: Random, units: tuple[str, ...], duration_s: float) -> Iterator[Document]:
    """One drives off so smoothly that its sensor feels nothing."""
    if chance.random() < 0.06:
        lasting = _lasting(chance, duration_s, 60, 600)
        yield {"fault": "numb", "unit": chance.choice(units), **lasting}


def _wrong_clock(chance: Random, unit: str, duration_s: float) -> Iterator[Document]:
    """A receiver tells a wrong time, by seconds to decades: from its start, from power on, or from
    now on; for a while or for good; now and then it steps from one wrong time to another."""
    at_s = chance.choice((0.0, _when_s(chance, duration_s)))
    if chance.random() < 0.3:
        fall = _fall(chance, 0, duration_s)
        at_s = fall["at_s"]
        yield {"fault": "reboot", "unit": unit, **fall}
    for _ in range(chance.choice((1, 1, 1, 3))):
        for_s = chance.choice((chance.uniform(5, 300), duration_s))
        by_s = chance.choice((-1, 1)) * chance.choice(_WRONG_BY_S)
        yield {"fault": "clock_error", "unit": unit, "at_s": at_s, "for_s": for_s, "by_s": by_s}
        at_s += for_s
        if at_s >= duration_s:
            return


def operators(chance: Random, duration_s: float) -> Iterator[Document]:
    """People who act, at a right moment or a wrong one."""
    for _ in range(chance.choice((0, 0, 0, 1, 2, 5))):
        yield {
            "at_s": _when_s(chance, duration_s),
            "verb": chance.choice(_VERBS),
            "nth": chance.randrange(8),
            "for_s": chance.choice((60, 600, 3600)),
            "reached": chance.random() < 0.5,
        }


def _fall(chance: Random, from_s: float, duration_s: float) -> Document:
    at_s = from_s + chance.uniform(0, duration_s / 3)
    return {"at_s": at_s, "down_s": chance.uniform(1, min(90.0, duration_s / 6))}


def _lasting(chance: Random, duration_s: float, least_s: float, most_s: float) -> Document:
    return {"at_s": _when_s(chance, duration_s), "for_s": chance.uniform(least_s, most_s)}


def _when_s(chance: Random, duration_s: float) -> float:
    return chance.uniform(0, duration_s - 100)
