"""Who may do what at a broker of the host's own: each unit with its own topics, the host with all.

Nobody comes in without a login. So what is sent under a unit's name was sent with that unit's
password, and a flood under its name by anybody else ends at the broker and costs the unit nothing.
"""

import json
from collections.abc import Iterable, Mapping

from host.registry.types import Unit
from host.service.canary import CANARY
from protocol import topics
from protocol.seal import login

HOST = "resguardo-host"  # its user; no unit can be called so
_HOST_PUBLISHES = (topics.down("+"), topics.up(CANARY))
_HOST_HEARS = (topics.up("+"), topics.status("+"), topics.down(CANARY))


def logins(units: Iterable[Unit]) -> dict[str, str]:
    """{unit: password}, as each unit works it out from its own key."""
    return {unit.id: login(unit.key, unit.id, unit.epoch) for unit in units}


def nats_users(passwords: Mapping[str, str]) -> str:
    """The block of NATS server's configuration."""
    users = [_nats_user(HOST, passwords[HOST], _HOST_PUBLISHES, _HOST_HEARS)]
    for unit, password in passwords.items():
        if unit != HOST:
            publishes = (topics.up(unit), topics.status(unit))
            users.append(_nats_user(unit, password, publishes, (topics.down(unit),)))
    return f"authorization {{ users: {json.dumps(users)} }}\n"


def _nats_user(
    name: str, password: str, publishes: Iterable[str], hears: Iterable[str]
) -> dict[str, object]:
    rights = {"publish": _subjects(publishes), "subscribe": _subjects(hears)}
    return {"user": name, "password": password, "permissions": rights}


def _subjects(names: Iterable[str]) -> list[str]:
    return [name.replace("/", ".").replace("+", "*") for name in names]


def mosquitto_rights() -> str:
    """The access control list of Mosquitto; "%u" is who has logged in."""
    lines = [f"user {HOST}"]
    lines += [f"topic write {name}" for name in _HOST_PUBLISHES]
    lines += [f"topic read {name}" for name in _HOST_HEARS]
    lines += [f"pattern write {topics.up('%u')}", f"pattern write {topics.status('%u')}"]
    lines += [f"pattern read {topics.down('%u')}"]
    return "\n".join(lines) + "\n"
