"""What days came to, in rows: by kind, by strength and distance of the homes, and in all."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from simulator.days.energy import battery_h
from simulator.days.kinds import HOMES
from simulator.days.tally import DAY_MS, Spent, Tally

CONDITIONS = ("assured", "watched", "unassured")
PAIRS, OPERATORS = 2_000, 3
TEN_MINUTES = 24 * 6  # a day
ROLES = {"offender": "his", "victim": "hers"}

Row = dict[str, Any]


def rows(tallies: Sequence[Tally]) -> Iterator[Row]:
    """One row for each group of days; figures are per pair (order) and day, or per unit and day."""
    for kind in dict.fromkeys(one.kind for one in tallies):
        yield row(kind, [one for one in tallies if one.kind == kind])
    strengths = sorted({one.strength for one in tallies})
    for strength in strengths:
        alike = [one for one in tallies if one.strength == strength]
        for homes in dict.fromkeys(homes_of(one) for one in sorted(alike, key=_homes_m)):
            yield row(f"{strength}, {homes}", [one for one in alike if homes_of(one) == homes])
    for strength in strengths:
        yield row(strength, [one for one in tallies if one.strength == strength])
    yield row("all", tallies)


def row(name: str, tallies: Sequence[Tally]) -> Row:
    """What a group of days came to. Shares are of the time, rounded to four digits."""
    pair_days = sum(one.days * one.orders for one in tallies)
    alarms = sum((one.alarms for one in tallies), Counter[str]())
    conditions = sum((one.conditions for one in tallies), Counter[str]())
    told: Row = {
        "name": name,
        "pair_days": round(pair_days, 3),
        "alarms": round(alarms.total() / pair_days, 2),
        "by_kind": {kind: round(times / pair_days, 2) for kind, times in alarms.most_common()},
        "unanswered": round(sum(one.unanswered for one in tallies) / pair_days, 2),
        "felt": round(sum(one.felt for one in tallies) / _unit_days(tallies, "victim"), 2),
    }
    for condition in CONDITIONS:
        told[condition] = round(conditions[condition] / (pair_days * DAY_MS), 4)
    for role, whose in ROLES.items():
        told[whose] = _units(tallies, role)
    told["computing_s"] = round(sum(one.computing_s for one in tallies) / pair_days, 2)
    return told


def homes_of(tally: Tally) -> str:
    """The class of how far apart homes are."""
    for from_km, until_km in HOMES:
        if from_km * 1000 <= tally.homes_m < until_km * 1000:
            return f"{from_km:g}-{until_km:g} km"
    return "other distances"


def _homes_m(tally: Tally) -> float:
    return tally.homes_m


def _unit_days(tallies: Sequence[Tally], role: str) -> float:
    return sum(one.days * one.spent[role].units for one in tallies)


def _units(tallies: Sequence[Tally], role: str) -> Row:
    """What a unit of a role spent in a day."""
    spent = [one.spent[role] for one in tallies]
    unit_days = _unit_days(tallies, role)
    gnss_s = sum(one.gnss_ms for one in spent) / 1000
    contacts = sum(one.contacts for one in spent)
    return {
        "gnss": round(gnss_s * 1000 / (unit_days * DAY_MS), 4),
        "gnss_at_rest": _share_at_rest(spent),
        "contacts": round(contacts / unit_days),
        "battery_h": round(battery_h(unit_days, gnss_s, contacts), 1),
    }


def _share_at_rest(spent: Sequence[Spent]) -> float:
    rest_ms = sum(one.rest_ms for one in spent)
    return round(sum(one.gnss_rest_ms for one in spent) / rest_ms, 4) if rest_ms else 0.0


# As text


def written(told: Sequence[Row]) -> str:
    """Two tables: what people have of these days, and what they cost."""
    kinds = list(told[-1]["by_kind"])  # all days: the most frequent first
    felt = [["per pair and day", "days", "alarms", *kinds, "unanswered", "felt", *CONDITIONS]]
    felt += [
        [
            one["name"],
            f"{one['pair_days']:g}",
            f"{one['alarms']:.2f}",
            *(f"{one['by_kind'].get(kind, 0):.2f}" for kind in kinds),
            f"{one['unanswered']:.2f}",
            f"{one['felt']:.2f}",
            *(f"{one[condition]:.2%}" for condition in CONDITIONS),
        ]
        for one in told
    ]
    pairs = ("GNSS on", "at rest", "contacts", "battery")
    heads = [head for what in pairs for head in (f"{what}: his", "hers")]
    cost = [["per unit and day", *heads, "computing"]]
    for one in told:
        both = [one[whose] for whose in ROLES.values()]
        figures = (
            *(f"{unit['gnss']:.1%}" for unit in both),
            *(f"{unit['gnss_at_rest']:.1%}" for unit in both),
            *(str(unit["contacts"]) for unit in both),
            *(f"{unit['battery_h']:.0f} h" for unit in both),
        )
        cost.append([one["name"], *figures, f"{one['computing_s']:.1f} s"])
    return f"{_aligned(felt)}\n\n{_aligned(cost)}\n\n{_centre(told[-1]['alarms'])}"


def _centre(alarms: float) -> str:
    """What a centre of so many pairs has of it. EEMUA 191 takes one alarm in ten minutes for what
    an operator can bear for long."""
    a_day = alarms * PAIRS
    each = a_day / OPERATORS / TEN_MINUTES
    return (
        f"A centre of {PAIRS:,} such pairs: {a_day:,.0f} alarms a day, so {each:.2f} in ten "
        f"minutes for each of {OPERATORS} operators (EEMUA 191: at most 1)"
    )


def _aligned(table: list[list[str]]) -> str:
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in table
    )
