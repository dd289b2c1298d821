"""Each unit's login at a broker of yours, as lines user:password; never for other eyes.

A unit works out its password from its key: enrolled again, it has another one. Mosquitto takes
these lines once `mosquitto_passwd -U FILE` has turned them into hashes.
"""

import argparse
import json
from contextlib import closing

from host.commands.config import add_database, database
from host.service.broker_rights import logins
from host.store.store import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose database."""
    add_database(parser)
    parser.add_argument("--json", action="store_true", help="say it as JSON, one object a line")


def run(arguments: argparse.Namespace) -> int:
    """Print them."""
    with closing(Store.open(database(arguments), make=False)) as store:
        units = store.registry().units
    for user, password in logins(units).items():
        said = {"user": user, "password": password}
        print(json.dumps(said) if arguments.json else f"{user}:{password}")
    return 0
