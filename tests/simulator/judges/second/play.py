"""Play a world with the second judge looking on."""

import json
from typing import Any

from simulator.judges.recorder import Recorder
from simulator.judges.second.finding import Finding
from simulator.judges.second.judge import SecondJudge
from simulator.scenario.scenario import Scenario, load
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.scratch import scratch_folder
from simulator.worlds.virtual import World
from simulator.worlds.witness import Witnesses


def play(document: dict[str, Any]) -> tuple[list[Finding], Recorder, Scenario]:
    """What the judge finds, and what host and units promised."""
    with scratch_folder() as folder:
        file = folder / "world.json"
        file.write_text(json.dumps(document))
        scenario = load(file)
        judge, recorder = SecondJudge(scenario), Recorder(scenario)
        witnesses = Witnesses(judge, recorder)
        World(scenario, Chronicle(scenario, lambda _: None), folder, witnesses).run()
        return judge.findings, recorder, scenario


def findings(document: dict[str, Any]) -> list[Finding]:
    """What the judge finds."""
    return play(document)[0]
