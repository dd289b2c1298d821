"""A unit as it ships: the firmware in MicroPython, with words and heap as small as a device's.

The simulator is its board's other side: GNSS bytes, pins, battery and motion go in as lines on
stdin, what the wearer feels comes out as lines on stdout (firmware/boards/unix.py).
"""

import json
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firmware.tools.micropython import NARROW, executable, in_its_heap
from host.base.errors import ResguardoError

_STOP_S = 5.0

Hear = Callable[[str, list[str]], None]  # unit, the words of a line that it said


class LiveUnit:
    """One process at a time; `flash` outlives it. `hear` is called from a thread of its own."""

    def __init__(self, name: str, config: dict[str, Any], folder: Path, code: Path, hear: Hear):
        """`config`: see UnixBoard and firmware.main. `code`: a folder of compiled firmware."""
        self.name = name
        self.gnss_on = False
        self._config = folder / f"{name}.json"
        self._config.write_text(json.dumps(config))
        self._code = code
        self._hear = hear
        self._process: subprocess.Popen[str] | None = None
        self._listener: threading.Thread | None = None
        self._ready = threading.Event()

    def start(self) -> None:
        """Power on, and wait until it runs. Raises ResguardoError when it does not."""
        if not executable(NARROW).exists():
            raise ResguardoError("MicroPython is not here yet: run `make micropython`")
        self._ready.clear()
        process = self._process = subprocess.Popen(
            [*in_its_heap(NARROW), "-m", "firmware.main", str(self._config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=self._code,
            start_new_session=True,  # Ctrl-C is for the simulation, which ends the others
        )
        self._listener = threading.Thread(target=self._listen, args=(process,), daemon=True)
        self._listener.start()
        if not self._ready.wait(_STOP_S):
            self.kill()
            raise ResguardoError(f"the unit {self.name} did not start")

    def say(self, line: str) -> None:
        """One line to the board; nobody hears it while the power is off."""
        process = self._process
        if process is None or process.stdin is None:
            return
        try:
            process.stdin.write(line + "\n")
        except BrokenPipeError as error:
            raise ResguardoError(f"the unit {self.name} has ended by itself") from error

    def kill(self) -> None:
        """The power fails."""
        if self._process is not None:
            self._process.kill()
            self._close()

    def stop(self) -> None:
        """A clean end."""
        process = self._process
        if process is None:
            return
        self.say("stop")
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
        self._close()

    def _close(self) -> None:
        process, self._process = self._process, None
        if process is None or self._listener is None:
            return
        process.wait()
        self._listener.join()
        self.gnss_on = False
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            words = line.split()
            if words == ["ready"]:
                self._ready.set()
            elif words[:2] == ["say", "gnss"]:
                self.gnss_on = words[2] == "on"
            elif words:
                self._hear(self.name, words)
