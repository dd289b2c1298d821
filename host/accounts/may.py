"""Who may do what: the one decision, pure. Every route and every event of a stream asks it."""

from dataclasses import dataclass
from enum import StrEnum

from host.accounts.right import RIGHTS, Right, StaffRole


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who asks: an account in the role of its shift, or a machine's token.

    persons: whom of the registry the account is, or is a relative of. court, station: those it
    works for; "" for no one's in particular. locked: the page is locked. open: logged in with all
    that the role asks for.
    """

    account: str
    role: StaffRole
    persons: frozenset[str] = frozenset()
    court: str = ""
    station: str = ""
    locked: bool = False
    open: bool = True


@dataclass(frozen=True, slots=True)
class Concern:
    """What is asked about: an order, its parties, the court that issued it and the police station
    that answers for it. order "": of none."""

    order: str = ""
    persons: frozenset[str] = frozenset()
    court: str = ""
    station: str = ""


class Refusal(StrEnum):
    """Why not."""

    NOT_OPEN = "not_open"  # a password or a second factor is missing
    LOCKED = "locked"
    NOT_OF_ROLE = "not_of_role"
    PARTY = "party"
    OTHER_COURT = "other_court"
    OTHER_STATION = "other_station"


# Roles that see what their own court or station has to do with, and no other's.
_BY_COURT = frozenset({StaffRole.JUDGE})
_BY_STATION = frozenset({StaffRole.OFFICER})


# Locked, a page still sounds, and can be unlocked.
_WHILE_LOCKED = frozenset({Right.SESSION, Right.WATCH})
# What is lacking can be given: a first password, a second factor.
_BEFORE_OPEN = frozenset({Right.SESSION, Right.OWN})


def may(who: Who, right: Right, what: Concern | None = None) -> Refusal | None:
    """None where somebody may, otherwise why not. `what` None: about nothing in particular.

    A party to an order, or a relative entered as such, never sees it, whatever the role. Whoever
    has been given a court or a station sees its orders only; a judge's office and a patrol always.
    """
    if not who.open and right not in _BEFORE_OPEN:
        return Refusal.NOT_OPEN
    if who.locked and right not in _WHILE_LOCKED:
        return Refusal.LOCKED
    if who.role not in RIGHTS[right]:
        return Refusal.NOT_OF_ROLE
    return None if what is None or not what.order else _about(who, what)


def _about(who: Who, what: Concern) -> Refusal | None:
    if who.persons & what.persons:
        return Refusal.PARTY
    if (who.court or who.role in _BY_COURT) and (not who.court or who.court != what.court):
        return Refusal.OTHER_COURT
    if (who.station or who.role in _BY_STATION) and (
        not who.station or who.station != what.station
    ):
        return Refusal.OTHER_STATION
    return None
