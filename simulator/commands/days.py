"""Play ordinary days of pairs that never come near each other, and count what they come to.

Alarms that want an operator, vibrations of her unit, how much of the day was assured, and what it
cost: receivers, radio contacts, battery, computing.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from host.base.errors import UsageError
from host.escalation.policy import read_policy
from host.registry.types import DEFAULT_POLICY
from simulator.days.draw import ordinary_days
from simulator.days.play import Day, Policies, days, drawn
from simulator.days.table import row, rows, written
from simulator.report import option
from simulator.scenario.scenario import load
from simulator.worlds.cores import Progress
from simulator.worlds.report import Event, tell_json

PAIR_DAYS_MAX = 100_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("files", type=Path, nargs="*", metavar="FILE", help="scenarios to play instead, as days")
    add("--pairs", type=int, metavar="N", help="how many pairs (default: 8, one of each kind)")
    add("--days", type=int, metavar="D", help="of each, how many days (default: 1)")
    add("--seed", type=int, metavar="S", help="of all that is drawn (default: 1)")
    add("--policy", type=Path, metavar="FILE", help="the policy in force (default: the host's)")
    add("--json", action="store_true", help="one JSON object a day, a summary last")
    option.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when all are played, whatever they come to. The report is of the day with the
    most alarms."""
    option.require_folder(args.report)
    what, policies = _what(args), _policies(args.policy)
    progress = Progress(len(what), "days")
    tallies = []
    for tally in days(what, policies):
        tallies.append(tally)
        if args.json:
            tell_json(_told(row(tally.name, [tally]), tally.kind, tally.strength, tally.homes_m))
        progress(len(tallies))
    table = list(rows(tallies))
    if args.json:
        tell_json({"type": "summary", "rows": table})
    else:
        print(written(table))
    if args.report is not None:
        loudest = max(range(len(tallies)), key=lambda index: tallies[index].alarms.total())
        option.write_report(args.report, drawn(what[loudest], policies), args.language)
    return 0


def _told(figures: Event, kind: str, strength: str, homes_m: float) -> Event:
    said = {"kind": kind, "strength": strength, "homes_m": round(homes_m)}
    return {"type": "day", **said, **figures}


def _what(args: argparse.Namespace) -> list[Day]:
    """The days to play. Raises UsageError."""
    if args.files:
        for key in ("pairs", "days", "seed"):
            if getattr(args, key) is not None:
                raise UsageError(f"--{key} is for days that are drawn: give it without a FILE")
        for file in args.files:
            load(file)  # what is no scenario is refused before anything is played
        return list(args.files)
    pairs, each = (8 if args.pairs is None else args.pairs), (1 if args.days is None else args.days)
    for key, value in (("pairs", pairs), ("days", each)):
        if value < 1:
            raise UsageError(f"--{key} is {value}: at least 1")
    if pairs * each > PAIR_DAYS_MAX:
        raise UsageError(f"{pairs} pairs for {each} days: at most {PAIR_DAYS_MAX} days in all")
    return list(ordinary_days(1 if args.seed is None else args.seed, pairs, each))


def _policies(file: Path | None) -> Policies:
    """What orders go by that name no other. Raises UsageError."""
    if file is None:
        return ()
    document = read_policy(file).document
    return (replace(document, name=DEFAULT_POLICY),)
