"""Run the monitoring centre: broker, database, warnings and the console, until it is stopped."""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path

from host.accounts.accounts import Accounts
from host.accounts.may import Who
from host.accounts.right import StaffRole
from host.base.catalogue import LANGUAGES, catalogue
from host.base.clock import Clock
from host.base.errors import ResguardoError, UsageError
from host.commands.config import BROKER_PATHS, CONSOLE_PATHS, Settings, load
from host.service.broker import Broker
from host.service.broker_address import BrokerAddress, parse_address, told_in
from host.service.canary import Canary
from host.service.loop import Service
from host.service.mqtt import MqttTransport
from host.store.emergency import unstored
from host.store.store import Store
from host.web.app import create_app
from host.web.feed import Feed
from host.web.server import ConsoleServer

_log = logging.getLogger(__name__)

_EMERGENCY = (
    "for what the database cannot take (default: emergency.jsonl in the folder; better on another "
    "disk than the database)"
)
_FLAGS = {  # what it takes, what it means
    "folder": ("FOLDER", "where its data is, made if need be (default: resguardo-data)"),
    "database": ("FILE", "its database (default: resguardo.db in the folder)"),
    "emergency": ("FILE", _EMERGENCY),
    "anchor": ("FILE", "on another machine, to which the chains' ends are appended every hour"),
    "broker": ("URL", "mqtt://user:password@host:port or mqtts:// (default: a broker of its own)"),
    "broker-port": ("PORT", "of a broker of its own (default: another one at each start)"),
    "broker-authority": ("FILE", "PEM of the authority that the broker must be certified by"),
    "broker-certificate": ("FILE", "PEM of the host's own certificate"),
    "broker-key": ("FILE", "PEM of that certificate's key"),
    "console": ("HOST:PORT", "where the console is (default: 127.0.0.1:8000)"),
    "console-certificate": ("FILE", "PEM of the console's certificate, for TLS"),
    "console-key": ("FILE", "PEM of that certificate's key"),
    "console-name": ("NAME", "by which a certificate or a reverse proxy names the console"),
    "present": ("NAME", "who is logged in without a password, to try things out on this machine"),
    "language": ("LANGUAGE", f"first language of the console: {' or '.join(LANGUAGES)}"),
    "time-zone": ("ZONE", "of the console's times of day (default: America/Guatemala)"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Every setting may stand in the file or on the command line, which wins."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="YAML file with settings")
    for flag, (takes, about) in _FLAGS.items():
        kind = int if takes == "PORT" else str
        parser.add_argument(f"--{flag}", metavar=takes, type=kind, help=about)


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""
    keys = [flag.replace("-", "_") for flag in _FLAGS]
    settings = load(arguments.config, {key: getattr(arguments, key) for key in keys})
    os.umask(0o077)  # keys, positions and passwords are in its files
    logging.basicConfig(stream=sys.stderr, format="resguardo: %(message)s")
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    with running(settings, Clock()) as host:
        print(f"console  {host.console_url}")
        print(f"broker   {host.broker}")
        print(f"database {settings.database}", flush=True)
        while not ended.wait(0.5):
            if host.service.failed.is_set():
                raise ResguardoError(host.service.failure)
    return 0


class Running:
    """A host that is up: its service and where it can be reached."""

    def __init__(self, service: Service, broker: BrokerAddress, console_url: str) -> None:
        self.service = service
        self.broker = broker
        self.console_url = console_url


def _require_files(settings: Settings) -> None:
    """Raises UsageError now for what would be missed only when it is needed.

    The host's own folder is made; of the emergency file's none is, which may be on a disk that
    should have been there.
    """
    try:
        settings.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"folder {settings.folder}: {error.strerror}") from error
    for key in (*BROKER_PATHS, *CONSOLE_PATHS):
        path = getattr(settings, key)
        if path is not None:
            _try_open(key, path, os.O_RDONLY)
    _try_open("emergency", settings.emergency, os.O_CREAT | os.O_WRONLY | os.O_APPEND)


def _try_open(key: str, path: Path, how: int) -> None:
    try:
        os.close(os.open(path, how, 0o600))
    except OSError as error:
        raise UsageError(f"{key.replace('_', '-')} {path}: {error.strerror}") from error


def _tell_unstored(emergency: Path, store: Store) -> None:
    try:
        count = unstored(emergency, store.known_warnings)
    except OSError as error:
        _log.warning("the emergency file %s cannot be read: %s", emergency, error.strerror)
        return
    if count:
        _log.warning(
            "%s holds %d entries of warnings that left and that the database does not know: "
            "they are evidence; move the file to a safe place",
            emergency,
            count,
        )


@contextmanager
def running(settings: Settings, clock: Clock) -> Iterator[Running]:
    """Everything that a host is, started in order and stopped in the opposite one."""
    with ExitStack() as stack:
        store = Store.open(settings.database)
        stack.callback(store.close)
        _require_files(settings)
        _tell_unstored(settings.emergency, store)
        address, own = settings.broker, None
        if address is None:
            own = Broker(settings.folder / "broker", settings.broker_port, passwords={})
            address = parse_address(stack.enter_context(own).url)
            stack.enter_context(told_in(settings.folder, address))
        # The same for this database whenever it starts, and nobody else's.
        client = f"resguardo-{sha256(store.secret()).hexdigest()[:12]}"
        feed = Feed()
        service = Service(
            store,
            MqttTransport(
                address,
                clock,
                client=client,
                enrolled=lambda unit: unit in service.centre.roster.wearers,
                canary=Canary(address, None if own is None else own.renew),
                broker=own,
            ),
            clock,
            emergency=settings.emergency,
            anchor=settings.anchor,
            feed=feed,
        )
        first = settings.language
        languages = [first, *(other for other in LANGUAGES if other != first)]
        name, here = settings.console_name, settings.present
        app = create_app(
            service.requests,
            feed,
            catalogue(),
            accounts=Accounts.over(store.accounts, clock.now_ms),
            present=None if here is None else Who(here, StaffRole.SUPERVISOR),
            names=frozenset({name} if name else ()),
            languages=languages,
            time_zone=settings.time_zone,
        )
        console = ConsoleServer(
            app,
            feed,
            host=settings.console_host,
            port=settings.console_port,
            certificate=settings.console_certificate,
            key=settings.console_key,
            proxied=name is not None,
        )
        service.start()
        stack.callback(service.stop)
        console.start()
        stack.callback(console.stop)
        yield Running(service, address, console.url)
