"""Tokens of machines that ask the host: make, list, end."""

import argparse
from contextlib import closing

from host.accounts.right import StaffRole
from host.accounts.staff import Staff
from host.accounts.token import DAYS_MAX, lasts
from host.base.clock import Clock, iso
from host.commands.config import add_database, database
from host.commands.user import HERE
from host.store.store import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do about which."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    add = acts.add_parser("add", help="make one, and print its key this once")
    add.add_argument("token", help="the machine's name")
    add.add_argument("--role", required=True, choices=list(StaffRole), metavar="ROLE")
    add.add_argument("--days", type=int, default=90, help=f"1 to {DAYS_MAX} (default: 90)")
    add.add_argument("--court", default="", help="whose orders alone it sees")
    add.add_argument("--station", default="", help="whose orders alone it sees")
    end = acts.add_parser("end", help="end one before its time")
    end.add_argument("token")
    listed = acts.add_parser("list", help="all that were ever made")
    for one in (add, end, listed):
        add_database(one)


def run(arguments: argparse.Namespace) -> int:
    """Raises UsageError for what cannot be."""
    clock = Clock()
    with closing(Store.open(database(arguments), make=False)) as store:
        staff = Staff(store.accounts, clock.now_ms)
        if arguments.act == "add":
            role = StaffRole(arguments.role)
            limits = {"court": arguments.court, "station": arguments.station}
            print(staff.make_token(arguments.token, role, arguments.days, "", HERE, **limits))
        elif arguments.act == "end":
            staff.end_token(arguments.token, "", HERE)
        else:
            for one in staff.tokens():
                state = "" if lasts(one, clock.now_ms()) else "over"
                print(one.id, one.role, iso(one.until_ms), state, sep="\t")
    return 0
