"""A swarm as its user meets it: progress, what failed, how to see it again, and a summary."""

import sys
from pathlib import Path

import yaml

from simulator.swarm.swarm import Found, smallest, swarm
from simulator.worlds.cores import Progress
from simulator.worlds.report import Event, Tell, tell_json

SHRUNK_MAX = 3  # worlds that are made small; each takes a minute or two


def run(worlds: int, seed: int, folder: Path, *, as_json: bool) -> int:
    """Play worlds `seed`, `seed` + 1, ... Returns how many failed.

    The first few of them are made small and left in `folder` as scenario files.
    """
    tell: Tell = tell_json if as_json else _say
    progress = Progress(worlds, "worlds")
    failed: list[Found] = []
    for number, found in enumerate(swarm(range(seed, seed + worlds)), 1):
        if found.failures:
            failed.append(found)
            tell(_failure(found))
        progress(number, f", {len(failed)} failed")
    for found in failed[:SHRUNK_MAX]:
        file = folder / f"world-{found.seed}.yaml"
        print(f"... making world {found.seed} small", file=sys.stderr)
        file.write_text(yaml.safe_dump(smallest(found.seed), sort_keys=False, width=100))
        command = f"resguardo simulate {file}"
        tell({"type": "shrunk", "seed": found.seed, "file": str(file), "replay": command})
    tell({"type": "summary", "worlds": worlds, "seed": seed, "failed": len(failed)})
    return len(failed)


def _failure(found: Found) -> Event:
    return {
        "type": "failure",
        "seed": found.seed,
        "failures": [failure._asdict() for failure in found.failures],
        "replay": f"resguardo simulate --swarm 1 --seed {found.seed}",
    }


def _say(event: Event) -> None:
    kind = event["type"]
    if kind == "failure":
        print(f"world {event['seed']} fails: {event['replay']}")
        for one in event["failures"]:
            print(f"    {one['rule']}: {one['what']}")
    elif kind == "shrunk":
        print(f"world {event['seed']}, made small: {event['replay']}")
    else:
        print(f"{event['worlds']} worlds from seed {event['seed']}: {event['failed']} failed")
