"""Run a scenario: movement, noise, network and faults around the real cores of units and host."""

import argparse
import sys
import time
from pathlib import Path
from random import SystemRandom

from host.base.errors import UsageError
from simulator.judges.invariants import MISSED, Played, failures
from simulator.judges.recorder import Recorder
from simulator.judges.second.judge import SecondJudge
from simulator.judges.verdict import judge
from simulator.report import option
from simulator.report.recording import Recording
from simulator.report.simulated import simulated
from simulator.scenario.scenario import Scenario, load
from simulator.swarm.tell import run as run_swarm
from simulator.tracks.numbers import numbers
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.live import LiveWorld, end_on_signals
from simulator.worlds.report import tell_json, tell_people
from simulator.worlds.scratch import scratch_folder
from simulator.worlds.virtual import World
from simulator.worlds.witness import Witnesses

PROGRESS_S = 2.0
SEED_BITS = 48  # of one that is drawn afresh
SPEED_MAX = 100  # MicroPython units read a second of NMEA in about a millisecond


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", type=Path, nargs="?", metavar="FILE", help="a scenario (simulator/README.md)")
    add("--swarm", type=int, metavar="N", help="N random worlds instead of a file, all judged")
    add("--seed", type=int, metavar="N", help="overrules the file's; of a swarm, the first")
    add("--live", action="store_true", help="real broker, host and MicroPython units, in real time")
    add("--speed", type=_speed, metavar="N", help="with --live: N times as fast as real time")
    add("--json", action="store_true", help="one JSON object a line, a summary last")
    option.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Exit code 1 when a breach was missed, a record lost, an expectation not met, or when
    something that must hold in every world did not."""
    if args.speed is not None and not args.live:
        raise UsageError("--speed is for --live; virtual time goes as fast as it can")
    if args.swarm is not None:
        return _swarm(args)
    if args.file is None:
        raise UsageError("which scenario? Give a FILE, or --swarm N for random worlds")
    option.require_folder(args.report)
    scenario = load(args.file, args.seed)
    recording = Recording(tell_json if args.json else tell_people)
    chronicle, recorder = Chronicle(scenario, recording.tell), Recorder(scenario)
    second = SecondJudge(scenario)
    with scratch_folder() as folder:
        if args.live:
            end_on_signals()
            with LiveWorld(scenario, chronicle, folder, speed=args.speed or 1.0) as live:
                account = live.run()
        else:
            witnesses = Witnesses(recorder, second, recording)
            account = World(scenario, chronicle, folder, witnesses).run(_Progress(scenario))
    verdict = judge(scenario, chronicle.facts, account)
    complaints = list(verdict.complaints)
    if not args.live:
        facts, events, findings = chronicle.facts, recording.events, second.findings
        played = Played(scenario, recorder, facts, events, account, findings, None)
        # What was missed the verdict tells, which knows what the file expects.
        broken = [one for one in failures(played) if one.rule != MISSED]
        complaints += [f"{one.rule}: {one.what}" for one in broken]
    for event in verdict.events:
        recording.tell(event)
    recording.pass_on(verdict.summary)
    if args.report is not None:
        told = simulated(args.file, scenario, recording, verdict.summary, complaints)
        option.write_report(args.report, told, args.language)
    for complaint in complaints:
        print(f"resguardo: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


def _swarm(args: argparse.Namespace) -> int:
    if args.file is not None or args.live or args.report is not None:
        raise UsageError(
            "--swarm draws its worlds itself, on virtual time: no FILE, no --live, no --report"
        )
    if args.swarm < 1:
        raise UsageError(f"--swarm is {args.swarm}: at least one world")
    seed = SystemRandom().getrandbits(SEED_BITS) if args.seed is None else args.seed
    return 1 if run_swarm(args.swarm, seed, Path(), as_json=args.json) else 0


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
