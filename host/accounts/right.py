"""Which role has which right: the one table, from which the README's is drawn."""

from enum import StrEnum

from host.escalation.act import Verb


class StaffRole(StrEnum):
    """What somebody works as. A person may have several; a shift has one."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    OFFICER = "officer"  # in a patrol
    INVESTIGATOR = "investigator"
    ANALYST = "analyst"
    PROSECUTOR = "prosecutor"
    JUDGE = "judge"  # a judge's office
    HOTLINE = "hotline"
    ADMINISTRATOR = "administrator"
    ENGINEER = "engineer"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What can be asked of the host. Each route declares one."""

    SESSION = "own.session"  # to log in and out, to lock and unlock
    OWN = "own.change"  # one's own password, second factors, other sessions
    WATCH = "console.watch"  # the page, of which each sees what the other rights let through
    VIEW_ORDERS = "orders.view"
    VIEW_POSITIONS = "positions.view"
    VIEW_INCIDENTS = "incidents.view"
    ACKNOWLEDGE = "incidents.acknowledge"
    RESOLVE = "incidents.resolve"
    SHELVE = "incidents.shelve"
    WITHDRAW = "incidents.withdraw"
    RESUME = "incidents.resume"
    CALL = "incidents.call"
    VIEW_UNITS = "units.view"
    VIEW_HOST = "host.view"  # counters, and faults of the host itself
    EXPORT = "records.export"
    VIEW_ACCOUNTS = "accounts.view"
    CHANGE_ACCOUNTS = "accounts.change"
    VIEW_ACCESS = "access.view"  # who asked for what


_EVERYBODY = frozenset(StaffRole)
_OPERATOR, _SUPERVISOR, _OFFICER = StaffRole.OPERATOR, StaffRole.SUPERVISOR, StaffRole.OFFICER
_HOTLINE, _JUDGE, _ENGINEER = StaffRole.HOTLINE, StaffRole.JUDGE, StaffRole.ENGINEER
_CENTRE = frozenset({_OPERATOR, _SUPERVISOR})
_AT_WORK = _CENTRE | {_OFFICER, _HOTLINE}
_JUSTICE = frozenset({StaffRole.INVESTIGATOR, StaffRole.PROSECUTOR, _JUDGE})
_ADMINISTRATOR = frozenset({StaffRole.ADMINISTRATOR})

RIGHTS: dict[Right, frozenset[StaffRole]] = {
    Right.SESSION: _EVERYBODY,
    Right.OWN: _EVERYBODY,
    Right.WATCH: _AT_WORK | _JUSTICE | _ADMINISTRATOR | {_ENGINEER},
    Right.VIEW_ORDERS: _AT_WORK | _JUSTICE,
    Right.VIEW_POSITIONS: _AT_WORK | {_JUDGE},
    Right.VIEW_INCIDENTS: _AT_WORK | _JUSTICE,
    Right.ACKNOWLEDGE: _CENTRE,
    Right.RESOLVE: _CENTRE,
    Right.SHELVE: _CENTRE,
    Right.WITHDRAW: _CENTRE,
    Right.RESUME: _CENTRE,
    Right.CALL: _CENTRE | {_HOTLINE},
    Right.VIEW_UNITS: _AT_WORK | {_ENGINEER},
    Right.VIEW_HOST: _CENTRE | _ADMINISTRATOR | {_ENGINEER},
    Right.EXPORT: frozenset({_SUPERVISOR, _JUDGE, StaffRole.PROSECUTOR, StaffRole.ANALYST}),
    Right.VIEW_ACCOUNTS: _ADMINISTRATOR,
    Right.CHANGE_ACCOUNTS: _ADMINISTRATOR,
    Right.VIEW_ACCESS: frozenset({StaffRole.AUDITOR}),
}

# What each act on an incident or a call takes.
OF_ACT: dict[Verb, Right] = {verb: Right(f"incidents.{verb}") for verb in Verb}

# Whoever has one of these needs a second factor: they show where somebody is or who asked for it,
# take data out of the house, or change something.
_GUARDED = (
    *(Right.VIEW_POSITIONS, Right.CHANGE_ACCOUNTS, Right.EXPORT, Right.VIEW_ACCESS),
    *OF_ACT.values(),
)


def needs_second_factor(role: StaffRole) -> bool:
    """Whether a password alone is too little for a role."""
    return any(role in RIGHTS[right] for right in _GUARDED)


def rights_of(role: StaffRole | None) -> list[Right]:
    """All that a role has; None has none."""
    return [right for right, roles in RIGHTS.items() if role in roles]


def table() -> str:
    """The rights as a table in Markdown."""
    lines = [f"| right | {' | '.join(StaffRole)} |", f"|-{'|-' * len(StaffRole)}|"]
    for right, roles in RIGHTS.items():
        cells = ("x" if role in roles else "" for role in StaffRole)
        lines.append(f"| `{right}` | {' | '.join(cells)} |")
    factor = ("x" if needs_second_factor(role) else "" for role in StaffRole)
    return "\n".join([*lines, f"| *second factor* | {' | '.join(factor)} |", ""])
