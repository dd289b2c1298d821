"""What a broker of somebody else's must know to let units in."""

import json
from pathlib import Path

import pytest

from host.commands.cli import main
from host.registry.types import Role, Unit
from host.store.store import Store
from protocol.seal import login


def test_each_units_login_is_that_of_its_newest_enrolment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store.open(tmp_path / "resguardo.db")
    key, newer = bytes(range(32)), bytes(32)
    for unit in (Unit("V17", Role.VICTIM, key, 1), Unit("B17", Role.OFFENDER, key, 1)):
        store.save_unit(unit, 1)
    store.save_unit(Unit("B17", Role.OFFENDER, newer, 2), 2)
    store.close()
    wanted = {"V17": login(key, "V17", 1), "B17": login(newer, "B17", 2)}
    assert main(["logins", "--folder", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert dict(line.split(":") for line in lines) == wanted
    assert main(["logins", "--folder", str(tmp_path), "--json"]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {one["user"]: one["password"] for one in said} == wanted
