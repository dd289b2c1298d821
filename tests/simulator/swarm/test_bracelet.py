"""What a bracelet hears depends on no more of where she lives than the cell of a grid."""

from math import cos, radians

from host.proximity.lease import CELL_E7
from protocol.command import Answer
from simulator.judges.recorder import Told
from simulator.swarm.play import play


def prowl(north_m: float, east_m: float) -> list[tuple[int, str]]:
    """What a bracelet hears that is carried to and fro 4 to 8 km from her home, and when.

    Counted from the south-western corner of the cell in which she lives.
    """
    south_e7 = 112 * CELL_E7
    west_e7 = -600 * int(CELL_E7 / cos(radians((south_e7 + CELL_E7 // 2) / 1e7)))
    spots = [(4000, 0), (8000, 0), (0, 8000), (0, 4000), (-1000, 7000), (4000, 1000)]
    legs = [
        {"move": "drive", "to": {"north_m": north, "east_m": east}, "speed_m_s": 20}
        for north, east in spots
    ]
    way = {"at": {"north_m": 8000}, "legs": legs}
    home = {"at": {"north_m": north_m, "east_m": east_m}}
    recorder = play(
        {
            "start": "2026-03-02T14:00:00Z",
            "duration_s": 1500,
            "origin": [south_e7 / 1e7, west_e7 / 1e7],
            "orders": {"order1": {"offender": "juan", "protected": ["ana"]}},
            "units": {
                "B1": {"role": "offender", "person": "juan", "movement": way},
                "V1": {"role": "victim", "person": "ana", "movement": home},
            },
        }
    ).recorder
    return [heard(told) for told in recorder.told_units if told.unit == "B1"]


def heard(told: Told) -> tuple[int, str]:
    said = told.command
    return told.at_ms, str(said.lease_s) if isinstance(said, Answer) else type(said).__name__


def test_a_bracelet_hears_the_same_wherever_in_a_cell_she_lives() -> None:
    here, there = prowl(100, 100), prowl(1300, 1200)
    assert here == there
    assert {said for _, said in here} >= {"5", "30"}  # its way does cross a step's edge
