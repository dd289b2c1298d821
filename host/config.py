"""Settings of the host: from a YAML file, then from flags, which win.

folder: resguardo-data          database, broker's sessions and the rest, unless named here
database: PATH                  default: folder/resguardo.db
emergency: PATH                 default: folder/emergency.jsonl; better on another disk
broker: mqtt://user:password@host:1883    default: a broker of the host's own
broker_authority: PATH          for mqtts://: PEM of the authority that the broker must have
broker_certificate: PATH        for mqtts://: the host's own certificate, and
broker_key: PATH                its key
console: 127.0.0.1:8000
language: es                    or en: the page's first language
time_zone: America/Guatemala    of the times of day on the page
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from host.catalogue import LANGUAGES
from host.errors import UsageError
from host.mqtt import BrokerAddress, parse_address

PATHS = ("folder", "database", "emergency")
BROKER_PATHS = ("broker_authority", "broker_certificate", "broker_key")
KEYS = (*PATHS, *BROKER_PATHS, "broker", "console", "language", "time_zone")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a host is started with. `broker` None: one of its own."""

    folder: Path = Path("resguardo-data")
    database: Path = Path("resguardo-data/resguardo.db")
    emergency: Path = Path("resguardo-data/emergency.jsonl")
    broker: BrokerAddress | None = None
    console_host: str = "127.0.0.1"
    console_port: int = 8000
    language: str = LANGUAGES[0]
    time_zone: str = "America/Guatemala"


_DEFAULT = Settings()


def load(file: Path | None, flags: Mapping[str, str | None]) -> Settings:
    """Settings from `file`, where there is one, and `flags` (None: not given).

    Raises UsageError naming the file, the key and the value.
    """
    values = {} if file is None else _read(file)
    origin = {key: f"{file}: {key}" for key in values}
    for key, value in flags.items():
        if value is not None:
            values[key] = value
            origin[key] = f"--{key.replace('_', '-')}"
    return _Judge(values, origin).settings()


def _read(file: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: not YAML: {' '.join(str(error).split())}") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise UsageError(f"{file}: settings are 'key: value' lines")
    for key in document:
        if key not in KEYS:
            raise UsageError(f"{file}: {key!r} is no setting; there are: {', '.join(KEYS)}")
    return document


class _Judge:
    """Each value into its type, or an error that says where it stands."""

    def __init__(self, values: Mapping[str, Any], origin: Mapping[str, str]) -> None:
        self._values = values
        self._origin = origin

    def settings(self) -> Settings:
        folder = self._path("folder", _DEFAULT.folder)
        host, port = self._console()
        return Settings(
            folder=folder,
            database=self._path("database", folder / "resguardo.db"),
            emergency=self._path("emergency", folder / "emergency.jsonl"),
            broker=self._broker(),
            console_host=host,
            console_port=port,
            language=self._language(),
            time_zone=self._time_zone(),
        )

    def _text(self, key: str, default: str) -> str:
        value = self._values.get(key, default)
        if not isinstance(value, str) or not value:
            raise self._error(key, "text")
        return value

    def _path(self, key: str, default: Path) -> Path:
        return Path(self._text(key, str(default))).expanduser()

    def _broker(self) -> BrokerAddress | None:
        files = [self._path(key, Path()) if key in self._values else None for key in BROKER_PATHS]
        if "broker" not in self._values:
            if any(files):
                raise UsageError(f"{' and '.join(BROKER_PATHS)} need a broker: mqtts://host:port")
            return None
        url = self._text("broker", "")
        try:
            return parse_address(url, *files)
        except UsageError as error:
            # The value is not repeated: a password may be in it.
            raise UsageError(f"{self._origin['broker']}: {error}") from None

    def _console(self) -> tuple[str, int]:
        default = f"{_DEFAULT.console_host}:{_DEFAULT.console_port}"
        host, colon, port = self._text("console", default).rpartition(":")
        if not colon or not port.isdigit() or int(port) > 65535:
            raise self._error("console", "an address and a port, as in 127.0.0.1:8000")
        host = host.strip("[]")
        if not _is_loopback(host):
            raise self._error(
                "console",
                "127.0.0.1: until the console has accounts it is for this machine only "
                "(use an SSH tunnel from elsewhere)",
            )
        return host, int(port)

    def _language(self) -> str:
        language = self._text("language", _DEFAULT.language)
        if language not in LANGUAGES:
            raise self._error("language", f"one of {', '.join(LANGUAGES)}")
        return language

    def _time_zone(self) -> str:
        name = self._text("time_zone", _DEFAULT.time_zone)
        try:
            ZoneInfo(name)
        except (ValueError, OSError, KeyError) as error:
            raise self._error("time_zone", "a name such as America/Guatemala") from error
        return name

    def _error(self, key: str, wanted: str) -> UsageError:
        where = self._origin.get(key, key)
        return UsageError(f"{where}: {self._values.get(key)!r} is not {wanted}")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
