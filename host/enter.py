"""Enter protection orders and who wears which unit, from a YAML file; a running host takes them."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from host.clock import Clock
from host.document import read
from host.form import EntryForm
from host.registry import Order
from host.store.store import Store

ABOUT = "an entry file has assignments and orders (see: resguardo enter --help)"
SHORT_M = 350  # below this the police have too little time


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and whose database."""
    parser.add_argument("file", type=Path, help="YAML; host/form.py shows what it may say")
    parser.add_argument(
        "--database",
        type=Path,
        default=Path("resguardo-data/resguardo.db"),
        help="of the host (default: resguardo-data/resguardo.db)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Judge the file as a whole, then enter all of it or nothing."""
    now_ms = Clock().now_ms()
    registry = read(arguments.file, EntryForm, ABOUT).registry()
    store = Store.open(arguments.database)
    try:
        store.enter(registry, now_ms, by="enter")
    finally:
        store.close()
    for assignment in registry.assignments:
        print(f"unit {assignment.unit}: worn by {assignment.person}")
    for order in registry.orders:
        print(
            f"order {order.id}: {order.offender} away from {', '.join(order.protected) or 'zones'}"
        )
        for doubt in doubts(order):
            print(f"order {order.id}: {doubt}")
    return 0


def doubts(order: Order) -> Iterator[str]:
    """What is allowed, but should be thought over before it is relied on."""
    if order.alert_m < SHORT_M:
        yield f"alert at {order.alert_m} m: below {SHORT_M} m there is too little time to defend it"
    if order.pre_alert_m < 2 * order.alert_m:
        yield f"pre-alert at {order.pre_alert_m} m warns late: {2 * order.alert_m} m is usual"
