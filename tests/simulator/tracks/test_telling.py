from simulator.tracks.points import Account, Point, Track
from simulator.tracks.telling import track_object, track_sentences

ACCOUNT = Account(
    "CSV",
    "UTF-8",
    {"no_time": 2},
    {"no_time": "line 3"},
    {"vdop": 4, "note": 1},
    {"accuracy": 1},
    {"gnss": 1, "cell": 1},
    2,
    "Europe/Madrid",
    "day-first, as 13/03/2026 tells",
    (1, 1),
)
TRACK = Track("walk.csv", (Point(0, 0, 0, 5.0), Point(1, 0, 0)), ACCOUNT)


def test_people_are_told_everything_that_was_not_plain() -> None:
    assert track_sentences(TRACK, 10.0) == [
        "walk.csv: CSV, UTF-8, 2 points",
        "  left out: 2 no time (first: line 3)",
        "  times without a zone: 2, taken as Europe/Madrid",
        "  dates: day-first, as 13/03/2026 tells",
        "  local times that occur twice: 1 taken as the first, 1 as the second",
        "  accuracy: accuracy (1), 10 m where unsaid (1)",
        "  sources: 1 gnss, 1 cell; what is not GNSS raises pre-alert at most",
        "  ignored, like accuracy: vdop (4)",
        "  ignored: note (1)",
    ]


def test_nothing_is_said_of_what_is_plain() -> None:
    plain = Track("walk.fit", (Point(0, 0, 0, 5.0),), Account("FIT", accuracy={"gps_accuracy": 1}))
    assert track_sentences(plain, 10.0) == [
        "walk.fit: FIT, 1 points",
        "  accuracy: gps_accuracy (1)",
    ]


def test_programs_are_told_the_same() -> None:
    told = track_object(TRACK)
    assert (told["file"], told["points"], told["left_out"]) == ("walk.csv", 2, {"no_time": 2})
    assert (told["without_zone"], told["time_zone"]) == (2, "Europe/Madrid")
    assert told["hours_twice"] == [1, 1]
    assert told["ignored"] == {"vdop": 4, "note": 1}
