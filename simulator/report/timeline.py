"""One order over time: distances with their limits, and strips of all else under them."""

from collections.abc import Iterator

from markupsafe import Markup

from simulator.report.axis import NEAREST_M, DistanceAxis, TimeAxis
from simulator.report.map import named
from simulator.report.moments import Moment
from simulator.report.run import Closeness, Run, instant_ms
from simulator.report.strips import (
    Strip,
    assured_strip,
    condition_strip,
    edges,
    lead_strip,
    level_strip,
    trouble_strip,
    warning_strip,
)
from simulator.report.svg import badge, element, line, picture, polygon, polyline, rect, text
from simulator.report.words import Words
from simulator.worlds.report import Event

_LEFT, _RIGHT = 50.0, 24.0
_TITLE = 18.0
_WIDE = 600.0
_GAP = 12.0
_NEAR = 3.0  # a cause whose widest limit is never within so many times is told in words


def charted(run: Run, order: str) -> tuple[list[Closeness], list[Closeness]]:
    """The causes of an order that are drawn, the nearest first, and those only told of."""
    pairs = [one for one in run.closeness if one.order == order and one.samples]
    pairs.sort(key=lambda one: one.nearest[1] / one.limits[0][1])
    drawn = [one for one in pairs if one.nearest[1] <= _NEAR * one.limits[0][1]] or pairs[:1]
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
    height = 250.0 if width > _WIDE else 190.0
    for pair in drawn:
        label = words("distance_to", name=_name(pair, words))
        seen = words("seen_distance" if run.replayed else "true_distance")
        parts.append(text(axis.left, top + 12, f"{label} ({seen})", "title"))
        parts.append(_moved(0, top + _TITLE, _chart(run, pair, axis, words, height)))
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


def _name(pair: Closeness, words: Words) -> str:
    if pair.cause.startswith("zone:"):
        return words("zone", name=pair.name)
    return words.person(pair.name)


def _strips(
    run: Run, order: str, drawn: list[Closeness], axis: TimeAxis, words: Words
) -> Iterator[Strip]:
    for pair in drawn:
        yield level_strip(run, axis, words, order, pair.cause, _name(pair, words))
    yield condition_strip(run, axis, words, order)
    persons = next(one for one in run.orders if one.id == order).persons
    wearers = [one for one in run.wearers if one.person in persons]
    found = [assured_strip(run, axis, words, order), lead_strip(run, axis, words, order)]
    found += [
        warning_strip(run, axis, words, one.unit, named(one, words))
        for one in sorted(wearers, key=lambda one: one.is_offender)
    ]
    found += [trouble_strip(run, axis, words, one.unit, named(one, words)) for one in wearers]
    found.append(trouble_strip(run, axis, words, "", words("host")))
    yield from (strip for strip in found if strip is not None)


def _chart(
    run: Run, pair: Closeness, axis: TimeAxis, words: Words, height: float
) -> Iterator[Markup]:
    """The distance, over the bands of its limits."""
    scale = DistanceAxis(max(metres for _, metres in pair.samples), 0.0, height)
    for (level, metres), (_, inner_m) in zip(
        pair.limits, [*pair.limits[1:], ("", 0.0)], strict=True
    ):
        top, bottom = scale.y(metres), scale.y(inner_m)
        if bottom - top > 0.5:
            yield rect(axis.left, top, axis.right - axis.left, bottom - top, f"band {level}")
    for trouble in run.troubles:
        if trouble.unit == "" or trouble.unit in _units(run, pair):
            left, right = edges(trouble, axis)
            said = words.fault(trouble.what)
            yield rect(left, 0, right - left, height, "trouble faint", said)
    for metres in scale.ticks():
        yield line(axis.left, scale.y(metres), axis.right, scale.y(metres), "grid")
        label = words.metres(metres) if metres > NEAREST_M else f"≤{words.number(metres)} m"
        yield text(axis.left - 5, scale.y(metres) + 4, label, "tick", "end")
    for level, metres in pair.limits:
        yield line(axis.left, scale.y(metres), axis.right, scale.y(metres), f"edge {level}")
    line_points = [(axis.x(at_ms), scale.y(metres)) for at_ms, metres in pair.samples]
    yield polyline(line_points, "halo")
    yield polyline(line_points, "distance")
    for level, metres in pair.limits:
        key = "limit_m" if metres else "limit_inside"
        said = words(key, level=words.level(level), distance=words.metres(metres))
        if axis.right - axis.left < _WIDE:
            said = words.level(level)  # how far it is the axis says
        below = 13 if metres else -4
        yield text(axis.right - 5, scale.y(metres) + below, said, "limit-name", "end")
    for event in run.of("breach", pair.order):
        if event["cause"] == pair.cause:
            yield _breach(event, pair, axis, scale)


def _units(run: Run, pair: Closeness) -> set[str]:
    persons = next(one for one in run.orders if one.id == pair.order).persons
    return {one.unit for one in run.wearers if one.person in persons}


def _breach(event: Event, pair: Closeness, axis: TimeAxis, scale: DistanceAxis) -> Markup:
    limits = dict(pair.limits)
    metres = {"distance": limits["alert"], "contact": limits["breach"], "zone": 0.0}
    x, y = axis.x(instant_ms(event)), scale.y(metres[event["kind"]])
    corners = [(x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y)]
    kind = "breach-mark missed" if event["missed"] else "breach-mark"
    return polygon(corners, kind, event["at"][11:19])


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
