"""`resguardo user`, `token` and `audit`, as they are called."""

import json
import re
from contextlib import closing
from pathlib import Path

import pytest

from host.accounts.accounts import Accounts
from host.accounts.sessions import Caller
from host.base.clock import Clock
from host.commands.cli import main
from host.store.store import Store
from tests.host.evidence.tamper import tampering


@pytest.fixture
def folder(tmp_path: Path) -> list[str]:
    return ["--folder", str(tmp_path)]


def test_the_first_administrator_is_made_and_sets_a_password(
    folder: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["user", "add", "ana", "--name", "Ana Díaz", "--administrator", *folder]) == 0
    said = capsys.readouterr().out
    code = re.match(r"invitation for ana: (\S+)\n", said)
    assert code, said
    with closing(Store.open(tmp_path / "resguardo.db")) as store:
        desk = Accounts.over(store.accounts, Clock().now_ms).desk
        assert desk.log_in("ana", code[1], Caller("x")).seen.lacks == "new_password"
    assert main(["user", "list", *folder]) == 0
    assert capsys.readouterr().out == "ana\tAna Díaz\tadministrator\t\t\n"


def test_what_cannot_be_is_said_in_one_line(
    folder: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for call, complaint in (
        (["user", "list"], "there is no such file"),
        (["user", "add", "Ana", "--administrator"], "account 'Ana': 2 to 32 of a-z"),
        (["user", "add", "ana"], "a role is wanted: operator, supervisor"),
        (["user", "add", "ana", "--role", "queen"], "invalid choice: 'queen'"),
        (["user", "add", "ana", "--administrator"], ""),
        (["user", "add", "ana", "--administrator"], "account 'ana' is there already"),
        (["user", "reset", "eva"], "account 'eva' is unknown"),
        (["token", "end", "tablero"], "token 'tablero': there is none that lasts"),
        (["token", "add", "tablero", "--role", "engineer", "--days", "0"], "days 0: 1 to 366"),
    ):
        code = main([*call, *folder])
        assert (code, complaint in capsys.readouterr().err) == (2 if complaint else 0, True), call
    assert main(["user", "end", "ana", *folder]) == 1
    assert "it is the last administrator" in capsys.readouterr().err


def test_tokens_are_made_listed_and_ended(
    folder: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["user", "add", "ana", "--administrator", *folder])
    capsys.readouterr()
    assert main(["token", "add", "tablero", "--role", "engineer", *folder]) == 0
    assert capsys.readouterr().out.startswith("resguardo_")
    assert main(["token", "end", "tablero", *folder]) == 0
    assert main(["token", "list", *folder]) == 0
    assert re.fullmatch(r"tablero\tengineer\t\S+Z\tover\n", capsys.readouterr().out)


def test_the_chains_are_shown_anchored_and_verified(
    folder: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ana", "eva"):
        main(["user", "add", name, "--administrator", *folder])
    anchors = tmp_path / "elsewhere.jsonl"
    assert main(["audit", "anchor", "--to", str(anchors), *folder]) == 0
    assert main(["audit", "anchor", *folder]) == 0
    printed = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(printed)["access"] == json.loads(anchors.read_text())["access"]
    assert main(["audit", "show", "--after", "1", *folder]) == 0
    shown = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["number"] for one in shown] == list(range(2, len(shown) + 2))
    assert shown[-2]["data"]["account"] == "eva"
    assert main(["audit", "verify", "--anchors", str(anchors), *folder]) == 0
    assert "still there" in capsys.readouterr().out
    with tampering(tmp_path / "resguardo.db") as connection:
        connection.execute("UPDATE access SET at_ms = at_ms + 1 WHERE number = 2")
    assert main(["audit", "verify", *folder]) == 1
    assert "table access, row 2: the chain breaks" in capsys.readouterr().err
    assert main(["audit", "verify", "--anchors", str(tmp_path), *folder]) == 2
    assert main(["audit", "anchor", "--to", str(tmp_path), *folder]) == 1
