"""Enter protection orders and who wears which unit, from a YAML file; a running host takes them."""

import argparse
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shlex import quote

from host.base.clock import Clock
from host.base.errors import UsageError
from host.commands.config import add_database, database, taken
from host.escalation.policy import read_policy
from host.registry.doubts import doubts, misplaced, unserved
from host.registry.entry_file import EXAMPLE, read_entry_file
from host.registry.types import Registry, registry_of
from host.store.store import Store

Said = Iterator[tuple[dict[str, object], list[str]]]  # for programs, and lines for people


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and whose database."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"All that a file may say:\n\n{EXAMPLE}"
    parser.add_argument("file", type=Path, metavar="FILE", help="YAML, as shown below")
    parser.add_argument("--check", action="store_true", help="only judge it: enter nothing")
    parser.add_argument(
        "--confirm",
        action="append",
        default=[],
        metavar="ORDER.ZONE",
        help="this zone is where it is written, far away as it lies",
    )
    add_database(parser)
    parser.add_argument("--json", action="store_true", help="say it as JSON, one object a line")


def run(arguments: argparse.Namespace) -> int:
    """Judge the file as a whole, then enter all of it or nothing."""
    notes: list[str] = []
    entered = read_entry_file(arguments.file, lambda file: read_policy(file).document, notes)
    now_ms = Clock().now_ms()
    with closing(Store.open(database(arguments), make=False)) as store:
        known = store.registry()
        confirmed = list(_confirmed(arguments.file, known, entered, arguments.confirm))
        all_items = [*known.items(), *entered.items()]
        store.enter(entered, now_ms, by="enter", keep=not arguments.check)
        host = store.has_host()
        end = f"{store.path}: nothing was entered" if arguments.check else taken(store)
    summary = {
        "type": "summary",
        "database": str(store.path),
        "entered": not arguments.check,
        "host": host,
    }
    said = [
        *_noted(notes),
        *confirmed,
        *_entered(entered),
        *_unserved(registry_of(enumerate(all_items)), entered, now_ms),
    ]
    for event, lines in [*said, (summary, [end])]:
        print(json.dumps(event) if arguments.json else "\n".join(lines))
    return 0


def _confirmed(file: Path, known: Registry, entered: Registry, names: list[str]) -> Said:
    """Zones that lie where none is expected, all among `names`. Raises UsageError if one is not."""
    doubted = {zone.id: line for zone, line in misplaced(known, entered)}
    unsure = [
        f"{file}: the zone {name}: {line}; a place is [latitude, longitude]; "
        f"if it is right: --confirm {quote(name)}"
        for name, line in doubted.items()
        if name not in names
    ]
    if unsure:
        raise UsageError("\n".join(unsure))
    for name, line in doubted.items():
        yield (
            {"type": "confirmed", "zone": name, "doubt": line},
            [f"zone {name}: {line}: confirmed"],
        )


def _noted(notes: list[str]) -> Said:
    """What was read otherwise than it was written."""
    for note in notes:
        yield {"type": "note", "note": note}, [note]


def _entered(registry: Registry) -> Said:
    """What was entered."""
    for one in registry.assignments:
        said: dict[str, object] = {"type": "assignment", "unit": one.unit, "person": one.person}
        yield said, [f"unit {one.unit}: worn by {one.person}"]
    for policy in registry.policies:
        said = {"type": "policy", "policy": policy.name, "retired": policy.retires}
        end = "retired; what it has opened goes on by it"
        line = end if policy.retires else f"version {policy.digest} is what orders open by now"
        yield said, [f"policy {policy.name}: {line}"]
    for order in registry.orders:
        doubted = list(doubts(order))
        away_from = ", ".join(order.protected) or "zones"
        lines = [f"{order.offender} away from {away_from}", *doubted]
        said = {"type": "order", "order": order.id, "doubts": doubted}
        yield said, [f"order {order.id}: {line}" for line in lines]


def _unserved(registry: Registry, entered: Registry, now_ms: int) -> Said:
    """Parties without the unit that their order needs."""
    for order, line in unserved(registry, entered, now_ms):
        said: dict[str, object] = {"type": "doubt", "order": order.id, "doubt": line}
        yield said, [f"order {order.id}: {line}"]
