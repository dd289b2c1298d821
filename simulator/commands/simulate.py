"""Run a scenario: movement, noise, network and faults around the real cores of units and host."""

import argparse
import sys
import time
from pathlib import Path

from host.base.errors import UsageError
from simulator.judges.verdict import judge
from simulator.scenario.scenario import Scenario, load
from simulator.tracks.numbers import numbers
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.live import LiveWorld, end_on_signals
from simulator.worlds.report import tell_json, tell_people
from simulator.worlds.scratch import scratch_folder
from simulator.worlds.virtual import World

PROGRESS_S = 2.0
SPEED_MAX = 100  # MicroPython units read a second of NMEA in about a millisecond


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="a scenario (simulator/README.md)")
    add("--seed", type=int, metavar="N", help="overrules the file's")
    add("--live", action="store_true", help="real broker, host and MicroPython units, in real time")
    add("--speed", type=_speed, metavar="N", help="with --live: N times as fast as real time")
    add("--json", action="store_true", help="one JSON object a line, a summary last")


def run(args: argparse.Namespace) -> int:
    """Exit code 1 when a breach was missed, a record lost or an expectation not met."""
    if args.speed is not None and not args.live:
        raise UsageError("--speed is for --live; virtual time goes as fast as it can")
    scenario = load(args.file, args.seed)
    tell = tell_json if args.json else tell_people
    chronicle = Chronicle(scenario, tell)
    with scratch_folder() as folder:
        if args.live:
            end_on_signals()
            with LiveWorld(scenario, chronicle, folder, speed=args.speed or 1.0) as live:
                account = live.run()
        else:
            account = World(scenario, chronicle, folder).run(_Progress(scenario))
    verdict = judge(scenario, chronicle.facts, account)
    for event in (*verdict.events, verdict.summary):
        tell(event)
    for complaint in verdict.complaints:
        print(f"resguardo: {complaint}", file=sys.stderr)
    return 1 if verdict.complaints else 0


class _Progress:
    """Says on a terminal how far a long run has come."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._due_s = time.monotonic() + PROGRESS_S

    def __call__(self, now_ms: int) -> None:
        if time.monotonic() < self._due_s or not sys.stderr.isatty():
            return
        self._due_s = time.monotonic() + PROGRESS_S
        done = (now_ms - self._scenario.start_ms) / (
            self._scenario.end_ms - self._scenario.start_ms
        )
        print(f"... {done:.0%}", file=sys.stderr)


def _speed(text: str) -> float:
    value = numbers((text,))
    if value is None or not 0 < value[0] <= SPEED_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is no speed: more than 0, at most {SPEED_MAX}")
    return value[0]
