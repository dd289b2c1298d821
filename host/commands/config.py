"""Settings of the host: from a YAML file, then from flags, which win.

folder: resguardo-data          database, its own broker's files and the rest, unless named
                                here; made if need be
database: PATH                  default: folder/resguardo.db
emergency: PATH                 default: folder/emergency.jsonl; better on another disk, which
                                must be there
anchor: PATH                    a file on another machine, to which the chains' ends are
                                appended every hour; default: none
broker: mqtt://user:password@host:1883    default: a broker of the host's own
broker_port: 1883               of a broker of its own; default: another one at each start
broker_authority: PATH          for mqtts://: PEM of the authority that the broker must have
broker_certificate: PATH        for mqtts://: the host's own certificate, and
broker_key: PATH                its key
console: 127.0.0.1:8000         beyond the loopback address only with its certificate
console_certificate: PATH       PEM of the console's certificate, and
console_key: PATH               its key; without them it speaks plain HTTP
console_name: centro.example    by which a reverse proxy or a certificate names it
present: NAME                   somebody who is logged in as a supervisor without a password, to
                                try things out; on the loopback address alone
language: es                    or en: the page's first language
time_zone: America/Guatemala    of the times of day on the page
"""

import argparse
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from host.base.catalogue import LANGUAGES
from host.base.document import SECRET, Model, judge, mapping
from host.base.errors import UsageError
from host.base.loopback import is_loopback
from host.base.time_zone import TimeZone
from host.service.broker_address import BrokerAddress, parse_address
from host.store.store import Store

_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
ABOUT = "settings are 'key: value' lines"
CONSOLE_PATHS = ("console_certificate", "console_key")
BROKER_PATHS = ("broker_authority", "broker_certificate", "broker_key")


def _no_empty_path(written: Any) -> Any:
    if written == "":
        raise ValueError("a path is wanted")
    return written


def _console(written: str) -> str:
    host, _, port = written.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise ValueError("an address and a port are wanted, as in 127.0.0.1:8000")
    return written


def _host_name(written: str) -> str:
    if not _HOST_NAME.fullmatch(written):
        raise ValueError("a host's name is wanted, without a port, as in centro.example")
    return written


def _language(written: str) -> str:
    if written not in LANGUAGES:
        raise ValueError(f"one of {', '.join(LANGUAGES)} is wanted")
    return written


SettingPath = Annotated[Path, BeforeValidator(_no_empty_path), AfterValidator(Path.expanduser)]


class Settings(Model):
    """What a host is started with. `broker` None: one of its own."""

    folder: SettingPath = Path("resguardo-data")
    database: SettingPath = Field(default_factory=lambda said: said["folder"] / "resguardo.db")
    emergency: SettingPath = Field(default_factory=lambda said: said["folder"] / "emergency.jsonl")
    anchor: SettingPath | None = None
    broker_authority: SettingPath | None = None
    broker_certificate: SettingPath | None = None
    broker_key: SettingPath | None = None
    broker: BrokerAddress | None = None
    broker_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    console: Annotated[str, AfterValidator(_console)] = "127.0.0.1:8000"
    console_certificate: SettingPath | None = None
    console_key: SettingPath | None = None
    console_name: Annotated[str, AfterValidator(_host_name)] | None = None
    present: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    language: Annotated[str, AfterValidator(_language)] = LANGUAGES[0]
    time_zone: TimeZone = "America/Guatemala"

    @property
    def console_host(self) -> str:
        return self.console.rpartition(":")[0].strip("[]")

    @property
    def console_port(self) -> int:
        return int(self.console.rpartition(":")[2])

    @field_validator("broker", mode="plain")
    @classmethod
    def _address(cls, written: Any, info: ValidationInfo) -> BrokerAddress:
        files = [info.data.get(key) for key in BROKER_PATHS]
        try:
            return parse_address(str(written), *files)
        except UsageError as error:
            # The value is not repeated: a password may be in it.
            raise PydanticCustomError(SECRET, "{reason}", {"reason": str(error)}) from None

    @model_validator(mode="after")
    def _has_use_for_all(self) -> Self:
        if self.broker is None and any(getattr(self, key) for key in BROKER_PATHS):
            raise ValueError(f"{' and '.join(BROKER_PATHS)} need a broker: mqtts://host:port")
        if self.broker is not None and self.broker_port is not None:
            raise ValueError("broker_port is for a broker of the host's own; broker says its port")
        if (self.console_certificate is None) != (self.console_key is None):
            raise ValueError("console_certificate and console_key go together")
        here = is_loopback(self.console_host)
        if not here and self.console_certificate is None:
            raise ValueError(
                f"console {self.console} would send passwords and positions in the clear: give "
                "console_certificate and console_key, or leave it at 127.0.0.1 behind a reverse "
                "proxy"
            )
        if self.present is not None and (not here or self.console_name is not None):
            raise ValueError(
                f"present {self.present} would let in anybody who reaches the console: it is for "
                "127.0.0.1, without a console_name"
            )
        return self


def load(file: Path | None, flags: Mapping[str, str | int | None]) -> Settings:
    """Settings from `file`, where there is one, and `flags` (None: not given).

    Raises UsageError naming the file or flag, the key and the value.
    """
    given = {key: value for key, value in flags.items() if value is not None}
    values = {} if file is None else mapping(file, ABOUT)

    def name(key: str) -> str:
        if key in given:
            return f"--{key.replace('_', '-')}"
        return ": ".join(filter(None, (str(file or "settings"), key)))

    return judge({**values, **given}, Settings, name)


# For the commands that work on a host's database


def add_database(parser: argparse.ArgumentParser) -> None:
    """The flags that say which database."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="the host's settings file")
    add = parser.add_argument
    add("--folder", metavar="FOLDER", help="the host's folder (default: resguardo-data)")
    add("--database", metavar="FILE", help="the host's database (default: resguardo.db in it)")


def taken(store: Store) -> str:
    """In words: when a host takes what has just been entered."""
    if store.has_host():
        return f"{store.path}: the host that runs on it takes this within a second"
    return f"{store.path}: no host runs on it now; one that starts on it takes this"


def database(arguments: argparse.Namespace) -> Path:
    """The database that those flags name. Raises UsageError."""
    flags = {"folder": arguments.folder, "database": arguments.database}
    return load(arguments.config, flags).database
