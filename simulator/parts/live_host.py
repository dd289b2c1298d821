"""The real host in a process of its own, on a clock that the simulation sets.

Run as `python -m simulator.parts.live_host`, it takes a Plan as one line of JSON on its standard
input and serves until that ends, and so never longer than the process that started it. A second
line says when the clock began, where the plan does not.
"""

import json
import logging
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass

from firmware.tools.paths import ROOT
from host.base.clock import Clock
from host.base.errors import ResguardoError
from host.commands.config import load
from host.commands.serve import running
from simulator.worlds.pace import Pace

_READY = "ready"
_STOP_S = 10.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a host is started with: its settings (host.commands.config), and the run's pace."""

    settings: dict[str, str]
    epoch_ms: int
    steady_s: float | None
    speed: float


class LiveHost:
    """Starts and ends the process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self.console_url = ""

    def prepare(self) -> None:
        """Begin to load the program, so that `start` need not wait for that."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "simulator.parts.live_host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            start_new_session=True,  # Ctrl-C is for the simulation, which ends the others
        )

    def start(self, plan: Plan) -> None:
        """Start, and wait until it serves. Raises ResguardoError when it does not."""
        self._hear()  # it has loaded
        self._say(json.dumps(asdict(plan)))
        self.console_url = self._hear()

    def begin(self, steady_s: float) -> None:
        """Its clock has run since then."""
        self._say(str(steady_s))

    def _say(self, line: str) -> None:
        if self._process is None or self._process.stdin is None:
            raise ResguardoError("the host is not prepared")
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        """What it says when it is ready."""
        process = self._process
        line = process.stdout.readline() if process and process.stdout else ""
        if not line.startswith(_READY):
            self.stop()
            raise ResguardoError(f"the host did not start: {line.strip() or 'it said nothing'}")
        return line.removeprefix(_READY).strip()

    def crash(self) -> None:
        """SIGKILL, and everything in memory is gone."""
        if self._process is not None:
            self._process.kill()
            self._close()

    def stop(self) -> None:
        """End it in peace."""
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
        self._close()

    def _close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def _serve(plan: Plan) -> None:
    pace = Pace(plan.epoch_ms, plan.steady_s, plan.speed)
    clock = Clock(pace.now_ms(), pace.speed, steady_ms=pace.real_ms)
    with running(load(None, plan.settings), clock) as host:
        print(f"{_READY} {host.console_url}", flush=True)
        for line in sys.stdin:
            pace.steady_s = float(line)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(stream=sys.stderr, format="host: %(message)s")
    print(_READY, flush=True)
    try:
        _serve(Plan(**json.loads(sys.stdin.readline())))
    except ResguardoError as failure:
        print(failure, flush=True)
        sys.exit(1)
