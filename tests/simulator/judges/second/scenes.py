"""Small worlds, each made to show one rule: a pair, he to the north of her."""

from typing import Any

Document = dict[str, Any]

STAND: Document = {"move": "stand", "for_s": 3600}


def pair(
    apart_m: float,
    *his: Document,
    hers: tuple[Document, ...] = (),
    duration_s: int = 400,
    faults: tuple[Document, ...] = (),
    him: Document | None = None,
    her: Document | None = None,
    **order: Any,
) -> Document:
    """`his`, `hers`: how they move; `him`, `her`: what else of their units; `order`: its terms."""
    return {
        "start": "2026-03-02T14:00:00Z",  # 08:00 in Guatemala
        "duration_s": duration_s,
        "origin": [14.6349, -90.5069],
        "orders": {"order1": {"offender": "he", "protected": ["she"], **order}},
        "units": {
            "B1": {
                "role": "offender",
                "person": "he",
                "movement": {"at": {"north_m": apart_m}, "legs": [*his, STAND]},
                **(him or {}),
            },
            "V1": {
                "role": "victim",
                "person": "she",
                "movement": {"at": {"north_m": 0}, "legs": [*hers, STAND]},
                **(her or {}),
            },
        },
        "faults": list(faults),
    }


def stand(for_s: float) -> Document:
    return {"move": "stand", "for_s": for_s}


def drive(bearing_deg: float, distance_m: float, speed_m_s: float = 20) -> Document:
    way = {"bearing_deg": bearing_deg, "distance_m": distance_m}
    return {"move": "drive", "speed_m_s": speed_m_s, **way}


def spell(from_s: float, until_s: float, **more: Any) -> Document:
    return {"from_s": from_s, "until_s": until_s, **more}


def two_offenders() -> Document:
    """The first order's is far away, the second's is not."""
    world = pair(30_000, drive(90, 9000))
    world["orders"]["order2"] = {"offender": "other", "protected": ["she"]}
    other = {"at": {"north_m": -6000}, "legs": [drive(90, 9000)]}
    world["units"]["B2"] = {"role": "offender", "person": "other", "movement": other}
    return world


NO_SKY: Document = {"gnss": {"dropouts": [spell(103.5, 228.5)]}}
OUTLIER: Document = {
    "fault": "jump",
    "unit": "B1",
    "at_s": 100,
    "for_s": 5,
    "north_m": -1800,
    "east_m": -500,
}
# He knows it, so his bracelet speaks at its floor.
ROADSIDE: Document = {
    "polygon": [
        {"north_m": north_m, "east_m": east_m}
        for north_m, east_m in ((6100, -2000), (6100, 12_000), (6300, 12_000), (6300, -2000))
    ],
    "margin_m": 0,
}
COARSE: Document = {"gnss": {"sigma_m": 60, "correlation_s": 0}}

SCENES: dict[str, Document] = {
    "he drives by": pair(3000, drive(180, 6000, 38)),
    "he comes and goes": pair(3000, drive(180, 2700, 30), drive(0, 9000, 30)),
    "she walks up to him": pair(1300, hers=(drive(0, 1290, 2),), duration_s=700),
    "she rests, then drives": pair(9000, hers=(stand(200), drive(0, 4000, 30))),
    "both rest": pair(9000, strength="supervised"),
    "100 km": pair(100_000, drive(0, 9000, 10)),
    "coarse, and gone": pair(1500, drive(180, 1000, 30), drive(0, 3000, 5), him=COARSE),
    "a jump": pair(
        6000,
        drive(90, 9000, 5),
        faults=({"fault": "jump", "unit": "B1", "at_s": 100, "for_s": 90, "north_m": 9000},),
    ),
    # One position in a row of good ones; it lands on her.
    "an outlier": pair(1800, drive(90, 9000, 5), duration_s=200, faults=(OUTLIER,)),
    "an outlier, told twice": pair(
        6000,
        drive(90, 9000, 30),
        him={"floor_s": 1},
        duration_s=200,
        faults=(
            {**OUTLIER, "for_s": 2},
            {"fault": "repeat", "unit": "B1", "at_s": 90, "for_s": 100},
        ),
        zones={"road": ROADSIDE},
    ),
    # She drives to where the receiver says, every other time, that he still is.
    "there and far away": pair(
        3000,
        drive(90, 9000, 30),
        hers=(stand(60), drive(0, 2990, 38)),
        faults=({"fault": "alternate", "unit": "B1", "at_s": 5, "for_s": 380, "every": 2},),
    ),
    "far away each fifth time": pair(
        7000,
        drive(90, 9000, 30),
        faults=({"fault": "alternate", "unit": "B1", "at_s": 10, "for_s": 380, "every": 5},),
    ),
    "1800 m of accuracy": pair(
        50, drive(0, 900, 1), him={"gnss": {"sigma_m": 5, "accuracy_m": 1800}}, duration_s=200
    ),
    "a clock ahead": pair(
        8000,
        drive(180, 6000, 25),
        faults=({"fault": "clock_error", "unit": "B1", "at_s": 60, "for_s": 200, "by_s": 18},),
    ),
    # It hears nothing of the host, and so does not know better.
    "a clock ahead, and deaf": pair(
        400,
        stand(60),
        drive(0, 9000, 30),
        faults=({"fault": "clock_error", "unit": "B1", "at_s": 0, "for_s": 400, "by_s": 18},),
        him={"network": {"holds": [spell(0, 400, direction="down")]}},
    ),
    "a strap cut": pair(
        6000, drive(0, 9000, 30), faults=({"fault": "strap_cut", "unit": "B1", "at_s": 60},)
    ),
    "held back": pair(
        1500, drive(90, 3000, 5), him={"network": {"holds": [spell(60, 200, direction="up")]}}
    ),
    "no sky near her": pair(1500, drive(90, 2000, 5), him={"gnss": {"dropouts": [spell(60, 300)]}}),
    "no sky after": pair(
        2000,
        drive(180, 1700, 30),
        drive(0, 300, 5),
        hers=(stand(60), drive(180, 9000, 35)),
        him={"gnss": {"dropouts": [spell(70, 390)]}},
    ),
    "cut off near her": pair(1500, drive(90, 2000, 5), him={"network": {"cuts": [spell(60, 300)]}}),
    "cut off far from her": pair(
        40_000, duration_s=2000, him={"network": {"cuts": [spell(60, 1900)]}}
    ),
    "off and on again": pair(
        1500,
        drive(90, 2000, 5),
        him={"gnss": {"dropouts": [spell(60, 400)]}},
        faults=tuple(
            {"fault": "reboot", "unit": "B1", "at_s": at_s, "down_s": 5}
            for at_s in range(70, 400, 40)
        ),
    ),
    "near her, and no sky": pair(300, him={"gnss": {"dropouts": [spell(10, 400)]}}),
    "a zone at noon": pair(
        9000,
        drive(0, 9000, 10),
        zones={
            "school": {
                "at": {"north_m": 8000, "east_m": 3000},
                "radius_m": 300,
                "schedule": [{"from": "08:03", "until": "08:05"}],
            }
        },
    ),
    "a hidden zone": pair(
        6000, drive(90, 9000, 30), zones={"home": ROADSIDE | {"disclosed": False}}
    ),
    "office hours": pair(90_000, drive(0, 900, 1), schedule=[{"from": "08:04", "until": "09:00"}]),
    "a new version": pair(
        7000, drive(90, 9000), changes=[{"at_s": 100, "alert_m": 2500, "pre_alert_m": 5000}]
    ),
    "two offenders": two_offenders(),
    "down while he goes": pair(
        3000,
        drive(180, 2700, 30),
        drive(0, 9000, 30),
        faults=({"fault": "host_crash", "at_s": 112, "down_s": 130},),
    ),
    # Just after the first position that speaks for leaving the alert distance.
    "no sky while he goes": pair(
        3000,
        drive(180, 2700, 30),
        drive(0, 9000, 30),
        hers=(drive(90, 400, 1),),
        him=NO_SKY,
        her=NO_SKY,
    ),
    # 190 m from one position to the next, and 60 m from the nearest of them to her.
    "he drives by closely": pair(3060, drive(180, 6000, 38), contact_m=40),
    "a wavering receiver": pair(6000, drive(180, 3000, 10), him={"gnss": {"sigma_m": 10}}),
    "a diffident receiver": pair(
        450, drive(0, 125, 5), him={"gnss": {"sigma_m": 2, "accuracy_m": 90}}
    ),
}
