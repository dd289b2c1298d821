"""The command line tool `resguardo`: a table of commands, each a module imported when it is used.

A command module has a one-line docstring (its help), `add_arguments(parser)` and
`run(args) -> int`.
Exit codes: 0 done, 1 the job failed, 2 usage or bad input, 130 interrupted.
"""

import argparse
import ast
import errno
import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import NoReturn

from host.base.errors import ResguardoError, UsageError

COMMANDS = {
    "demo": "simulator.commands.demo",
    "host": "host.commands.serve",
    "unit": "simulator.commands.unit",
    "provision": "host.commands.provision",
    "logins": "host.commands.logins",
    "enter": "host.commands.enter",
    "user": "host.commands.user",
    "token": "host.commands.token",
    "verify": "host.commands.verify",
    "audit": "host.commands.audit",
    "replay": "simulator.commands.replay",
    "simulate": "simulator.commands.simulate",
    "days": "simulator.commands.days",
    "decode": "simulator.commands.decode",
}

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

FAILED, USAGE, INTERRUPTED = 1, 2, 130


class _Parser(argparse.ArgumentParser):
    """argparse, with its errors in one line and raised instead of printed."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see: {self.prog} --help)")


def _help_of(module: str) -> str:
    """The first line of a command's docstring, read without importing the command."""
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise ResguardoError(f"this installation is incomplete: the module {module} is missing")
    source = Path(found.origin).read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def _parser(command: str | None) -> argparse.ArgumentParser:
    """The whole table with its one-line helps, or only `command` with all of its arguments."""
    parser = _Parser(
        prog="resguardo",
        description="Proximity bracelets that warn early: run the monitoring centre, enrol units, "
        "replay recorded tracks, simulate.",
        epilog="'resguardo COMMAND --help' explains a command. "
        "Exit codes: 0 done, 1 the job failed, 2 wrong usage or bad input.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    if command is None:
        for name, path in COMMANDS.items():
            commands.add_parser(name, help=_help_of(path))
        return parser
    module = importlib.import_module(COMMANDS[command])
    about = (module.__doc__ or "").strip()
    added = commands.add_parser(command, description=about)
    module.add_arguments(added)
    added.set_defaults(run=module.run)
    return parser


def _dispatch(arguments: list[str]) -> int:
    known = arguments[0] if arguments and arguments[0] in COMMANDS else None
    if not arguments:
        arguments = ["--help"]
    parsed, unknown = _parser(known).parse_known_args(arguments)
    if unknown:  # argparse would point to the help of the whole
        raise UsageError(f"there is no {unknown[0]} here (see: resguardo {known} --help)")
    code: int = parsed.run(parsed)
    sys.stdout.flush()
    return code


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    try:
        return _dispatch(sys.argv[1:] if arguments is None else arguments)
    except UsageError as error:
        print(f"resguardo: {error}", file=sys.stderr)
        return USAGE
    except ResguardoError as error:
        print(f"resguardo: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _say_no_more()  # the reader of our output has gone
        return FAILED
    except OSError as error:
        if error.errno not in _FULL:
            raise
        _say_no_more()
        print(f"resguardo: cannot write: {error.strerror}; make room", file=sys.stderr)
        return FAILED


def _say_no_more() -> None:
    """Point stdout at nothing, or the interpreter's last flush would complain (Python's
    documentation of SIGPIPE)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
