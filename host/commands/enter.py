"""Enter protection orders and who wears which unit, from a YAML file; a running host takes them."""

import argparse
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from host.base.clock import Clock
from host.base.document import read
from host.base.errors import UsageError
from host.commands.config import add_database, database, taken
from host.core.roster import Roster, parties
from host.registry.form import EXAMPLE, EntryForm, crosses_itself
from host.registry.types import Order, Registry, Role
from host.store.entries import registry_of
from host.store.store import Store

ABOUT = "an entry file has assignments and orders (see: resguardo enter --help)"
SHORT_M = 350  # below this the police have too little time
_NEEDS = {Role.OFFENDER: "a bracelet", Role.VICTIM: "a victim's unit"}

Said = Iterator[tuple[dict[str, object], list[str]]]  # for programs, and lines for people


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and whose database."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"All that a file may say:\n\n{EXAMPLE}"
    parser.add_argument("file", type=Path, metavar="FILE", help="YAML, as shown below")
    parser.add_argument("--check", action="store_true", help="only judge it: enter nothing")
    add_database(parser)
    parser.add_argument("--json", action="store_true", help="say it as JSON, one object a line")


def run(arguments: argparse.Namespace) -> int:
    """Judge the file as a whole, then enter all of it or nothing."""
    entered = read(arguments.file, EntryForm, ABOUT).registry()
    if not entered.items():
        raise UsageError(f"{arguments.file}: there is nothing to enter; {ABOUT}")
    now_ms = Clock().now_ms()
    with closing(Store.open(database(arguments), make=False)) as store:
        all_items = [*store.registry().items(), *entered.items()]
        store.enter(entered, now_ms, by="enter", keep=not arguments.check)
        host = store.has_host()
        end = f"{store.path}: nothing was entered" if arguments.check else taken(store)
    summary = {
        "type": "summary",
        "database": str(store.path),
        "entered": not arguments.check,
        "host": host,
    }
    said = [*_entered(entered), *_unserved(registry_of(enumerate(all_items)), entered, now_ms)]
    for event, lines in [*said, (summary, [end])]:
        print(json.dumps(event) if arguments.json else "\n".join(lines))
    return 0


def _entered(registry: Registry) -> Said:
    """What was entered."""
    for one in registry.assignments:
        said: dict[str, object] = {"type": "assignment", "unit": one.unit, "person": one.person}
        yield said, [f"unit {one.unit}: worn by {one.person}"]
    for order in registry.orders:
        doubted = list(doubts(order))
        away_from = ", ".join(order.protected) or "zones"
        lines = [f"{order.offender} away from {away_from}", *doubted]
        said = {"type": "order", "order": order.id, "doubts": doubted}
        yield said, [f"order {order.id}: {line}" for line in lines]


def doubts(order: Order) -> Iterator[str]:
    """What is allowed, but should be thought over before it is relied on."""
    if order.alert_m < SHORT_M:
        yield f"alert at {order.alert_m} m: below {SHORT_M} m there is too little time to defend it"
    if order.pre_alert_m < 2 * order.alert_m:
        yield f"pre-alert at {order.pre_alert_m} m warns late: {2 * order.alert_m} m is usual"
    for zone in order.zones:
        if crosses_itself(zone):
            yield f"zone {zone.name} crosses itself: all that its edge goes round is inside"


def _unserved(registry: Registry, entered: Registry, now_ms: int) -> Said:
    """Parties without the unit that their order needs, in every order that this entry concerns."""
    named = {one.person for one in entered.assignments}
    fresh = {order.id for order in entered.orders}
    concerned = [
        order
        for order in registry.orders
        if order.id in fresh or not named.isdisjoint((order.offender, *order.protected))
    ]
    roster = Roster(replace(registry, orders=tuple(concerned)), now_ms)
    for order in concerned:
        for role, person in parties(order):
            wearer = roster.wearer_of(person)
            if wearer is None:
                why = f"{person} wears no unit now"
            elif wearer.unit.role is not role:
                why = f"{person} wears {wearer.unit.id}, which is {_NEEDS[wearer.unit.role]}"
            else:
                continue
            line = f"{why}: {_NEEDS[role]} is needed before it can be watched"
            said: dict[str, object] = {"type": "doubt", "order": order.id, "doubt": line}
            yield said, [f"order {order.id}: {line}"]
