"""An MQTT broker of the host's own, on the loopback address, when none is configured.

NATS server's MQTT listener (its binary comes from PyPI) or Mosquitto, behind one face. amqtt was
tried and left: silent units never triggered their last will. It is a pipe and begins empty: what it
could keep over its end nobody needs, and NATS server, after a power cut, with one file of a session
cut short, granted that session and delivered nothing to it.
"""

import contextlib
import logging
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from host.base.errors import ResguardoError
from host.base.loopback import LOOPBACK
from host.service.broker_rights import HOST, mosquitto_rights, nats_users

_READY_S = 10.0
_RESTART_PAUSE_S = 0.5
_SEND_AGAIN_S = 5
_LOG_TAIL = 300
_MESSAGE_BYTES_MAX = 65_536  # a client must not make the broker or the host hold more at a time
# util-linux: the process is killed when the thread that started it ends, so with the host.
_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL"]

_log = logging.getLogger(__name__)


def free_port() -> int:
    """A TCP port of the loopback address that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _require_free(port: int) -> None:
    """Otherwise whoever listens there would be taken for our broker."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise ResguardoError(f"port {port} for the broker: {error.strerror}") from error


class Broker:
    """A `nats-server` in a process of its own; restarted on the same port when it dies.

    `folder` keeps its configuration and its log. `passwords`: of the units that it lets in; None
    lets in anybody as anybody. Use as a context manager, or `start()` and `stop()`. Raises
    ResguardoError when it does not come up.
    """

    program = "nats-server"

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        passwords: Mapping[str, str] | None = None,
    ) -> None:
        self.port = port or free_port()
        self.restarts = 0
        self._folder = folder.absolute()
        self._log = self._folder / "broker.log"
        self._passwords = None if passwords is None else {HOST: secrets.token_hex(), **passwords}
        self._reading = threading.Lock()  # while it starts, and reads its configuration
        self._process: subprocess.Popen[bytes] | None = None
        self._started = threading.Event()
        self._stopping = threading.Event()
        self._failure: ResguardoError | None = None
        self._trouble = ""
        # The keeper starts every process: each lives no longer than the thread that started it.
        self._keeper = threading.Thread(target=self._keep_alive, name="broker-keeper", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens, as an MQTT URL, with the host's own login."""
        login = "" if self._passwords is None else f"{HOST}:{self._passwords[HOST]}@"
        return f"mqtt://{login}{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int:
        """Of the process that runs now, 0 before `start`."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start it and wait until it accepts connections."""
        self._keeper.start()
        self._started.wait()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Stop it."""
        self._stopping.set()
        self._end_process()
        self._keeper.join()
        self._end_process()  # the keeper may have been about to start another

    def admit(self, passwords: Mapping[str, str]) -> None:
        """Let these units in as well, or by another password, and the others no less."""
        with self._reading:
            if self._passwords is None:
                return
            self._passwords |= passwords
            if self._process is not None:
                self._arguments()
                self._process.send_signal(signal.SIGHUP)

    def renew(self) -> None:
        """Start it afresh: nothing of what it held remains, and every client comes anew."""
        self._end_process()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _keep_alive(self) -> None:
        try:
            self._run_process()
        except ResguardoError as error:
            self._failure = error
            return
        finally:
            self._started.set()
        while not self._stopping.is_set():
            if self._process is not None:
                self._process.wait()
            if self._stopping.wait(_RESTART_PAUSE_S):
                break
            self.restarts += 1
            try:
                self._run_process()
            except ResguardoError as error:  # the next turn tries again
                if str(error) != self._trouble:
                    _log.warning("%s", error)
                self._trouble = str(error)
            else:
                self._trouble = ""

    def _run_process(self) -> None:
        """Start it and wait until it accepts connections. Raises ResguardoError only."""
        try:
            with self._reading:
                self._try_process()
        except OSError as error:
            what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            raise ResguardoError(f"the broker {self.program} cannot be started: {what}") from error

    def _try_process(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for kept in self._folder.glob("jetstream"):
            shutil.rmtree(kept)
        command = [*_WITH_PARENT, _find(self.program), *self._arguments()]
        _require_free(self.port)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
            )
        deadline = time.monotonic() + _READY_S
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, self.port), 1):
                return
            time.sleep(0.01)
        self._end_process()
        tail = self._log.read_text(errors="replace")[-_LOG_TAIL:].strip().replace("\n", " | ")
        raise ResguardoError(f"the broker {self.program} did not start on port {self.port}: {tail}")

    def _end_process(self) -> None:
        process = self._process
        if process is None:
            return
        process.kill()  # it has nothing to put away, and would take seconds to
        process.wait()

    def _arguments(self) -> list[str]:
        """Write the configuration; returns the command's arguments."""
        configuration = self._folder / "nats.conf"
        _write(
            configuration,
            f'server_name: "resguardo"\nlisten: "{LOOPBACK}:-1"\n'
            f"max_payload: {_MESSAGE_BYTES_MAX}\n"
            f'jetstream {{ store_dir: "{self._folder}", max_mem: 64M, max_file: 1G,\n'
            # Each subscription at QoS 1 is a consumer: by default the 1,001st is refused.
            "  limits: { default_max_consumers: -1 } }\n"
            # What was on its way to a client that went is sent again so much later.
            f'mqtt {{ host: "{LOOPBACK}", port: {self.port}, ack_wait: "{_SEND_AGAIN_S}s" }}\n'
            + ("" if self._passwords is None else nats_users(self._passwords)),
        )
        return ["-c", str(configuration)]


class MosquittoBroker(Broker):
    """The same with Mosquitto, where it is installed."""

    program = "mosquitto"

    @classmethod
    def installed(cls) -> bool:
        """Whether this machine has it."""
        return _look_up(cls.program) is not None

    def _arguments(self) -> list[str]:
        configuration = self._folder / "mosquitto.conf"
        lines = [
            f"listener {self.port} {LOOPBACK}",
            *self._rights(),
            "persistence false",
            "max_queued_messages 100000",
            "max_inflight_messages 1000",
            f"message_size_limit {_MESSAGE_BYTES_MAX}",
            # Started as root it would drop to its own user, who cannot write to our folder.
            f"user {pwd.getpwuid(os.getuid()).pw_name}",
        ]
        _write(configuration, "\n".join(lines) + "\n")
        return ["-c", str(configuration)]

    def _rights(self) -> list[str]:
        if self._passwords is None:
            return ["allow_anonymous true"]
        passwords, topics = self._folder / "passwords", self._folder / "topics"
        _write(passwords, "".join(f"{one}:{word}\n" for one, word in self._passwords.items()))
        _write(topics, mosquitto_rights())
        subprocess.run([_find("mosquitto_passwd"), "-U", passwords], check=True)
        return ["allow_anonymous false", f"password_file {passwords}", f"acl_file {topics}"]


def _write(file: Path, text: str) -> None:
    """For nobody else to read: there may be passwords in it."""
    file.touch(0o600)
    file.write_text(text)


def _look_up(program: str) -> str | None:
    beside_python = Path(sys.executable).parent / program
    if beside_python.is_file():
        return str(beside_python)
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")


def _find(program: str) -> str:
    found = _look_up(program)
    if found is None:
        raise ResguardoError(
            f"{program} is not installed; install it, or name a broker's URL in the configuration"
        )
    return found
