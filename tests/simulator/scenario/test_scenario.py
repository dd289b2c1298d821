from pathlib import Path
from typing import Any

import pytest

from host.base.errors import UsageError
from host.registry.types import Strength, Weekly
from simulator.scenario.scenario import load
from tests.simulator.scenes import BASE, changed, scene, write

READY_MADE = sorted((Path(__file__).parents[3] / "simulator" / "scenarios").glob("*.yaml"))


def test_orders_are_the_hosts_own(tmp_path: Path) -> None:
    order = {
        "offender": "juan",
        "protected": ["ana"],
        "alert_m": 400,
        "strength": "supervised",
        "valid_from_s": 60,
        "schedule": [{"days": ["fri", "sat"], "from": "22:00", "until": "06:30"}],
        "zones": {
            "home": {"at": {"north_m": 100}, "radius_m": 50},
            "park": {"polygon": [[14.6, -90.5], [14.7, -90.5], [14.7, -90.4]], "margin_m": 0},
        },
    }
    scenario = scene(tmp_path, orders__o1=order)
    (built,) = scenario.orders
    assert (built.alert_m, built.pre_alert_m, built.contact_m) == (400, 800, 100)
    assert built.strength is Strength.SUPERVISED
    assert built.valid_from_ms == scenario.start_ms + 60_000
    assert built.schedule == (Weekly((4, 5), 1320, 390),)
    home, park = built.zones
    assert (home.id, home.radius_m, home.ring[0][1]) == ("o1.home", 50, -905_000_000)
    assert home.ring[0][0] == pytest.approx(146_009_040, abs=20)
    assert park.ring == (
        (146_000_000, -905_000_000),
        (147_000_000, -905_000_000),
        (147_000_000, -904_000_000),
    )


def test_what_is_given_overrules_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, BASE)
    scenario = load(file, seed=9, start_ms=5000, duration_s=7)
    assert (scenario.seed, scenario.start_ms, scenario.end_ms) == (9, 5000, 12_000)
    assert load(file).seed == 3
    assert load(file).key_of("B1") != load(file, seed=9).key_of("B1")


@pytest.mark.parametrize("file", READY_MADE, ids=lambda file: file.stem)
def test_ready_made_scenarios_say_what_they_are_about(file: Path) -> None:
    scenario = load(file)
    assert 20 < len(scenario.document.about) < 120
    assert scenario.document.expect.breaches is not None or scenario.document.expect.highest


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"units__B1__gnss": {"sigma_m": -3}}, "units.B1.gnss.sigma_m is -3: input should be greater"),
    (
        {"units__B1__gnss": {"sigma": 3}},
        "units.B1.gnss.sigma is 3: no such key; did you mean sigma_m? there are sigma_m, ",
    ),
    ({"duration_s": None}, "duration_s: field required"),
    ({"duration_s": None, "duration": 60}, "duration_s: field required; is it meant by duration?"),
    (
        {"orders__o1": {"offender": "juan", "protects": ["ana"]}},
        "orders.o1.protected: field required; is it meant by protects?",
    ),
    *(
        ({"start": f"{year}-01-02T00:00:00Z"}, f'start is "{year}-01-02T00:00:00Z": input should')
        for year in (1901, 1969, 2106, 2200)
    ),
    ({"duration_s": "long"}, 'duration_s is "long": input should be a valid number'),
    ({"start": "2026-03-02"}, 'start is "2026-03-02": input should be a valid datetime'),
    (
        {"start": "2026-03-02T10:00:00"},
        'start is "2026-03-02T10:00:00": input should have timezone info',
    ),
    ({"units__B1__movement": {"at": [91, 0]}}, "units.B1.movement.at.lat is 91: input should be"),
    (
        {"units__B1__movement": {"at": "home"}},
        'is "home": write [latitude, longitude], or {north_m',
    ),
    ({"units__B1__movement": {}}, "units.B1.movement is {}: give either track, or at"),
    (
        {"units__B1__movement": {"at": {}, "legs": [{"move": "fly"}]}},
        "units.B1.movement.legs.0 is ",
    ),
    (
        {"units__B1__movement": {"at": {}, "legs": [{"move": "walk", "bearing_deg": 5}]}},
        'units.B1.movement.legs.0 is {"move": "walk", "bearing_deg": 5}: give either to, or',
    ),
    (
        {"units__B1__movement": {"at": {}, "legs": [{"move": "approach", "unit": "V9"}]}},
        "units.B1.movement.legs.0.unit is V9: no such unit; there are B1, V1",
    ),
    ({"units__B1__person": "ana"}, "is ana: each person wears one unit, once"),
    ({"units__B1__role": "victim"}, "orders.o1.offender is juan: no unit of the role offender"),
    ({"orders__o1__pre_alert_m": 100}, "orders.o1 is {"),
    ({"orders__o1__contact_m": 900}, "contact_m must not be greater than alert_m"),
    (
        {"orders__o1__time_zone": "Mars"},
        'orders.o1.time_zone is "Mars": no time zone has this name',
    ),
    ({"orders__o1__protected": ["juan"]}, "the offender cannot be among the protected"),
    (
        {"orders__o1__valid_from_s": 5, "orders__o1__valid_until_s": 5},
        "valid_until_s must be later than valid_from_s",
    ),
    (
        {"orders__o1__zones": {"z": {"polygon": [{}, {"north_m": 9}, {"north_m": 5}]}}},
        "orders.o1.zones.z: no ground is inside",
    ),
    ({"orders__o1__zones": {"z": {"radius_m": 5}}}, "give either at and radius_m, or polygon"),
    (
        {"orders__o1__schedule": [{"from": "8:0", "until": "9:00"}]},
        'orders.o1.schedule.0.from is "8:0": a time of day is "HH:MM"',
    ),
    (
        {"orders__o1__schedule": [{"from": "08:00", "until": 1140}]},
        'orders.o1.schedule.0.until is 1140: quote it: "19:00"',
    ),
    ({"orders__o1__alert_m": 10**20}, "orders.o1.alert_m is 100000000000000000000: input should"),
    (
        {"orders__o1__zones": {"z": {"at": {}, "radius_m": 99_999_999_999}}},
        "orders.o1.zones.z.radius_m is 99999999999: input should be less than or equal to 1000000",
    ),
    ({"faults": [{"fault": "quake", "at_s": 1}]}, "faults.0 is {"),
    (
        {"faults": [{"fault": "panic", "at_s": 1, "unit": "X"}]},
        "faults.0.unit: no such unit; there are B1, V1",
    ),
    (
        {"faults": [{"fault": "host_crash", "at_s": 120}]},
        "faults.0.at_s is 120.0: must be within the scenario, it ends at 120.0 (duration_s)",
    ),
    ({"expect": {"highest": {"o2": "alert"}}}, "expect.highest.o2: no such order; there are o1"),
    (
        {"units__B1__network": {"cuts": [{"from_s": 9, "until_s": 3}]}},
        "until_s must be later than from_s",
    ),
    ({"origin": None}, "origin is missing: north_m, east_m count from it"),
    ({"units__B1__floor_s": 5.5}, "units.B1.floor_s is 5.5: input should be a valid integer"),
    (
        {"units__a-b": BASE["units"]["V1"]},
        'units.a-b is "a-b": a unit\'s name is 1 to 16 letters and digits',
    ),
]


@pytest.mark.parametrize(("changes", "complaint"), WRONG, ids=lambda value: str(value)[:40])
def test_what_is_wrong_is_named_with_file_key_and_value(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    file = write(tmp_path, changed(**changes))
    with pytest.raises(UsageError) as refusal:
        load(file)
    message = str(refusal.value)
    assert message.startswith(f"{file}: ")
    assert complaint in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "there is nothing in it; a scenario has start, duration_s, orders and units"),
        ("a: [", "no YAML: line 1, column 5"),
        ("a: &x 1\nb: *x\n", "no YAML: aliases (*) are not taken"),
        ("b: 3\na: 1\na: 2\n", "no YAML: line 3: the key a stands there once more"),
        ("[" * 3000, "its brackets are nested too deeply; a scenario has start"),
        ("start: 2026-13-45\n", "no YAML: "),
        ("x" * 2_000_000, "2000000 characters, at most 1048576"),
    ],
)
def test_what_is_no_yaml_is_refused_in_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(UsageError) as refusal:
        load(file)
    assert complaint in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file or directory"):
        load(tmp_path / "none.yaml")
    file = tmp_path / "odd.yaml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="no UTF-8 text"):
        load(file)
    track = r"scene\.yaml: units\.B1\.movement\.track: .*gone\.csv: No such file"
    with pytest.raises(UsageError, match=track):
        scene(tmp_path, units__B1__movement={"track": "gone.csv"})
