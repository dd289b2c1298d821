"""The command line: helps, errors in one line, exit codes."""

import subprocess
import sys
from pathlib import Path

import pytest

from host.commands import cli
from host.commands.cli import COMMANDS, main

COMMAND = '''"""Do what the test asks for."""
from host.base.errors import ResguardoError, UsageError

def add_arguments(parser):
    parser.add_argument("what")
    parser.add_argument("--times", type=int, default=1)

def run(arguments):
    if arguments.what == "fail":
        raise ResguardoError("the job failed: do it better")
    if arguments.what == "misuse":
        raise UsageError("file.yaml: key: 'value' is not a number")
    if arguments.what == "interrupt":
        raise KeyboardInterrupt
    for _ in range(arguments.times):
        print("done")
    return 0
'''


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "told_command.py").write_text(COMMAND)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(cli, "COMMANDS", {"tell": "told_command"})


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["tell", "yes"], 0, ""),
        (["tell", "fail"], 1, "resguardo: the job failed: do it better\n"),
        (["tell", "misuse"], 2, "resguardo: file.yaml: key: 'value' is not a number\n"),
        (["tell", "interrupt"], 130, ""),
        (
            ["tell", "yes", "--times", "x"],
            2,
            "resguardo: argument --times: invalid int value: 'x' (see: resguardo tell --help)\n",
        ),
        (
            ["tell"],
            2,
            "resguardo: the following arguments are required: what (see: resguardo tell --help)\n",
        ),
        (
            ["tell", "yes", "--tiems", "3"],
            2,
            "resguardo: there is no --tiems here (see: resguardo tell --help)\n",
        ),
    ],
)
@pytest.mark.usefixtures("command")
def test_errors_are_one_line_and_the_code_says_whose_fault_it_is(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, error: str
) -> None:
    assert main(arguments) == code
    assert capsys.readouterr().err == error


@pytest.mark.usefixtures("command")
def test_an_unknown_command_is_told_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sing"]) == 2
    error = capsys.readouterr().err
    assert "'sing'" in error
    assert "tell" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["--help"]])
@pytest.mark.usefixtures("command")
def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    assert "tell      Do what the test asks for." in capsys.readouterr().out


@pytest.mark.usefixtures("command")
def test_a_commands_help_has_its_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["tell", "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert "Do what the test asks for." in shown
    assert "--times" in shown


@pytest.mark.parametrize("module", COMMANDS.values())
def test_every_command_is_there_and_says_what_it_does(module: str) -> None:
    about = cli._help_of(module)
    assert about.endswith((".", "?"))
    assert len(about) < 100


def _telling(folder: Path) -> list[str]:
    """A process that says a lot."""
    (folder / "told_command.py").write_text(COMMAND)
    script = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); from host.commands import cli;"
        "cli.COMMANDS = {'tell': 'told_command'};"
        "sys.exit(cli.main(['tell', 'yes', '--times', '100000']))"
    )
    return [sys.executable, "-c", script]


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            _telling(tmp_path), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "resguardo: cannot write: No space left on device; make room\n"


def test_a_reader_who_has_enough_ends_it_quietly(tmp_path: Path) -> None:
    with subprocess.Popen(
        _telling(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "done\n"
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1
