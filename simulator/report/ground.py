"""The ground of the map: its scale, its grid, zones, and limits around a place."""

from collections.abc import Iterator

from markupsafe import Markup
from shapely import Polygon

from host.registry.types import Zone
from simulator.report.run import Limits
from simulator.report.svg import disc, line, polygon, polyline, rect, text
from simulator.report.words import Words
from simulator.scenario.ground import Spot, offset_m

_MARGIN_PX = 34.0
Dot = tuple[float, float]


class Ground:
    """Metres from a middle, onto pixels. North is up, and both axes have one scale."""

    def __init__(self, spots: list[Spot], width: float, most_height: float) -> None:
        self._origin = spots[0]
        offsets = [offset_m(self._origin, spot) for spot in spots]
        norths, easts = [one[0] for one in offsets], [one[1] for one in offsets]
        tall_m = max(max(norths) - min(norths), 50.0)
        wide_m = max(max(easts) - min(easts), 50.0)
        inner = width - 2 * _MARGIN_PX
        self.metres_px = max(wide_m / inner, tall_m / (most_height - 2 * _MARGIN_PX))
        self.width = width
        self.height = max(0.55 * most_height, tall_m / self.metres_px + 2 * _MARGIN_PX)
        self._north_m = (max(norths) + min(norths)) / 2
        self._east_m = (max(easts) + min(easts)) / 2

    def at(self, spot: Spot) -> Dot:
        """Where a spot is in the picture."""
        return self.at_m(*offset_m(self._origin, spot))

    def at_m(self, north_m: float, east_m: float) -> Dot:
        """Where it is by its metres from the origin."""
        x = self.width / 2 + (east_m - self._east_m) / self.metres_px
        return x, self.height / 2 - (north_m - self._north_m) / self.metres_px

    def offset(self, spot: Spot) -> Dot:
        """North and east of the origin, in metres."""
        return offset_m(self._origin, spot)


def grid(ground: Ground) -> Iterator[Markup]:
    """Lines of a round distance."""
    step = grid_m(ground.metres_px) / ground.metres_px
    x = ground.width / 2 % step
    while x < ground.width:
        yield line(x, 0, x, ground.height, "grid")
        x += step
    y = ground.height / 2 % step
    while y < ground.height:
        yield line(0, y, ground.width, y, "grid")
        y += step


def grid_m(metres_px: float) -> float:
    """A round length that is 60 to 150 pixels long."""
    power = 1.0
    while True:
        for first in (1, 2, 5):
            if first * power / metres_px >= 60:
                return first * power
        power *= 10


def zone_parts(ground: Ground, zone: Zone, words: Words) -> Iterator[Markup]:
    """A zone with its margins."""
    label = words("zone", name=zone.name)
    if len(zone.ring) == 1:
        x, y = ground.at(zone.ring[0])
        for beyond_m, kind in ((2 * zone.margin_m, "pre_alert"), (zone.margin_m, "alert")):
            yield disc(x, y, (zone.radius_m + beyond_m) / ground.metres_px, f"limit {kind}")
        radius = zone.radius_m / ground.metres_px
        yield disc(x, y, radius, "zone", label)
        yield text(x, y + radius + 15, label, "label", "middle")
        return
    shape = Polygon([ground.offset(corner) for corner in zone.ring])
    for beyond_m, kind in ((2 * zone.margin_m, "pre_alert"), (zone.margin_m, "alert")):
        outline = shape.buffer(beyond_m).exterior.coords
        yield polygon([ground.at_m(*corner) for corner in outline], f"limit {kind}")
    corners = [ground.at(corner) for corner in zone.ring]
    yield polygon(corners, "zone", label)
    x = (min(x for x, _ in corners) + max(x for x, _ in corners)) / 2
    yield text(x, max(y for _, y in corners) + 15, label, "label", "middle")


def limit_parts(ground: Ground, spot: Spot, limits: Limits, words: Words) -> Iterator[Markup]:
    """An order's limits around a place."""
    x, y = ground.at(spot)
    for level, metres in limits:
        radius = metres / ground.metres_px
        yield disc(x, y, radius, f"limit {level}", words.level(level))
        said = words("limit_m", level=words.level(level), distance=words.metres(metres))
        aside = 0.7 * radius + 6
        corners = [(x - aside, y + aside + 6), (x + aside, y + aside + 6), (x - aside, y - aside)]
        for left, top in corners if radius > 20 else ():
            if 70 < left < ground.width - 70 and 12 < top < ground.height - 44:
                yield text(left, top, said, "label quiet", "end" if left < x else "start")
                break


def scale_parts(ground: Ground, words: Words) -> Iterator[Markup]:
    """A bar of a round length, and where north is."""
    long_m = grid_m(ground.metres_px)
    right, bottom = 16 + long_m / ground.metres_px, ground.height - 16
    yield rect(8, bottom - 24, right + 28, 34, "plate")
    yield polyline([(16, bottom - 6), (16, bottom), (right, bottom), (right, bottom - 6)], "scale")
    yield text((16 + right) / 2, bottom - 8, words.metres(long_m), "label", "middle")
    x, y = right + 16, bottom - 20
    yield polygon([(x, y), (x + 6, y + 16), (x, y + 12), (x - 6, y + 16)], "north")
    yield text(x, bottom + 7, words("north"), "label", "middle")
