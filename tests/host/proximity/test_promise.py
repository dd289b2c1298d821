"""The two laws of proximity, held against a slow and obvious oracle that knows the true paths.

The promise: while its assumptions hold (true speeds and errors within their bounds), nobody is
within the alert distance before *assured until* has passed. The levels: an approach is seen at
the first fix that shows it, and a level is left exactly when the history says so.
"""

from bisect import bisect
from itertools import pairwise
from math import cos, hypot, pi, sin

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from host.proximity.fix import make_fix
from host.proximity.types import Level, Transition
from host.registry.types import Strength
from tests.host.proximity.pair import PLACE, START_MS, Pair

SPEED_M_S = 40.0
STEP_S = 2.0

# A path: legs of (seconds, speed as a part of the greatest, heading in turns).
legs = st.lists(
    st.tuples(st.integers(1, 120), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8
)
# When and how wrongly somebody reports: (gap in s, error as a part of the radius, its heading).
reports = st.lists(
    st.tuples(st.integers(1, 90), st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=12
)


class Path:
    """A true path in metres north and east, evenly moving along legs, standing at its end."""

    def __init__(self, start: tuple[float, float], given: list[tuple[int, float, float]]) -> None:
        self.times, self.points = [0.0], [start]
        for seconds, part, turn in given:
            reach_m = seconds * part * SPEED_M_S
            north_m, east_m = self.points[-1]
            self.times.append(self.times[-1] + seconds)
            self.points.append(
                (north_m + reach_m * cos(2 * pi * turn), east_m + reach_m * sin(2 * pi * turn))
            )

    def at(self, s: float) -> tuple[float, float]:
        if s >= self.times[-1]:
            return self.points[-1]
        i = bisect(self.times, s) - 1
        part = (s - self.times[i]) / (self.times[i + 1] - self.times[i])
        (n0, e0), (n1, e1) = self.points[i], self.points[i + 1]
        return n0 + part * (n1 - n0), e0 + part * (e1 - e0)


def apart_m(one: Path, other: Path, s: float) -> float:
    (n0, e0), (n1, e1) = one.at(s), other.at(s)
    return hypot(n1 - n0, e1 - e0)


@given(legs, legs, reports, reports, st.floats(0, 12_000), st.floats(1, 200), st.booleans())
@settings(max_examples=150, deadline=None)
def test_nobody_is_near_before_assured_until(
    his: list[tuple[int, float, float]],
    hers: list[tuple[int, float, float]],
    his_reports: list[tuple[int, float, float]],
    her_reports: list[tuple[int, float, float]],
    apart: float,
    a95_m: float,
    supervised: bool,
) -> None:
    he, she = Path((apart, 0), his), Path((0, 0), hers)
    pair = Pair()
    bound_m = max(30.0, 3 * a95_m)
    events = []
    for who, path, told in ((0, he, his_reports), (1, she, her_reports)):
        s = 0.0
        for gap_s, part, turn in told:
            s += gap_s
            north_m, east_m = path.at(s)
            off_m = part * bound_m * 0.999
            events.append(
                (s, who, north_m + off_m * cos(2 * pi * turn), east_m + off_m * sin(2 * pi * turn))
            )
    for s, who, north_m, east_m in sorted(events):
        report = pair.walks if who else pair.offends
        report(s, north_m, east_m, a95_m=a95_m)
        if str(pair.condition) != "assured":
            continue
        until_s = (pair.state.until_ms - START_MS) / 1000
        instants = int(min(until_s - s, 900) / STEP_S)
        for i in range(instants):
            # The ground of the test is flat; the earth's is not, by less than a metre here.
            assert apart_m(he, she, s + i * STEP_S) > pair.order.alert_m - 1


def test_he_may_move_off_from_now_on_although_his_rest_is_trusted() -> None:
    """Her unit holds the promise; when nobody can tell it, it does not hear that he has."""
    pair = Pair(strength=Strength.SUPERVISED)
    pair.walks(0, 0, at_rest=True)
    pair.offends(0, 6000, at_rest=True)
    slack_m = 6000 - 500 - 2 * 30 - 2 * 20 * SPEED_M_S
    until_s = (pair.state.until_ms - START_MS) / 1000
    assert until_s == pytest.approx(slack_m / SPEED_M_S, abs=0.1)


@given(legs, st.integers(1, 20), st.floats(0, 3000))
@example([(112, 0.5, 0.625), (66, 0.4375, 0.125)], 7, 0.0)
@settings(max_examples=60, deadline=None)
def test_levels_follow_the_history(
    his: list[tuple[int, float, float]], gap_s: int, apart: float
) -> None:
    he = Path((apart, 0), his)
    pair = Pair()
    pair.victim.place(make_fix("place", 0, 0, *PLACE, a95_m=0, fixed=True))
    seen: list[tuple[float, float]] = []  # distance, and the least since the one before
    before = he.at(0)
    expected = live = Level.CLEAR
    risen_at = 0
    for k in range(1, 80):
        s = float(k * gap_s)
        told = pair.offends(s, *he.at(s), a95_m=0.1)
        seen.append((hypot(*he.at(s)), nearest_m(before, he.at(s), first=not seen)))
        before = he.at(s)
        expected, risen_at = oracle(pair, seen, gap_s, expected, risen_at)
        changes = [one for one in told if isinstance(one, Transition)]
        live = changes[-1].after if changes else live
        assert live == pair.level
        edge = any(abs(d - limit) < 2 for one in seen for d in one for limit in EDGES)
        assert edge or live == expected


EDGES = (100, 500, 1000, 150, 550, 1100)


def nearest_m(a: tuple[float, float], b: tuple[float, float], first: bool) -> float:
    """The least distance from the origin on the straight way between two fixes, by trying."""
    steps = [1.0] if first else [i / 1000 for i in range(1001)]
    return min(hypot(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])) for t in steps)


def oracle(
    pair: Pair, seen: list[tuple[float, float]], gap_s: int, level: Level, risen_at: int
) -> tuple[Level, int]:
    """The level after the last distance of a whole history, and the index of its last rise."""
    limits = {Level.BREACH: 100, Level.ALERT: 500, Level.PRE_ALERT: 1000}
    for candidate, limit_m in limits.items():
        if candidate > level and seen[-1][1] <= limit_m:
            return candidate, len(seen)
    for candidate in (Level.PRE_ALERT, Level.ALERT, Level.BREACH):
        if candidate > level:
            continue
        limit_m = limits[candidate]
        run = 0
        for distance_m, swept_m in seen[risen_at:]:
            outside = distance_m > limit_m + max(50, 0.1 * limit_m)
            crossed = run > 0 and swept_m <= limit_m
            run = run + 1 if outside and not crossed else 0
        if run >= 1 and (run - 1) * gap_s >= 120:
            return Level(candidate - 1), risen_at
    return level, risen_at


def test_the_oracle_itself_moves() -> None:
    path = Path((0, 0), [(10, 1, 0), (10, 1, 0.5)])
    assert [round(path.at(s)[0]) for s in (0, 5, 10, 15, 20, 99)] == [0, 200, 400, 200, 0, 0]
    assert list(pairwise(path.times)) == [(0.0, 10), (10, 20)]
