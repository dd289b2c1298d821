"""People who log in: add the first administrator, list, reset, end."""

import argparse
import getpass
from contextlib import closing
from dataclasses import replace

from host.accounts.account import Account
from host.accounts.right import StaffRole
from host.accounts.sessions import Caller
from host.accounts.staff import INVITED_MS, Staff
from host.base.clock import Clock
from host.commands.config import add_database, database
from host.store.store import Store

HERE = Caller(f"command line of {getpass.getuser()}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do about whom."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    add = acts.add_parser("add", help="add somebody, and print the invitation to log in with")
    add.add_argument("account", help="the name to log in with")
    add.add_argument("--name", help="what the person is called (default: the account)")
    add.add_argument("--administrator", action="store_true", help="short for --role administrator")
    roles = list(StaffRole)
    about = ", ".join(roles)
    add.add_argument("--role", action="append", choices=roles, metavar="ROLE", help=about)
    add.add_argument("--court", default="", help="whose orders alone the account sees")
    add.add_argument("--station", default="", help="whose orders alone the account sees")
    reset = acts.add_parser("reset", help="take all that opens an account, and invite anew")
    reset.add_argument("account")
    end = acts.add_parser("end", help="end an account and its sessions")
    end.add_argument("account")
    listed = acts.add_parser("list", help="all accounts")
    for one in (add, reset, end, listed):
        add_database(one)


def run(arguments: argparse.Namespace) -> int:
    """Raises UsageError for what cannot be."""
    with closing(Store.open(database(arguments), make=arguments.act == "add")) as store:
        staff = Staff(store.accounts, Clock().now_ms)
        return _ACTS[arguments.act](staff, arguments)


def _add(staff: Staff, arguments: argparse.Namespace) -> int:
    roles = [StaffRole(role) for role in arguments.role or ()]
    if arguments.administrator:
        roles.append(StaffRole.ADMINISTRATOR)
    account = Account(
        arguments.account,
        arguments.name or arguments.account,
        tuple(dict.fromkeys(roles)),
        court=arguments.court,
        station=arguments.station,
    )
    _invite(arguments.account, staff.add(account, "", HERE))
    return 0


def _reset(staff: Staff, arguments: argparse.Namespace) -> int:
    _invite(arguments.account, staff.reset(arguments.account, "", HERE))
    return 0


def _end(staff: Staff, arguments: argparse.Namespace) -> int:
    staff.change(replace(staff.account(arguments.account), ended=True), "", HERE)
    return 0


def _list(staff: Staff, _: argparse.Namespace) -> int:
    for one in staff.accounts():
        limits = ", ".join(filter(None, (one.court, one.station)))
        print(
            *(one.id, one.name, ",".join(one.roles), limits, "ended" if one.ended else ""), sep="\t"
        )
    return 0


def _invite(account: str, code: str) -> None:
    hours = INVITED_MS // 3_600_000
    print(f"invitation for {account}: {code}")
    print(
        f"It is good for {hours} hours and shown this once: whoever logs in with it, in place of "
        "a password, sets one."
    )


_ACTS = {"add": _add, "reset": _reset, "end": _end, "list": _list}
