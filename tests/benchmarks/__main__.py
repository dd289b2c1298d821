"""Measure and print: a table on the screen, JSON into a file."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import core, memory, storm, through_broker, virtual, warning
from tests.benchmarks.figure import HEADER, Figure

BENCHMARKS: dict[str, Callable[[int], list[Figure]]] = {
    "core": core.run,
    "broker": through_broker.run,
    "storm": storm.run,
    "warning": warning.run,
    "memory": memory.run,
    "virtual": virtual.run,
}
_FILE = Path(".build/benchmarks.json")


def main() -> None:
    """Run the named benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--runs", type=int, default=3, help="of each figure (default: 3)")
    parser.add_argument("--json", type=Path, default=_FILE, help=f"file (default: {_FILE})")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}")
    machine = f"Python {platform.python_version()}, {os.cpu_count()} CPUs"
    print(f"{machine}; {arguments.runs} runs of each")
    print(HEADER)
    figures = []
    for name in arguments.names or BENCHMARKS:
        for figure in BENCHMARKS[name](arguments.runs):
            print(figure.to_row(), flush=True)
            figures.append(figure.to_json())
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"machine": machine, "figures": figures}, indent=1)
    arguments.json.write_text(text + "\n", encoding="utf-8")
    print(f"written to {arguments.json}", file=sys.stderr)


if __name__ == "__main__":
    main()
