"""An account as it is now; each of its versions stands in the access chain."""

import re
from dataclasses import dataclass
from typing import Any

from host.accounts.right import StaffRole
from host.base.errors import UsageError
from host.base.name import plain

LOGIN = r"[a-z0-9][a-z0-9._-]{1,31}"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in. `persons`: whom of the registry this is, or is a relative of.

    `court`, `station`: limit the account to their orders; "" for no limit. `version` goes up by
    one with every change.
    """

    id: str
    name: str
    roles: tuple[StaffRole, ...]
    persons: tuple[str, ...] = ()
    court: str = ""
    station: str = ""
    ended: bool = False
    version: int = 1

    def to_json(self) -> dict[str, Any]:
        """As it stands in the chain, and is shown to administrators."""
        return {
            "account": self.id,
            "name": self.name,
            "roles": [str(role) for role in self.roles],
            "persons": list(self.persons),
            "court": self.court,
            "station": self.station,
            "ended": self.ended,
            "version": self.version,
        }


def account_of(data: dict[str, Any]) -> Account:
    """The inverse of `to_json`."""
    return Account(
        data["account"],
        data["name"],
        tuple(map(StaffRole, data["roles"])),
        tuple(data["persons"]),
        data["court"],
        data["station"],
        data["ended"],
        data["version"],
    )


def require_login(written: str) -> str:
    """The name that somebody logs in with. Raises UsageError."""
    if not re.fullmatch(LOGIN, written):
        raise UsageError(
            f"account {written!r}: 2 to 32 of a-z, 0-9, '.', '_' and '-' are wanted, the first "
            "a letter or a digit"
        )
    return written


def require_name(written: str) -> str:
    """What somebody is called. Raises UsageError."""
    try:
        return plain(written)
    except ValueError as error:
        raise UsageError(f"name {written!r}: {error}") from error
