"""Orders entered from a file reach the registry as they were meant, or not at all."""

import json
from contextlib import closing
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest

from host.base.clock import Clock
from host.commands.cli import main
from host.escalation.policy import default
from host.registry.entry_file import EXAMPLE, EntryAssignment, EntryForm
from host.registry.types import Role, Strength, Unit, Weekly
from host.store.store import Store

ENTRY = """
assignments:
  - {unit: B17, person: P-204, from: 2026-05-28T12:00:00Z}
orders:
  O-17:
    offender: P-204
    protected: [P-311]
    alert_m: 600
    strength: supervised
    schedule: [{days: [mon, sun], from: "19:00", until: "07:00"}]
    zones:
      school: {at: [14.6349, -90.5069], radius_m: 300}
      home: {polygon: [[14.62, -90.51], [14.63, -90.51], [14.63, -90.5]], disclosed: false}
"""


UNIT = Unit("B17", Role.OFFENDER, bytes(32), 1)
UNWORN = "P-311 wears no unit now: a victim's unit is needed before it can be watched"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "resguardo.db"
    with closing(Store.open(path)) as store:
        store.save_unit(UNIT, 0)
    return path


def entered(tmp_path: Path, database: Path, text: str, *flags: str) -> int:
    file = tmp_path / "entry.yaml"
    file.write_text(text, encoding="utf-8")
    return main(["enter", str(file), "--database", str(database), *flags])


def policy(folder: Path, name: str, **changed: object) -> None:
    """A file beside the entry file."""
    document = {**json.loads(default().document.text), "name": name, **changed}
    (folder / f"{name}.yaml").write_text(json.dumps(document))


def test_all_of_a_file_is_entered(tmp_path: Path, database: Path) -> None:
    assert entered(tmp_path, database, ENTRY) == 0
    store = Store.open(database)
    registry = store.registry()
    store.close()
    (order,) = registry.orders
    assert (order.id, order.version, order.offender) == ("O-17", 1, "P-204")
    assert (order.alert_m, order.pre_alert_m) == (600, 1200)
    assert order.strength is Strength.SUPERVISED
    assert order.schedule == (Weekly((0, 6), 19 * 60, 7 * 60),)
    school, home = order.zones
    assert (school.ring, school.radius_m) == (((146_349_000, -905_069_000),), 300)
    assert (len(home.ring), home.disclosed) == (3, False)
    assert [one.person for one in registry.assignments] == ["P-204"]


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("alert_m: 600", "alert_m: -1", "orders.O-17.alert_m is -1"),
        ("radius_m: 300", "radius: 300", "orders.O-17.zones.school"),
        ('"19:00"', '"25:00"', "orders.O-17.schedule.0.from"),
        (
            "protected: [P-311]",
            "protects: [P-311]",
            'protects is ["P-311"]: no such key; did you mean protected? there are offender, ',
        ),
        ("B17", "B18", "B18"),
        (
            "alert_m: 600",
            "time_zone: Mars/Phobos",
            'orders.O-17.time_zone is "Mars/Phobos": no time zone has this name',
        ),
        ("alert_m: 600", "time_zone: America", "no time zone has this name"),
        ("alert_m: 600", "time_zone: ../tzdata/zones", "no time zone has this name"),
        ("P-311", "P-204", "the offender cannot be among the protected"),
        ("[P-311]", "[P-311, P-312, P-311]", "protected names somebody more than once"),
        ("[mon, sun]", "[]", "orders.O-17.schedule.0.days is []"),
        (
            "alert_m: 600",
            "valid_from: 2026-05-28T12:00:00Z\n    valid_until: 2026-05-28T12:00:00Z",
            "valid_until must be later than valid_from",
        ),
        ("12:00:00Z}", "12:00:00Z, until: 2026-05-28T11:00:00Z}", "until must be later than from"),
        ("from: 2026", "until: 1996", "until must be later than from"),
        ("radius_m: 300", "radius_m: 0", "orders.O-17.zones.school.radius_m is 0"),
        (
            "disclosed: false",
            "holes: [[[14.6, -90.6], [14.7, -90.6], [14.7, -90.4], [14.6, -90.4]]]",
            "orders.O-17.zones.home is {",
        ),
        (
            "disclosed: false",
            "holes: [[[14.6, -90.6], [14.7, -90.6], [14.7, -90.4], [14.6, -90.4]]]",
            ": no ground is inside: it is a line or a point, or its holes cover it",
        ),
        ("[14.63, -90.51], [14.63, -90.5]", "[14.64, -90.53], [14.63, -90.52]", "no ground is in"),
        ("radius_m: 300", "radius_m: 300, holes: [[[1, 1], [1, 2], [2, 2]]]", "has no holes"),
        ("  O-17:", "  17:", "the key 17 is no text; put it in quotes"),
        ("  O-17:", "  2026-01-01:", "the key 2026-01-01 is no text; put it in quotes"),
        # Names that look like others.
        (
            "[P-311]",
            "[P\u2011311]",
            'protected.0 is "P\u2011311": its character 2 is NON-BREAKING HYPHEN (U+2011): ',
        ),
        ("B17", "B\u00a017", "assignments.0.unit is"),
        ("O-17:", '"O\u201117":', "its character 2 is NON-BREAKING HYPHEN"),
        ("school:", '"sch\\tool":', "its character 4 is without a name (U+0009)"),
        ("home:", '"school ":', "line 13: the key school stands there once more"),
    ],
)
def test_a_bad_file_enters_nothing_and_says_why(
    tmp_path: Path,
    database: Path,
    capsys: pytest.CaptureFixture[str],
    before: str,
    after: str,
    complaint: str,
) -> None:
    assert entered(tmp_path, database, ENTRY.replace(before, after)) == 2
    told = capsys.readouterr().err
    assert complaint in told
    assert told.count("\n") == 1
    store = Store.open(database)
    assert store.registry().orders == ()
    store.close()


def test_help_shows_a_file_that_can_be_entered(
    tmp_path: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["enter", "--help"])
    shown = capsys.readouterr().out
    example = shown[shown.index("assignments:") :]
    assert EXAMPLE.strip() == example.strip()
    policy(tmp_path, "lenient")
    assert entered(tmp_path, database, "policies: [lenient.yaml]") == 0
    policy(tmp_path, "strict")
    capsys.readouterr()
    assert entered(tmp_path, database, example, "--json") == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"type": "assignment", "unit": "B17", "person": "P-204"},
        {"type": "policy", "policy": "strict", "retired": False},
        {"type": "policy", "policy": "lenient", "retired": True},
        {"type": "order", "order": "O-17", "doubts": []},
        {"type": "doubt", "order": "O-17", "doubt": UNWORN},
        {"type": "summary", "database": str(database), "entered": True, "host": False},
    ]


@pytest.mark.parametrize("wrong", ["none/x.db", "."])
def test_no_database_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: str
) -> None:
    assert entered(tmp_path, tmp_path / wrong, ENTRY) == 2
    assert "a host makes its database when it first starts" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("content", [b"", b"\0 no database \0" * 100])
def test_a_file_that_is_no_database_is_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    file = tmp_path / "x.db"
    file.write_bytes(content)
    assert entered(tmp_path, file, ENTRY) == 2
    assert f"the database {file} is no host's: " in capsys.readouterr().err
    assert file.read_bytes() == content


def test_it_says_which_database_and_whether_a_host_takes_it(
    tmp_path: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert entered(tmp_path, database, ENTRY) == 0
    assert f"{database}: no host runs on it now; one that starts" in capsys.readouterr().out
    with closing(Store.open(database)) as store:
        assert store.log
        assert entered(tmp_path, database, ENTRY) == 0
    assert f"{database}: the host that runs on it takes this" in capsys.readouterr().out


def test_a_check_enters_nothing(
    tmp_path: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert entered(tmp_path, database, ENTRY, "--check") == 0
    assert f"{UNWORN}\n{database}: nothing was entered" in capsys.readouterr().out
    assert entered(tmp_path, database, ENTRY.replace("B17", "B18"), "--check") == 2
    with closing(Store.open(database)) as store:
        assert store.registry().items() == [UNIT]


@pytest.mark.parametrize("text", ["", "orders: {}", "orders: {}\nassignments: []"])
def test_an_empty_file_is_told(
    tmp_path: Path, database: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    assert entered(tmp_path, database, text) == 2
    assert "there is nothing " in capsys.readouterr().err


def test_the_wrong_kind_of_unit_is_told_by_either_entry(
    tmp_path: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert entered(tmp_path, database, ENTRY) == 0
    capsys.readouterr()
    swapped = "assignments: [{unit: B17, person: P-311}]"
    assert entered(tmp_path, database, swapped) == 0
    out = capsys.readouterr().out
    assert "order O-17: P-204 wears no unit now: a bracelet is needed" in out
    assert "order O-17: P-311 wears B17, which is a bracelet: a victim's unit is needed" in out


def test_a_zone_that_crosses_itself_is_told(
    tmp_path: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bow_tie = ENTRY.replace("[14.63, -90.5]]", "[14.62, -90.5], [14.63, -90.5]]")
    assert entered(tmp_path, database, bow_tie) == 0
    assert "zone home crosses itself: all that its edge goes round" in capsys.readouterr().out


def test_an_assignment_begins_now_where_nothing_else_is_said(
    tmp_path: Path, database: Path
) -> None:
    before_ms = Clock().now_ms()
    assert entered(tmp_path, database, ENTRY.replace(", from: 2026-05-28T12:00:00Z", "")) == 0
    store = Store.open(database)
    (assignment,) = store.registry().assignments
    store.close()
    assert before_ms <= assignment.from_ms <= Clock().now_ms()


def test_what_begins_now_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(datetime):
        @classmethod
        def now(cls, _: tzinfo | None = None) -> Self:
            return cls(2026, 5, 28, 12, 0, 0, 999_999, tzinfo=UTC)

    monkeypatch.setattr("host.registry.entry_file.datetime", Late)
    (assignment,) = EntryForm(assignments=(EntryAssignment(unit="B17", person="P"),)).assignments
    assert assignment.entered().from_ms == 1_779_969_600_999


SWAPPED = ENTRY.replace("[14.6349, -90.5069]", "[-88.5947, 15.7278]")


def test_a_zone_where_none_is_expected_is_entered_once_it_is_confirmed(
    tmp_path: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for flags in ((), ("--check",), ("--confirm", "O-17.home")):
        assert entered(tmp_path, database, SWAPPED, *flags) == 2
        told = capsys.readouterr().err
        assert "the zone O-17.school: it lies 11,678 km from the time zone" in told
        assert "a place is [latitude, longitude]; if it is right: --confirm O-17.school" in told
    with closing(Store.open(database)) as store:
        assert store.registry().items() == [UNIT]
    assert entered(tmp_path, database, SWAPPED, "--confirm", "O-17.school", "--json") == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (confirmed,) = (one for one in said if one["type"] == "confirmed")
    assert confirmed["zone"] == "O-17.school"
    assert entered(tmp_path, database, SWAPPED) == 0  # it stands there


def test_every_zone_that_is_doubted_is_named(
    tmp_path: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SWAPPED.replace("[14.62, -90.51]", "[0, 0]")
    assert entered(tmp_path, database, text) == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.partition("if it is right: ")[2] for line in told] == [
        "--confirm O-17.school",
        "--confirm O-17.home",
    ]


def test_one_person_has_one_name_however_it_is_written(
    tmp_path: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = ENTRY.replace("person: P-204", 'person: "Jose\\u0301 "').replace(
        "offender: P-204", "offender: Jos\u00e9"
    )
    assert entered(tmp_path, database, text) == 0
    assert 'is taken as "Jos\u00e9": it has blanks too many' in capsys.readouterr().out
    with closing(Store.open(database)) as store:
        registry = store.registry()
    assert registry.assignments[0].person == registry.orders[0].offender == "Jos\u00e9"
