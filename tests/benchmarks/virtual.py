"""Virtual time: how fast a simulated day goes by, with both real cores and a real store."""

import time

from firmware.tools.paths import ROOT
from simulator.judges.verdict import judge
from simulator.scenario.scenario import load
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.scratch import scratch_folder
from simulator.worlds.virtual import World
from tests.benchmarks.alone import alone
from tests.benchmarks.figure import Figure

DAY = ROOT / "simulator" / "scenarios" / "quiet-day.yaml"  # 24 hours of one pair
_FIVE_MINUTES_S = 300.0


def run(runs: int) -> list[Figure]:
    """Contacts of units a second, and what that comes to."""
    measured = [alone(seconds_and_contacts) for _ in range(runs)]
    contacts = tuple(contacts / seconds for seconds, contacts in measured)
    days = tuple(_FIVE_MINUTES_S / seconds for seconds, _ in measured)
    return [
        Figure("virtual time, contacts of units", "contacts/s", contacts),
        Figure("virtual time, days of a pair in five minutes", "days", days),
    ]


def seconds_and_contacts() -> tuple[float, int]:
    """Of one day: each fix is a contact of its own there."""
    scenario = load(DAY, None)
    chronicle = Chronicle(scenario, lambda _: None)
    with scratch_folder() as folder:
        began = time.perf_counter()
        account = World(scenario, chronicle, folder).run()
        seconds = time.perf_counter() - began
    summary = judge(scenario, chronicle.facts, account).summary
    return seconds, summary["fixes_made"]
