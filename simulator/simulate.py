"""Run a scenario: movement, noise, network and faults around the real cores of units and host."""

import argparse
import sys
from pathlib import Path

from simulator.chronicle import Chronicle
from simulator.report import tell_json, tell_people
from simulator.scenario import load
from simulator.scratch import scratch_folder
from simulator.verdict import judge
from simulator.world import World


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a scenario (simulator/README.md)")
    parser.add_argument("--seed", type=int, metavar="N", help="overrules the file's")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a line, a summary last"
    )


def run(args: argparse.Namespace) -> int:
    """Exit code 1 when a breach was missed, a record lost or an expectation not met."""
    scenario = load(args.file, args.seed)
    tell = tell_json if args.json else tell_people
    chronicle = Chronicle(scenario, tell)
    with scratch_folder() as folder:
        account = World(scenario, chronicle, folder).run()
    verdict = judge(scenario, chronicle.facts, account)
    for event in (*verdict.events, verdict.summary):
        tell(event)
    for complaint in verdict.complaints:
        print(f"resguardo: {complaint}", file=sys.stderr)
    return 1 if verdict.complaints else 0
