"""What kinds of ordinary days there are: who leaves when, for where, and what is over their heads.

Local time, in hours from midnight. `ahead_km` and `aside_km` place what somebody goes to: so far
from the edge of a side of the town, away from the other side, and so far to the right. The sides
are `APART_M` apart, and nobody leaves their own, save for a school: it stands in the middle, and
whoever does not go there then is some kilometres ahead. At midnight everybody is where the last
trip of the day leads.
"""

from typing import NamedTuple

Span = tuple[float, float]  # from, to: evenly drawn

HOMES: dict[Span, float] = {  # km apart -> share of the pairs
    (1.5, 2.5): 0.25,
    (2.5, 5.0): 0.25,
    (5.0, 7.0): 0.30,
    (7.0, 12.0): 0.20,
}
STRENGTHS = ("strict", "supervised")

APART_M = 1200.0  # more than the pre-alert distance, 1 km
SCHOOL_ASIDE_M = 4000.0  # to the right
AWAKE_H = (5.5, 22.5)


class Roof(NamedTuple):
    """What is over somebody's head: spells with little or no sky, and what is seen in between.

    sigma_m: of positions under it; None: there are none. radio: what Wi-Fi or cells tell there, of
    which one is drawn for each stay: its source, and a span of sigma_m. paces: short walks an hour,
    while awake. thick: its walls keep the network out too: all gaps of that day are there.
    """

    covered_s: Span
    open_s: Span
    radio: tuple[tuple[str, Span], ...] = ()
    sigma_m: float | None = None
    paces: float = 1.0
    thick: bool = False


class Trip(NamedTuple):
    """Somebody leaves for a place, and stays there under a roof until the next trip.

    goes: to a place `away`, `home` or to the `school`. stops_m: a bus stops so often, for half a
    minute or so.
    """

    leaves_h: Span
    roof: str
    speed_m_s: Span
    ahead_km: Span = (0.0, 0.0)
    aside_km: Span = (0.0, 0.0)
    goes: str = "away"
    stops_m: Span | None = None


class Network(NamedTuple):
    """How good the mobile network is. Gaps: how many a day, and how long each."""

    gaps: tuple[int, int] = (3, 8)
    gap_s: Span = (20.0, 300.0)
    latency_ms: int = 300
    jitter_ms: int = 400
    loss: float = 0.01


class Kind(NamedTuple):
    """A day of the two."""

    name: str
    his: tuple[Trip, ...]
    hers: tuple[Trip, ...]
    network: Network = Network()


_WIFI = ("wifi", (8.0, 25.0))
_CELL = ("cell", (100.0, 400.0))
_FAR_CELL = ("cell", (500.0, 1500.0))

ROOFS = {
    "house": Roof((600, 5400), (60, 900), (_WIFI, _WIFI, _CELL)),
    "office": Roof((900, 5400), (60, 600), (_WIFI,)),
    "factory": Roof((1800, 7200), (30, 300), (_WIFI, _CELL), paces=3.0),
    "stall": Roof((300, 1800), (300, 1800), (_CELL,), 15.0, paces=4.0),  # tin and canvas
    "field": Roof((60, 300), (1800, 7200), (_FAR_CELL,), 12.0, paces=4.0),  # trees
    "prison": Roof((3600, 7200), (10, 30), (_CELL,), paces=0.5, thick=True),
    "bus": Roof((60, 600), (60, 600), (_CELL,), 12.0, paces=0.0),
}

_CAR, _WALK, _BUS = (7.0, 14.0), (1.2, 1.6), (7.0, 12.0)
_STOPS = (400.0, 1500.0)
_NEAR, _TOWN, _FAR = (1.0, 3.0), (3.0, 9.0), (20.0, 45.0)
_SIDE = (-4.0, 4.0)


def _home(leaves_h: Span, speed_m_s: Span = _CAR, stops_m: Span | None = None) -> Trip:
    return Trip(leaves_h, "house", speed_m_s, goes="home", stops_m=stops_m)


_ERRAND = (
    Trip((16.5, 17.5), "stall", _WALK, _NEAR, (-1.0, 1.0)),
    _home((18.2, 19.0), _WALK),
)
_OFFICE = (Trip((6.0, 8.0), "office", _CAR, _TOWN, _SIDE), _home((16.5, 18.5)))

KINDS = (
    Kind(
        "office",
        _OFFICE,
        (
            Trip((6.5, 8.5), "office", _BUS, _TOWN, _SIDE, stops_m=_STOPS),
            Trip((16.5, 17.5), "stall", _WALK, (3.0, 9.0), _SIDE),
            _home((18.5, 19.5), _BUS, _STOPS),
        ),
    ),
    Kind(
        "market",  # she sells at a stall all day; he builds
        (Trip((5.5, 6.5), "factory", _BUS, _TOWN, _SIDE, stops_m=_STOPS), _home((16.0, 17.0))),
        (Trip((4.0, 5.0), "stall", _BUS, _NEAR, _SIDE, stops_m=_STOPS), _home((15.0, 17.0), _BUS)),
    ),
    Kind(
        "night_shift",  # he comes home in the morning and leaves again in the evening
        (
            _home((5.8, 6.5)),
            Trip((19.5, 20.5), "factory", _CAR, _TOWN, _SIDE),
        ),
        _ERRAND,
    ),
    Kind(
        "long_bus",  # two hours there, two hours back
        (
            Trip((4.5, 5.5), "factory", _BUS, _FAR, _SIDE, stops_m=_STOPS),
            _home((15.5, 16.5), _BUS, _STOPS),
        ),
        (
            Trip((5.5, 6.5), "house", _BUS, _FAR, _SIDE, stops_m=_STOPS),
            _home((14.0, 15.0), _BUS, _STOPS),
        ),
    ),
    Kind(
        "countryside",  # open fields, and a network that comes and goes
        (Trip((5.0, 6.0), "field", _WALK, _NEAR, (-2.0, 2.0)), _home((15.0, 16.0), _WALK)),
        (Trip((7.0, 8.0), "field", _WALK, _NEAR, (-2.0, 2.0)), _home((12.0, 13.0), _WALK)),
        Network((7, 8), (120.0, 300.0), 800, 1500, 0.04),
    ),
    Kind(
        "prison_visit",  # she visits somebody: thick walls, one gap after the other
        _OFFICE,
        (
            Trip((7.0, 8.0), "prison", _BUS, _FAR, _SIDE, stops_m=_STOPS),
            _home((13.0, 14.0), _BUS, _STOPS),
        ),
        Network((8, 8), (200.0, 300.0)),
    ),
    Kind(
        "school",  # she brings their child, he fetches it
        (
            Trip((5.0, 5.5), "factory", _CAR, _TOWN, (0.0, 2.0)),
            Trip((15.5, 16.0), "house", _CAR, goes="school"),
            _home((16.8, 17.2)),
        ),
        (
            Trip((7.5, 8.0), "house", _CAR, goes="school"),
            Trip((8.8, 9.0), "office", _CAR, _TOWN, (0.0, 2.0)),
            _home((18.5, 19.5)),
        ),
    ),
    Kind(
        "at_home", (Trip((10.0, 11.0), "stall", _CAR, _TOWN, _SIDE), _home((12.0, 13.0))), _ERRAND
    ),
)
