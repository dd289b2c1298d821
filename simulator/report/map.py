"""The map: where everybody was, to scale, with zones, and the limits around her at the nearest."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from math import hypot

from markupsafe import Markup

from host.registry.types import Role
from simulator.report.ground import Dot, Ground, grid, limit_parts, scale_parts, zone_parts
from simulator.report.moments import Moment
from simulator.report.run import NEAR, Limits, Run, Wearer
from simulator.report.svg import (
    badge,
    disc,
    element,
    picture,
    polygon,
    polyline,
    rect,
    text,
)
from simulator.report.words import Words
from simulator.scenario.ground import Spot, moved, offset_m

_STEP_PX = 1.5  # points of a track nearer than this to the last drawn are not
_ARROW_PX = 90.0
_FAR = 1.5  # a party farther off than so many times the extent of him and the zones is at the edge
_LEVELS = ("pre_alert", "alert", "breach")
Nearest = tuple[Spot, Limits]


def map_picture(run: Run, moments: list[Moment], words: Words, width: float) -> Markup:
    """Everybody's track; numbers where he was at each moment."""
    near, far = _near_and_far(run)
    nearest = _nearest(run)
    ground = Ground(_spots(run, near, nearest), width, min(620.0, width * 1.1))
    parts: list[Markup] = [rect(0, 0, ground.width, ground.height, "ground"), *grid(ground)]
    for order in run.orders:
        for zone in order.zones:
            parts += zone_parts(ground, zone, words)
    if nearest is not None:
        parts += limit_parts(ground, *nearest, words)
    for wearer in near:
        parts += _track(ground, run, wearer, words)
    parts += _badges(ground, run, near, moments)
    parts += [_edge(ground, wearer, run, words) for wearer in far]
    parts += scale_parts(ground, words)
    names = ", ".join(named(wearer, words) for wearer in run.wearers)
    described = words("map_desc", names=names)
    return picture(ground.width, ground.height, f"map-{width:.0f}", words("map"), described, *parts)


def named(wearer: Wearer, words: Words) -> str:
    """Who somebody is; of a replay's parties nothing is known but that."""
    if wearer.person in (Role.OFFENDER, Role.VICTIM):
        return words.person(wearer.person)
    return words("he" if wearer.is_offender else "she", person=wearer.person, unit=wearer.unit)


def _near_and_far(run: Run) -> tuple[list[Wearer], list[Wearer]]:
    """Who is drawn, and who is so far off that the rest would be a dot."""
    his = [one.at(run.start_ms) for one in run.wearers if one.is_offender]
    spots = [spot for one in run.wearers if one.is_offender for spot in _path(run, one)]
    spots += [corner for order in run.orders for zone in order.zones for corner in zone.ring]
    if not his or not any(order.zones for order in run.orders):
        return list(run.wearers), []
    extent_m = max(2000.0, *(hypot(*offset_m(his[0], spot)) for spot in spots))
    near: list[Wearer] = []
    far: list[Wearer] = []
    for wearer in run.wearers:
        away_m = min(hypot(*offset_m(his[0], spot)) for spot in _path(run, wearer))
        (far if away_m > _FAR * extent_m else near).append(wearer)
    return near, far


def _path(run: Run, wearer: Wearer) -> list[Spot]:
    """A track within the run's time, its ends included."""
    within = [step[1:] for step in wearer.path if run.start_ms < step[0] < run.end_ms]
    return [wearer.at(run.start_ms), *within, wearer.at(run.end_ms)]


def _nearest(run: Run) -> Nearest | None:
    """Where she was as he was nearest to her, and the limits of that order."""
    pairs = [one for one in run.closeness if one.cause.startswith("victim:") and one.samples]
    if not pairs:
        return None
    pair = min(pairs, key=lambda one: one.nearest[1])
    if pair.nearness > NEAR:
        return None
    person, at_ms = pair.cause.partition(":")[2], pair.nearest[0]
    her = next((one for one in run.wearers if person in one.persons), None)
    return None if her is None else (her.at(at_ms), pair.limits_at(at_ms))


def _spots(
    run: Run,
    near: list[Wearer],
    nearest: Nearest | None,
) -> list[Spot]:
    """What must be in the picture."""
    spots = [spot for wearer in near for spot in _path(run, wearer)]
    for order in run.orders:
        for zone in order.zones:
            reach_m = zone.radius_m + zone.margin_m
            for corner in zone.ring:
                spots += [moved(corner, reach_m, reach_m), moved(corner, -reach_m, -reach_m)]
    if nearest is not None:
        alert_m = nearest[1][1][1]
        spots += [moved(nearest[0], alert_m, alert_m), moved(nearest[0], -alert_m, -alert_m)]
    return spots


def _track(ground: Ground, run: Run, wearer: Wearer, words: Words) -> Iterator[Markup]:
    kind = "his" if wearer.is_offender else "hers"
    points: list[Dot] = []
    for spot in _path(run, wearer):
        point = ground.at(spot)
        if not points or hypot(point[0] - points[-1][0], point[1] - points[-1][1]) >= _STEP_PX:
            points.append(point)
    who = named(wearer, words)
    if len(points) > 1:
        yield element("g", element("title", who), polyline(points, f"track {kind}"))
        yield from _arrows(points, kind)
    x, y = points[0]
    if wearer.is_offender:
        yield rect(x - 6, y - 6, 12, 12, f"mark {kind}", who)
    else:
        yield disc(x, y, 7, f"mark {kind}", who)
    person = words.person(wearer.person)
    label = person if len(points) == 1 else f"{person}, {words('start')}"
    right = x > ground.width - 120
    yield text(
        x - 11 if right else x + 11, y + 18, label, f"label {kind}", "end" if right else "start"
    )


def _arrows(points: list[Dot], kind: str) -> Iterator[Markup]:
    """Which way it went, now and then."""
    gone = _ARROW_PX / 2
    for (x1, y1), (x2, y2) in pairwise(points):
        long = hypot(x2 - x1, y2 - y1)
        gone += long
        while gone >= _ARROW_PX:
            gone -= _ARROW_PX
            share = 1 - gone / long
            x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
            ahead, aside = (
                ((x2 - x1) / long, (y2 - y1) / long),
                ((y1 - y2) / long, (x2 - x1) / long),
            )
            tip = (x + 6 * ahead[0], y + 6 * ahead[1])
            wings = [
                (x - 4 * ahead[0] + side * 5 * aside[0], y - 4 * ahead[1] + side * 5 * aside[1])
                for side in (1, -1)
            ]
            yield polygon([tip, *wings], f"arrow {kind}")


def _badges(
    ground: Ground, run: Run, near: list[Wearer], moments: list[Moment]
) -> Iterator[Markup]:
    """Numbers where he was; those that would lie over each other are one."""
    places: list[tuple[Dot, list[Moment]]] = []
    for moment in moments:
        offender = next(one for one in run.orders if one.id == moment.order).offender
        his = next((one for one in near if offender in one.persons), None)
        if his is None:
            continue
        point = ground.at(his.at(moment.at_ms))
        for place, together in places:
            if hypot(point[0] - place[0], point[1] - place[1]) < 22:
                together.append(moment)
                break
        else:
            places.append((point, [moment]))
    for (x, y), together in places:
        numbers = [str(moment.number) for moment in together]
        label = "·".join(numbers) if len(numbers) < 4 else f"{numbers[0]}–{numbers[-1]}"
        worst = max(
            together, key=lambda one: _LEVELS.index(one.kind) if one.kind in _LEVELS else -1
        )
        told = ", ".join(_time(moment.at_ms) for moment in together)
        yield badge(x, y, label, worst.kind, told)


def _rank(moment: Moment) -> int:
    return _LEVELS.index(moment.kind) if moment.kind in _LEVELS else -1


def _edge(ground: Ground, wearer: Wearer, run: Run, words: Words) -> Markup:
    """Somebody who is beyond the edge of the picture, and how far from its middle."""
    spot = wearer.at(run.start_ms)
    x, y = ground.at(spot)
    middle_x, middle_y = ground.width / 2, ground.height / 2
    away = hypot(x - middle_x, y - middle_y)
    share = min(
        (middle_x - 20) / max(1.0, abs(x - middle_x)), (middle_y - 34) / max(1.0, abs(y - middle_y))
    )
    ahead = ((x - middle_x) / away, (y - middle_y) / away)
    x, y = middle_x + (x - middle_x) * share, middle_y + (y - middle_y) * share
    far = words.metres(away * ground.metres_px)
    said = words("away", person=words.person(wearer.person), distance=far)
    kind = "his" if wearer.is_offender else "hers"
    tip = (x + 18 * ahead[0], y + 18 * ahead[1])
    wings = [(x + side * 8 * ahead[1], y - side * 8 * ahead[0]) for side in (1, -1)]
    return element(
        "g", polygon([tip, *wings], f"arrow {kind}", said), text(x + 14, y, said, f"label {kind}")
    )


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%H:%M:%S")
