"""Play one world and hold it against everything that must hold."""

import traceback
from pathlib import Path

from host.base.document import judge
from host.base.errors import UsageError
from host.evidence.verify import verify
from simulator.judges.invariants import Failure, Played, failures
from simulator.judges.recorder import Recorder
from simulator.judges.second.judge import SecondJudge
from simulator.scenario.scenario import build
from simulator.scenario.schema import Scenario as Said
from simulator.swarm.draw import Document
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.report import Event
from simulator.worlds.scratch import scratch_folder
from simulator.worlds.virtual import World
from simulator.worlds.witness import Witnesses

CRASHED = "crashed"
EVIDENCE_EVERY = 5  # worlds, by seed: recomputing one costs a third of playing it
NOWHERE = Path("world")  # a drawn world has no tracks beside it


def said(document: Document) -> Said:
    """What it says. Raises UsageError for what is no scenario."""
    return judge(document, Said, str)


def play(document: Document) -> Played:
    """Raises UsageError for what is no scenario, and whatever the cores raise."""
    with scratch_folder() as folder:
        scenario, events = build(said(document), NOWHERE), list[Event]()
        chronicle, recorder = Chronicle(scenario, events.append), Recorder(scenario)
        second = SecondJudge(scenario)
        world = World(scenario, chronicle, folder, Witnesses(recorder, second))
        account = world.run()
        evidence = None if scenario.seed % EVIDENCE_EVERY else verify(world.database)
        facts, findings = chronicle.facts, second.findings
        return Played(scenario, recorder, facts, events, account, findings, evidence)


def judged(document: Document) -> list[Failure]:
    """What did not hold; a core that fails is a failure too. Raises UsageError as above."""
    try:
        return list(failures(play(document)))
    except UsageError:
        raise
    except Exception as error:  # whichever: the world that shows it is what is wanted
        where = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__} in {where.name}: {error}"
        return [Failure(CRASHED, what)]
