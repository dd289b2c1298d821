"""`resguardo verify` as it is called; what it finds is in test_recompute.py."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from host.audit import GENESIS
from host.cli import main
from host.store.store import Store


@pytest.mark.parametrize("by", ["folder", "database", "config"])
def test_the_database_is_named_as_for_the_host(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], by: str
) -> None:
    with closing(Store.open(tmp_path / "resguardo.db")):
        pass
    settings = tmp_path / "host.yaml"
    settings.write_text(f"folder: {tmp_path}\n")
    named = {"folder": tmp_path, "database": tmp_path / "resguardo.db", "config": settings}
    assert main(["verify", f"--{by}", str(named[by]), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "rows": 0,
        "entries": 0,
        "starts": 0,
        "last_hash": GENESIS.hex(),
    }
