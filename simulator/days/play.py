"""Play days, each a world of its own, and count what they come to."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from host.base.document import judge
from host.registry.types import PolicyDocument
from simulator.days.draw import Drawn
from simulator.days.tally import Contacts, Tally, tally
from simulator.judges.custody import Account
from simulator.judges.verdict import judge as judge_run
from simulator.report.recording import Recording
from simulator.report.run import Run
from simulator.report.simulated import simulated
from simulator.scenario.scenario import Scenario, build, load
from simulator.scenario.schema import Scenario as Said
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.cores import on_all_cores
from simulator.worlds.scratch import scratch_folder
from simulator.worlds.virtual import World
from simulator.worlds.witness import Witnesses

Day = Drawn | Path
Policies = tuple[PolicyDocument, ...]


@dataclass(frozen=True, slots=True)
class _Played:
    file: Path
    scenario: Scenario
    recording: Recording
    chronicle: Chronicle
    account: Account
    contacts: Counter[str]
    computing_s: float


def days(what: Iterable[Day], policies: Policies = ()) -> Iterator[Tally]:
    """What each of them comes to, in their order; on all cores."""
    yield from on_all_cores(partial(tallied, policies=policies), what, chunk=1)


def tallied(what: Day, policies: Policies = ()) -> Tally:
    """Play a day, drawn or of a file. Raises UsageError for what is no scenario."""
    played = _play(what, policies)
    told = tally(played.scenario, played.recording, played.contacts)
    told.name, told.computing_s = played.file.stem, played.computing_s
    if isinstance(what, Drawn):
        told.kind, told.homes_m = what.kind, what.homes_m
    else:
        told.kind = told.name
    return told


def drawn(what: Day, policies: Policies = ()) -> Run:
    """The same, and what a report is drawn from."""
    played = _play(what, policies)
    scenario, recording = played.scenario, played.recording
    verdict = judge_run(scenario, played.chronicle.facts, played.account)
    for event in verdict.events:
        recording.tell(event)
    return simulated(played.file, scenario, recording, verdict.summary, verdict.complaints)


def _play(what: Day, policies: Policies) -> _Played:
    if isinstance(what, Path):
        file, scenario = what, load(what)
    else:
        file = Path(what.name)
        scenario = build(judge(what.document, Said, str), file)
    recording, contacts = Recording(lambda _: None), Contacts()
    chronicle = Chronicle(scenario, recording.tell)
    began_s = time.process_time()
    with scratch_folder() as folder:
        witnesses = Witnesses(recording, contacts)
        account = World(scenario, chronicle, folder, witnesses, policies).run()
    lasted_s = time.process_time() - began_s
    return _Played(file, scenario, recording, chronicle, account, contacts.by_unit, lasted_s)
