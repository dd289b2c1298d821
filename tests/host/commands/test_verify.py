"""`resguardo verify` as it is called; what it finds is in tests/host/evidence."""

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from host.commands.cli import main
from host.store.database import EVIDENCE, READING, find
from host.store.store import Store
from tests.host.evidence.day import Host
from tests.host.evidence.tamper import tampering

NOBODY = 65_534


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "resguardo.db"
    host = Host(path)
    host.step(now_s=1)
    host.store.close()
    return path


@pytest.mark.parametrize("by", ["folder", "database", "config"])
def test_the_database_is_named_as_for_the_host(
    database: Path, capsys: pytest.CaptureFixture[str], by: str
) -> None:
    settings = database.with_name("host.yaml")
    settings.write_text(f"folder: {database.parent}\n")
    named = {"folder": database.parent, "database": database, "config": settings}
    assert main(["verify", f"--{by}", str(named[by]), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["database"], said["starts"]) == (str(database), 1)


def test_nothing_is_written(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = database.read_bytes()
    assert main(["verify", "--database", str(database)]) == 0
    assert capsys.readouterr().out.startswith(f"{database}: identical: ")
    assert database.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "it is a folder; a host makes its database"),
        (b"", "is no host's: no such table: audit"),
        (b"\0 no database \0" * 100, "is no host's: file is not a database"),
    ],
)
def test_what_is_no_database_is_refused_and_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, complaint: str
) -> None:
    path = tmp_path / "x"
    path.mkdir() if content is None else path.write_bytes(content)
    assert main(["verify", "--database", str(path)]) == 2
    assert complaint in capsys.readouterr().err
    assert content is None or path.read_bytes() == content


def test_a_database_that_no_host_has_run_on_proves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new.db"
    with closing(Store.open(path)):
        pass
    assert main(["verify", "--database", str(path)]) == 2
    assert "no host has run on it yet" in capsys.readouterr().err


@contextmanager
def _without_rights() -> Iterator[None]:
    """As a user for whom folders without write permission are such."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(own)


def test_evidence_is_verified_where_nothing_can_be_written(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert find(database) == READING
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "evidence.db")
        copy.write_bytes(database.read_bytes())
        copy.chmod(0o444)
        Path(folder).chmod(0o555)
        with _without_rights():
            assert find(copy) == EVIDENCE
            assert main(["verify", "--database", str(copy)]) == 0
        assert "identical" in capsys.readouterr().out
        assert [one.name for one in Path(folder).iterdir()] == ["evidence.db"]
        Path(folder).chmod(0o700)


def test_a_difference_is_said_to_people_and_to_programs(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with tampering(database) as connection:
        connection.execute("UPDATE registry_entry SET by = 'eva' WHERE id = 2")
    assert main(["verify", "--database", str(database)]) == 1
    said = "table registry_entry, row 2: it is not what registry entry 2 entered"
    assert capsys.readouterr().err == f"resguardo: {database}: {said}\n"
    assert main(["verify", "--database", str(database), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["identical"] is False
    assert told["difference"] == {
        "table": "registry_entry",
        "row": "2",
        "column": None,
        "what": "it is not what registry entry 2 entered",
    }


def test_what_is_missing_of_the_schema_is_said_beside_what_was_altered(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(database)) as connection:
        for name in ("audit_refuses_update", "person_refuses_update"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE person SET name = 'Eva' WHERE id = 'zoe'")
        connection.commit()
    assert main(["verify", "--database", str(database), "--json"]) == 1
    said = capsys.readouterr()
    assert "table person, row zoe: it is not what" in said.err
    assert "table audit: its trigger audit_refuses_update is missing, and 1 more like" in said.err
    assert [one["table"] for one in json.loads(said.out)["schema"]] == ["audit", "person"]


def test_the_last_hash_can_be_noted_and_asked_for(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--database", str(database)]) == 0
    last_hash = capsys.readouterr().out.partition("hash: ")[2].partition(" ")[0]
    assert main(["verify", "--database", str(database), "--anchor", last_hash.upper()]) == 0
    assert main(["verify", "--database", str(database), "--anchor", "00"]) == 1
    assert "no row has the hash 00, which was noted earlier" in capsys.readouterr().err
