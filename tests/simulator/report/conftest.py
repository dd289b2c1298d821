import pytest

from simulator.judges.verdict import judge
from simulator.report.recording import Recording
from simulator.report.run import Run
from simulator.report.simulated import simulated
from simulator.scenario.scenario import load
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.virtual import World

SCENARIO = """
about: A walk <towards> her & past a school; his network fails, and the host dies once.
start: 2026-03-02T14:00:00Z
duration_s: 420
origin: [14.6349, -90.5069]
orders:
  order1:
    offender: juan
    protected: [ana]
    zones:
      school: {at: {north_m: 700, east_m: 500}, radius_m: 100, margin_m: 150}
      harbour: {polygon: [{}, {north_m: 100}, {east_m: 100}], margin_m: 50}
units:
  B1:
    role: offender
    person: juan
    network: {cuts: [{from_s: 30, until_s: 80}]}
    movement:
      at: {north_m: 1250}
      legs: [{move: approach, unit: V1, to_m: 60, speed_m_s: 6}]
  V1: {role: victim, person: ana, movement: {at: {}}}
faults:
  - {fault: host_crash, at_s: 100, down_s: 4}
  - {fault: panic, at_s: 300, unit: V1}
"""


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run with something of everything."""
    folder = tmp_path_factory.mktemp("report")
    file = folder / "walk.yaml"
    file.write_text(SCENARIO.replace("{}, {north_m: 100}", "{north_m: 0}, {north_m: 100}"))
    scenario = load(file)
    recording = Recording(lambda _: None)
    chronicle = Chronicle(scenario, recording.tell)
    account = World(scenario, chronicle, folder, recording).run()
    verdict = judge(scenario, chronicle.facts, account)
    for event in verdict.events:
        recording.tell(event)
    return simulated(file, scenario, recording, verdict.summary)
