"""The distance over time, over the bands of its limits."""

from collections.abc import Iterator

from markupsafe import Markup

from simulator.report.axis import NEAREST_M, DistanceAxis, TimeAxis
from simulator.report.run import Closeness, Limits, Run, instant_ms
from simulator.report.strips import edges
from simulator.report.svg import line, polygon, polyline, rect, text
from simulator.report.words import Words
from simulator.worlds.report import Event

WIDE_PX = 600.0

Span = tuple[float, float, Limits]  # from where to where these limits are drawn


def shown_name(pair: Closeness, words: Words) -> str:
    """What a cause is called."""
    if pair.cause.startswith("zone:"):
        return words("zone", name=pair.name)
    return words.person(pair.name)


def chart_parts(
    run: Run, pair: Closeness, axis: TimeAxis, words: Words, height: float
) -> Iterator[Markup]:
    """A chart from 0 down to `height`: what lies lowest first."""
    scale = DistanceAxis(max(metres for _, metres in pair.samples), 0.0, height)
    spans = list(_spans(run, pair, axis))
    yield from _bands(spans, scale)
    yield from _troubles(run, pair, axis, words, height)
    yield from _grid(axis, scale, words)
    for left, right, limits in spans:
        for level, metres in limits:
            yield line(left, scale.y(metres), right, scale.y(metres), f"edge {level}")
    points = [(axis.x(at_ms), scale.y(metres)) for at_ms, metres in pair.samples]
    yield polyline(points, "halo")
    yield polyline(points, "distance")
    yield from _names(spans[-1][2], axis, scale, words)
    for event in run.of("breach", pair.order):
        if event["cause"] == pair.cause:
            yield _breach(event, pair, axis, scale)


def _spans(run: Run, pair: Closeness, axis: TimeAxis) -> Iterator[Span]:
    """Each version of an order may have other limits."""
    ends_ms = [*(from_ms for from_ms, _ in pair.terms[1:]), run.end_ms]
    for (from_ms, limits), until_ms in zip(pair.terms, ends_ms, strict=True):
        yield axis.x(from_ms), axis.x(until_ms), limits


def _bands(spans: list[Span], scale: DistanceAxis) -> Iterator[Markup]:
    for left, right, limits in spans:
        inner = [*(metres for _, metres in limits[1:]), 0.0]
        for (level, metres), inner_m in zip(limits, inner, strict=True):
            top, bottom = scale.y(metres), scale.y(inner_m)
            if bottom - top > 0.5:
                yield rect(left, top, right - left, bottom - top, f"band {level}")


def _troubles(
    run: Run, pair: Closeness, axis: TimeAxis, words: Words, height: float
) -> Iterator[Markup]:
    """What was broken meanwhile, of the host or of a unit of the order."""
    persons = next(one for one in run.orders if one.id == pair.order).persons
    units = {one.unit for one in run.wearers if set(one.persons) & set(persons)}
    for trouble in run.troubles:
        if trouble.unit in {"", *units}:
            left, right = edges(trouble, axis)
            name = words.fault(trouble.what)
            yield rect(left, 0, right - left, height, "trouble faint", name)


def _grid(axis: TimeAxis, scale: DistanceAxis, words: Words) -> Iterator[Markup]:
    for metres in scale.ticks():
        y = scale.y(metres)
        yield line(axis.left, y, axis.right, y, "grid")
        label = words.metres(metres) if metres > NEAREST_M else f"≤{words.metres(metres)}"
        yield text(axis.left - 5, y + 4, label, "tick", "end")


def _names(limits: Limits, axis: TimeAxis, scale: DistanceAxis, words: Words) -> Iterator[Markup]:
    for level, metres in limits:
        key = "limit_m" if metres else "limit_inside"
        said = words(key, level=words.level(level), distance=words.metres(metres))
        if axis.right - axis.left < WIDE_PX:
            said = words.level(level)  # how far it is the axis says
        below = 13 if metres else -4
        yield text(axis.right - 5, scale.y(metres) + below, said, "limit-name", "end")


def _breach(event: Event, pair: Closeness, axis: TimeAxis, scale: DistanceAxis) -> Markup:
    limits = dict(pair.limits_at(instant_ms(event)))
    metres = {"distance": limits["alert"], "contact": limits["breach"], "zone": 0.0}
    x, y = axis.x(instant_ms(event)), scale.y(metres[event["kind"]])
    corners = [(x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y)]
    kind = "breach-mark missed" if event["missed"] else "breach-mark"
    return polygon(corners, kind, event["at"][11:19])
