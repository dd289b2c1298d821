"""Enter protection orders and who wears which unit, from a YAML file; a running host takes them."""

import argparse
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from host.clock import Clock
from host.config import add_database, database
from host.document import read
from host.form import EXAMPLE, EntryForm
from host.registry import Order, Registry
from host.store.store import Store

ABOUT = "an entry file has assignments and orders (see: resguardo enter --help)"
SHORT_M = 350  # below this the police have too little time


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and whose database."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"All that a file may say:\n\n{EXAMPLE}"
    parser.add_argument("file", type=Path, metavar="FILE", help="YAML, as shown below")
    add_database(parser)
    parser.add_argument("--json", action="store_true", help="say it as JSON, one object a line")


def run(arguments: argparse.Namespace) -> int:
    """Judge the file as a whole, then enter all of it or nothing."""
    registry = read(arguments.file, EntryForm, ABOUT).registry()
    with closing(Store.open(database(arguments))) as store:
        store.enter(registry, Clock().now_ms(), by="enter")
    for said, text in _entered(registry):
        print(json.dumps(said) if arguments.json else text)
    return 0


def _entered(registry: Registry) -> Iterator[tuple[dict[str, object], str]]:
    """What was entered, for programs and for people."""
    for one in registry.assignments:
        said: dict[str, object] = {"type": "assignment", "unit": one.unit, "person": one.person}
        yield said, f"unit {one.unit}: worn by {one.person}"
    for order in registry.orders:
        doubted = list(doubts(order))
        away_from = ", ".join(order.protected) or "zones"
        lines = [f"{order.offender} away from {away_from}", *doubted]
        text = "\n".join(f"order {order.id}: {line}" for line in lines)
        yield {"type": "order", "order": order.id, "doubts": doubted}, text


def doubts(order: Order) -> Iterator[str]:
    """What is allowed, but should be thought over before it is relied on."""
    if order.alert_m < SHORT_M:
        yield f"alert at {order.alert_m} m: below {SHORT_M} m there is too little time to defend it"
    if order.pre_alert_m < 2 * order.alert_m:
        yield f"pre-alert at {order.pre_alert_m} m warns late: {2 * order.alert_m} m is usual"
