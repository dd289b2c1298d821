"""One order over time: distances with their limits, and strips of all else under them."""

from collections.abc import Iterator

from markupsafe import Markup

from simulator.report.axis import TimeAxis
from simulator.report.chart import WIDE_PX, chart_parts, shown_name
from simulator.report.map import named
from simulator.report.moments import Moment
from simulator.report.run import NEAR, Closeness, Run
from simulator.report.strips import (
    Strip,
    alarm_strip,
    assured_strip,
    condition_strip,
    lead_strip,
    level_strip,
    trouble_strips,
    unit_strip,
    warning_strip,
)
from simulator.report.svg import badge, element, line, picture, text
from simulator.report.words import Words

_LEFT, _RIGHT = 50.0, 24.0
_TITLE = 18.0
_GAP = 12.0


def charted(run: Run, order: str) -> tuple[list[Closeness], list[Closeness]]:
    """The causes of an order that are drawn, the nearest first, and those only told of."""
    pairs = [one for one in run.closeness if one.order == order and one.samples]
    pairs.sort(key=lambda one: one.nearness)
    drawn = [one for one in pairs if one.nearness <= NEAR] or pairs[:1]
    return drawn, [one for one in pairs if one not in drawn]


def timeline_picture(
    run: Run, order: str, moments: list[Moment], words: Words, width: float
) -> Markup:
    """The whole of one order, on one axis of time."""
    axis = TimeAxis(run.start_ms, run.end_ms, _LEFT, width - _RIGHT)
    own = [moment for moment in moments if moment.order == order]
    top = 30.0  # below the badges
    parts: list[Markup] = []
    drawn, _ = charted(run, order)
    height = 250.0 if width > WIDE_PX else 190.0
    for pair in drawn:
        label = words("distance_to", name=shown_name(pair, words))
        if width > WIDE_PX:
            seen = words("seen_distance" if run.replayed else "true_distance")
            label = f"{label} ({seen})"
        parts.append(text(axis.left, top + 12, label, "title"))
        parts.append(_moved(0, top + _TITLE, chart_parts(run, pair, axis, words, height)))
        top += _TITLE + height + _GAP
    for strip in _strips(run, order, drawn, axis, words):
        parts.append(text(axis.left, top + 12, strip.title, "title"))
        parts.append(_moved(0, top + _TITLE, strip.parts))
        top += _TITLE + strip.height + _GAP
    rules = [
        line(axis.x(one.at_ms), 24, axis.x(one.at_ms), top, f"moment {one.kind}") for one in own
    ]
    parts = [*rules, *parts, *_badges(own, axis, words), *_times(axis, top, words)]
    return picture(
        width,
        top + 44,
        f"time-{width:.0f}-{order}",
        words("timeline", order=order),
        words("timeline_desc"),
        *parts,
    )


def _strips(
    run: Run, order: str, drawn: list[Closeness], axis: TimeAxis, words: Words
) -> Iterator[Strip]:
    for pair in drawn:
        yield level_strip(run, axis, words, order, pair.cause, shown_name(pair, words))
    yield condition_strip(run, axis, words, order)
    persons = next(one for one in run.orders if one.id == order).persons
    wearers = [one for one in run.wearers if set(one.persons) & set(persons)]
    found = [assured_strip(run, axis, words, order), alarm_strip(run, axis, words, order)]
    found.append(lead_strip(run, axis, words, order))
    found += [
        warning_strip(run, axis, words, order, one.unit, named(one, words))
        for one in sorted(wearers, key=lambda one: one.is_offender)
    ]
    for one in wearers:
        who = named(one, words)
        found.append(unit_strip(run, axis, words, one.unit, who))
        found += trouble_strips(run, axis, words, one.unit, who)
    found += trouble_strips(run, axis, words, "", words("host"))
    yield from (strip for strip in found if strip is not None)


def _badges(moments: list[Moment], axis: TimeAxis, words: Words) -> Iterator[Markup]:
    """Numbers over the chart, moved aside where they would lie over each other."""
    taken = 0.0
    for moment in moments:
        x = max(axis.x(moment.at_ms), taken + 22)
        taken = x
        name = words.condition if moment.kind == "unassured" else words.level
        told = f"{moment.event['at'][11:19]} {name(moment.kind)}"
        yield badge(min(x, axis.right), 13, str(moment.number), moment.kind, told)


def _times(axis: TimeAxis, top: float, words: Words) -> Iterator[Markup]:
    yield line(axis.left, top, axis.right, top, "rule")
    for at_ms, label in axis.ticks(64):
        x = axis.x(at_ms)
        yield line(x, top, x, top + 5, "rule")
        yield text(x, top + 18, label, "tick", "middle")
    yield text(axis.right, top + 34, words("utc"), "tick", "end")


def _moved(x: float, y: float, parts: Iterator[Markup] | list[Markup]) -> Markup:
    return element("g", *parts, transform=f"translate({x:.0f} {y:.1f})")
